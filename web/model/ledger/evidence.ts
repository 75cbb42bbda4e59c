/** What a lane can prove: when its connection broke and came back, what has come by it, and what it has sent. */
import type { ConnectionState } from '../../../lab/client/chat-client.ts'
import type { Clock } from '../../../lab/client/platform.ts'
import type { Transport } from '../../../lab/client/transport.ts'
import type { LaneSigns } from '../wires/reaction.ts'
import { observed } from './observed.ts'
import { createTally, type Tally } from './tally.ts'

/** Drafts of which it is checked that they stand in the log once. Older ones have been checked. */
const MOST_DRAFTS = 5_000

export interface Evidence {
  readonly tally: Tally
  /** Ids of the drafts that the server has acknowledged, since the measurement began. */
  readonly sent: readonly string[]
  readonly signs: LaneSigns
  /** The same transport, looked at. */
  watched(transport: Transport): Transport
  onState(state: ConnectionState): void
  onSent(draftId: string): void
  reset(): void
}

export function createEvidence(clock: Pick<Clock, 'now'>): Evidence {
  const tally = createTally()
  let sent: string[] = []
  let status: ConnectionState['status'] = 'idle'
  let brokeAt: number | null = null
  let openedAt: number | null = null
  let heardAt: number | null = null
  let newest = 0

  return {
    tally,
    get sent() {
      return sent
    },
    get signs() {
      return { status, brokeAt, openedAt, heardAt, newest }
    },
    watched: (transport) =>
      observed(transport, {
        onActivity: () => (heardAt = clock.now()),
        onPage(page) {
          tally.enter(page)
          newest = page.messages.at(-1)?.seq ?? newest
        },
      }),
    onState(state) {
      if (state.status === 'open') openedAt = clock.now()
      else if (status === 'open' || (status === 'connecting' && state.status === 'waiting'))
        brokeAt = clock.now()
      status = state.status
    },
    onSent(draftId) {
      sent.push(draftId)
      if (sent.length > MOST_DRAFTS) sent.shift()
    },
    reset() {
      tally.reset()
      sent = []
    },
  }
}
