/** What of the page is in view: which lanes, which panels, and how close their parts stand. */
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import type { PanelId } from '../panels.ts'

/** The switches of the faults stand beside the timeline from here on; in a narrower page they would push the lanes out of view. */
const WIDE = '(min-width: 64rem)'
/** As a projector's 1280 by 720: rows stand closer, so that lanes and timeline are in view together. */
const LOW = '(max-height: 50rem)'

/** Heights of a connection's line in the timeline, in pixels. */
const LINES = { low: 10, high: 12 }

/** A lane that does not come to anything must not keep the panels waiting. */
const LANES_TAKE_MS = 5_000

export interface PageViewOptions {
  readonly onChange: () => void
}

export type PageView = ReturnType<typeof createPageView>

export function createPageView({ onChange }: PageViewOptions) {
  const low = matchMedia(LOW)
  low.addEventListener('change', onChange)
  const open = new Set<PanelId>(matchMedia(WIDE).matches ? ['bytes', 'break'] : ['bytes'])
  let shown: readonly TransportName[] = TRANSPORTS
  let words = false
  let isReady = false
  let settle = () => {}
  const ready = new Promise<void>((resolve) => {
    settle = () => {
      if (isReady) return
      isReady = true
      resolve()
      onChange()
    }
  })
  setTimeout(() => settle(), LANES_TAKE_MS)

  return {
    isOpen: (id: PanelId) => open.has(id),
    setOpen(id: PanelId, isOpen: boolean) {
      if (isOpen) open.add(id)
      else open.delete(id)
      onChange()
    },
    isShown: (name: TransportName) => shown.includes(name),
    get shown() {
      return shown
    },
    set shown(names: readonly TransportName[]) {
      shown = names
      onChange()
    },
    /** Whether each lane says what it does, and has all of its figures. */
    get words() {
      return words
    },
    set words(are: boolean) {
      words = are
      onChange()
    },
    /** Of the timeline. */
    get line() {
      return low.matches ? LINES.low : LINES.high
    },
    /** Settles when the lanes have connected: what a panel fetches would come before them. */
    ready,
    get isReady() {
      return isReady
    },
    /** The lanes have connected, or have come to another end. */
    settle: () => settle(),
  }
}
