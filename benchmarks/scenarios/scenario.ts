/**
 * A scenario: one question, asked of every subject in the same words.
 *
 * Each file opens with what is measured, how, and what is not. All export the same shape in the same
 * order, so two of them can be read side by side.
 */
import type { Histogram } from '../measure/histogram.ts'
import type { METRICS } from '../metrics.ts'
import type { Bench } from '../processes/bench.ts'
import type { Figure } from '../run-file.ts'
import type { ScenarioName, Settings } from '../settings.ts'
import type { Subject } from '../subjects/subject.ts'

/** How long the last message may be under way to a reader that asks by a clock; the others have it at once. In s. */
export const waitS = ({ pollMs }: Settings, subject: Subject | null): number =>
  subject?.asks.includes('short-poll') ? pollMs / 1_000 : 0

export interface Scenario<Name extends ScenarioName = ScenarioName> {
  readonly name: Name
  /** Whether this question can be asked of that subject. */
  readonly applies: (subject: Subject) => boolean
  /** Whether all subjects may be measured at the same time: only where none comes near a limit. */
  readonly together: boolean
  readonly repetitions: (settings: Settings) => number
  /**
   * A rough guess of the seconds that one measurement takes, for the time that is left.
   *
   * @param subject the one that is measured; null where all are at the same time
   */
  readonly seconds: (settings: Settings, subject: Subject | null) => number
  readonly measure: (bench: Bench, settings: Settings, record: Recorder<Name>) => Promise<void>
}

/** Takes what has been measured, at once: an interrupted run keeps it. */
export interface Recorder<Name extends ScenarioName = ScenarioName> {
  figure(metric: keyof (typeof METRICS)[Name] & string, at: Figure['at'], value: number): void
  latencies(at: Figure['at'], histogram: Histogram): void
  note(text: string): void
}
