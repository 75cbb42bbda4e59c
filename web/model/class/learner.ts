/**
 * A learner's page in a class: it tells its ledger and its guess every few seconds, and is told the setting that the teacher has given. A
 * setting is applied once, when it is new; what the learner changes afterwards stays.
 */

import type { Clock } from '../../../lab/wire/clock.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { Report } from '../../../lab/wires/class/control.ts'
import type { ClassClient } from './class-client.ts'

/** Often enough for a teacher who waits for a class, and seldom enough for thirty pages behind one address. */
export const TELL_EVERY_MS = 4_000

export type LearnerState =
  | { readonly kind: 'out' }
  /** `given` is null until the server has answered; `problem` is why it did not, the last time. */
  | { readonly kind: 'in'; readonly given: number | null; readonly problem: string | null }
  /** The teacher has ended it, or there was none. */
  | { readonly kind: 'over' }

export interface LearnerOptions {
  readonly client: Pick<ClassClient, 'report' | 'leave'>
  readonly clock: Clock
  readonly room: string
  readonly report: () => Promise<Report>
  readonly onSetting: (query: string) => void
  readonly onChange: () => void
}

export type ClassLearner = ReturnType<typeof createLearner>

export function createLearner({ client, clock, room, report, onSetting, onChange }: LearnerOptions) {
  let state: LearnerState = { kind: 'out' }
  let cancel = () => {}
  /** An answer that comes after the learner has left changes nothing. */
  let joins = 0

  const forget = () => void client.leave(room).catch(() => {})

  function turn(next: LearnerState): void {
    state = next
    onChange()
  }

  async function tell(mine: number): Promise<void> {
    const before = state.kind === 'in' ? state.given : null
    try {
      const { given, setting } = await client.report(room, await report())
      if (mine !== joins) {
        if (state.kind !== 'in') forget() // it may have overtaken the word that the learner has left
        return
      }
      if (given === null) return turn({ kind: 'over' })
      turn({ kind: 'in', given, problem: null })
      if (given !== before) onSetting(setting)
    } catch (thrown) {
      if (mine !== joins) return
      // It may be a fault that the learner has set: the next try comes in any case.
      turn({ kind: 'in', given: before, problem: ChatError.from(thrown).message })
    }
    cancel = clock.after(TELL_EVERY_MS, () => void tell(mine))
  }

  return {
    get state() {
      return state
    },
    join(): Promise<void> {
      if (state.kind === 'in') return Promise.resolve()
      turn({ kind: 'in', given: null, problem: null })
      return tell(++joins)
    },
    /** What was told is forgotten by the server, at once if it can be reached. */
    leave(): void {
      if (state.kind !== 'in') return
      joins++
      cancel()
      turn({ kind: 'out' })
      forget()
    },
  }
}
