/**
 * The page's side of the wires: it asks the server once where the lanes are, has faults set and healed, and knows
 * which are active and for how long. It knows no document; web/wires.ts has the one of the page.
 */
import { request } from '../../../lab/client/http.ts'
import { createListeners } from '../../../lab/client/listeners.ts'
import type { Platform } from '../../../lab/client/platform.ts'
import { parseJson } from '../../../lab/wire/codec.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import { type CrowdOrder, type CrowdResult, TEACHER_HEADER } from '../../../lab/wires/control.ts'
import type { PitfallsState } from '../../../lab/wires/pitfalls/control.ts'
import { type ConnectionsInfo, connectionsInfoOf } from './connections-info.ts'
import {
  type ActiveFault,
  activeFaultOf,
  activePitfallOf,
  NO_WIRES,
  type WiresInfo,
  wiresInfoOf,
} from './wires-info.ts'

/** An answer so old, in milliseconds, is still good for a panel that is opened. */
const FRESH_MS = 10_000

/** The lanes wait for the first answer, but not for ever: without one, they go by the main port. */
const TIMEOUT_MS = 5_000
/** While a fault is active, how often it is asked whether it still is: another page may heal it, or set one for all. */
const LOOK_EVERY_MS = 2_000
/** A fault has ended by the server's clock; it is asked a little later, when it has been taken off the list. */
const AFTER_END_MS = 60

export interface FaultRequest {
  readonly fault: string
  /** Of `all lanes`, each that has a port of its own. */
  readonly lanes: readonly string[] | 'all lanes'
  readonly settings: Readonly<Record<string, number>>
  /** For how long, in seconds; null for until it is healed. */
  readonly seconds: number | null
  /** Whose connections: those of this visitor, or of every visitor. */
  readonly whose: 'mine' | 'all'
}

export interface WiresOptions {
  readonly platform: Pick<Platform, 'fetch' | 'clock'>
  /** The server's own, as `http://host:port`. */
  readonly origin: string
  /** The time of day, in milliseconds since the Unix epoch. */
  readonly now: () => number
}

export type Wires = ReturnType<typeof createWires>

