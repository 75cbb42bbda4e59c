/** The tabs of this browser that have lanes open to this server, as far as they share its connections. */
import { createListeners } from '../lab/client/listeners.ts'
import { randomId, systemClock } from '../lab/client/platform.ts'
import { createTabs, type Tabs } from './model/tabs.ts'

/** Not Web Locks, which exist only on secure pages: a class opens the lab by http://ADDRESS. */
const CHANNEL = 'transport-lab tabs'

const changes = createListeners<void>()
/** Lanes of this page; without one, it holds on to no connection. */
let lanes = 0
/** How many of them keep a request open, and with it a connection, by the origin to which they do. */
const holding = new Map<string, number>()
let isAway = false
let open: { readonly channel: BroadcastChannel; readonly tabs: Tabs } | null = null

/**
 * Whether a connection carries one request at a time. Over HTTP/2 there is nothing to share out. What the
 * browser does not tell is taken for HTTP/1.1, except under TLS.
 */
export function isLimited(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const protocol = entry?.nextHopProtocol ?? ''
  return protocol === '' ? location.protocol === 'http:' : protocol.startsWith('http/1')
}

function settle(): void {
  const isWanted = lanes > 0 && !isAway && isLimited()
  if (isWanted !== (open !== null)) {
    if (isWanted) join()
    else leave()
  }
  // A browser counts its six for each origin: lanes that have a port of their own do not take them from each other.
  open?.tabs.hold(Math.max(0, ...holding.values()))
}

function join(): void {
  const channel = new BroadcastChannel(CHANNEL)
  const tabs = createTabs({
    id: randomId(),
    clock: systemClock,
    now: Date.now,
    isHidden: () => document.visibilityState === 'hidden',
    post: (word) => channel.postMessage(word),
    onChange: () => changes.tell(),
  })
  channel.onmessage = ({ data }) => tabs.hear(data)
  open = { channel, tabs }
}

function leave(): void {
  open?.tabs.leave()
  open?.channel.close()
  open = null
}

function away(value: boolean): void {
  isAway = value
  settle()
}
window.addEventListener('pagehide', () => away(true))
window.addEventListener('pageshow', () => away(false))
document.addEventListener('freeze', () => away(true))
document.addEventListener('resume', () => away(false))
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') open?.tabs.use()
  else open?.tabs.look()
})
window.addEventListener('focus', () => open?.tabs.use())

export const tabs = {
  /** What a lane of this page waits for, in words; null when it may be connected. */
  get parked(): string | null {
    const count = open?.tabs.waitsFor ?? 0
    return count === 0
      ? null
      : `waiting for the browser’s six connections; ${count === 1 ? 'another tab of the lab holds' : `${count} other tabs of the lab hold`} them`
  },
  /** This tab shall be connected, and the one that was not used for longest be parked. */
  use: () => open?.tabs.use(),
  /**
   * For as long as a lane is on the page. Returns how to stop.
   *
   * @param holds the origin to which the lane keeps a connection while it is open; null when it keeps none
   */
  follow(listener: () => void, holds: string | null): () => void {
    const stopListening = changes.add(listener)
    const count = (step: 1 | -1) => {
      lanes += step
      if (holds !== null) holding.set(holds, (holding.get(holds) ?? 0) + step)
      settle()
    }
    count(1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      stopListening()
      count(-1)
    }
  },
}