export function createWires({ platform, origin, now }: WiresOptions) {
  const { clock } = platform
  const changes = createListeners<void>()
  let info = NO_WIRES
  let asked: Promise<void> | null = null
  /** How far the server's clock is ahead of ours, in milliseconds. */
  let aheadMs = 0
  let callOff = () => {}
  let looks = 0
  let lookedAt = Number.NEGATIVE_INFINITY
  /** The teacher's, when a reader has shown it: kept by this page alone. */
  let token = ''
  /**
   * The origins that were there when the page was opened. Its content security policy names these and no others, so a server
   * that was started again behind other ports is reached by its own port until the page is loaded again.
   */
  let reachable: ReadonlySet<string> | null = null

  function take(next: WiresInfo): void {
    info = next
    reachable ??= new Set(next.lanes.map((lane) => lane.origin))
    if (next.now !== null) aheadMs = next.now - now()
    plan()
    changes.tell()
  }

  /** Asks again when the next fault ends, and every while until then. */
  function plan(): void {
    callOff()
    callOff = () => {}
    const all = [...info.active, ...info.pitfalls]
    if (all.length === 0) return
    const ends = all.map(({ until }) => until + AFTER_END_MS - serverNow())
    callOff = clock.after(Math.max(AFTER_END_MS, Math.min(LOOK_EVERY_MS, ...ends)), () => void look())
  }

  const serverNow = () => now() + aheadMs

  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(token !== '' && { [TEACHER_HEADER]: token }),
    }
    const response = await request({ platform }, new URL(path, origin), {
      cache: 'no-store',
      ...init,
      headers,
    })
    const text = await response.text()
    return text === '' ? null : parseJson(text, 'bad-answer')
  }

  const post = (path: string, order: object, signal?: AbortSignal): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    return ask(path, { method: 'POST', headers, body: JSON.stringify(order), ...(signal && { signal }) })
  }

  /** Quietly: the reader has not asked for it, so is not told when it fails. The next look may not. */
  async function look(): Promise<void> {
    const mine = ++looks
    try {
      const next = wiresInfoOf(await ask('/wires'))
      lookedAt = clock.now()
      if (mine === looks) take(next)
    } catch {
      if (mine !== looks) return
      // The server may be the one that is down; what has run out by its clock is over all the same.
      if (reachable === null) return changes.tell()
      take({
        ...info,
        now: null,
        active: info.active.filter(({ until }) => until > serverNow()),
      })
    }
  }

  const heal = async (path: string) => {
    await ask(path, { method: 'DELETE' })
    await look()
  }

  return {
    /** Resolves when it is known where the lanes are, or that it will not be. Asks once. */
    ready(): Promise<void> {
      asked ??= Promise.race([look(), new Promise<void>((resolve) => void clock.after(TIMEOUT_MS, resolve))])
      return asked
    },
    get info(): WiresInfo {
      return info
    },
    /** The faults that are on the lane's wire now. */
    activeOn: (lane: string): readonly ActiveFault[] =>
      info.active.filter(({ lanes }) => lanes.includes(lane)),
    /** How long a fault still lasts, in milliseconds. */
    leftMs: ({ until }: Pick<ActiveFault, 'until'>): number => Math.max(0, until - serverNow()),
    /** The origin of the lane's port; the server's own where it has none. */
    originOf(lane: string): string {
      const own = info.lanes.find(({ name }) => name === lane)?.origin
      return own !== undefined && reachable?.has(own) ? own : origin
    },
    look,
    /** For a panel that is opened: what the page has asked for a moment ago is known. */
    lookUnlessFresh: async (): Promise<void> => {
      if (clock.now() - lookedAt > FRESH_MS) await look()
    },
    /** @throws ChatError when the server refuses */
    async set(fault: FaultRequest): Promise<void> {
      const active = activeFaultOf(await post('/wires/faults', fault))
      if (!active) throw new ChatError('bad-answer', 'the server does not say which fault it has set')
      looks++ // an older answer does not know it yet
      take({ ...info, now: null, active: [...info.active.filter(({ id }) => id !== active.id), active] })
    },
    /** What can be put into a lane, for a visitor who may. @throws ChatError when the server does not answer */
    pitfalls: async () => (await ask('/wires/pitfalls')) as PitfallsState,
    /** @throws ChatError when the server refuses */
    async switchPitfallOn(pitfall: string, lane: string): Promise<void> {
      const active = activePitfallOf(await post('/wires/pitfalls', { pitfall, lane }))
      if (!active) throw new ChatError('bad-answer', 'the server does not say which pitfall is on')
      looks++ // an older answer does not know it yet
      take({ ...info, now: null, pitfalls: [...info.pitfalls.filter((one) => one.lane !== lane), active] })
    },
    switchPitfallOff: (lane: string) => heal(`/wires/pitfalls/${encodeURIComponent(lane)}`),
    /** Shows the teacher's token with all that is asked from now on. @throws ChatError when it is not the one */
    async useToken(shown: string): Promise<void> {
      token = shown
      const next = wiresInfoOf(await ask('/wires'))
      if (!next.mayAll) token = ''
      take(next)
      if (!next.mayAll)
        throw new ChatError('not-allowed', 'this is not the token that was printed at the start')
    },
    heal: (id: string) => heal(`/wires/faults/${encodeURIComponent(id)}`),
    /** All that this visitor has set. */
    healAll: () => heal('/wires/faults'),
    /** The server's view of this visitor's connections. @throws ChatError when it does not answer */
    connections: async (): Promise<ConnectionsInfo> =>
      connectionsInfoOf(await ask('/wires/connections'), serverNow()),
    /** Has the server close one of them. @throws ChatError when it refuses */
    closeConnection: (id: string) =>
      ask(`/wires/connections/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    /** A moment of the server's clock, by the page's: in milliseconds of {@link Platform.clock}. */
    toPageTime: (at: number): number => clock.now() - (serverNow() - at),
    /** Has bytes written on a connection of this visitor's own; see `POST /wires/raw`. @throws ChatError when the server refuses */
    raw: (order: object): Promise<unknown> => post('/wires/raw', order),
    /** Has tabs wake in the server's process; see `POST /wires/crowd`. @throws ChatError when the server refuses */
    crowd: async (order: CrowdOrder, signal: AbortSignal): Promise<CrowdResult> =>
      (await post('/wires/crowd', order, signal)) as CrowdResult,
    /** Asks anything else below `/wires`, as this visitor. @throws ChatError when the server refuses */
    order: (method: string, path: string, body?: object): Promise<unknown> =>
      ask(path, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    onChange: changes.add,
    /** Nothing is left running. */
    close: () => callOff(),
  }
}
