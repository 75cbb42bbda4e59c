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

export interface Scenario<Name extends ScenarioName = ScenarioName> {
  readonly name: Name
  /** Whether this question can be asked of that subject. */
  readonly applies: (subject: Subject) => boolean
  /** Whether all subjects may be measured at the same time: only where none comes near a limit. */
  readonly together: boolean
  readonly repetitions: (settings: Settings) => number
  /** A rough guess of the seconds that one measurement of one subject takes, for the time that is left. */
  readonly seconds: (settings: Settings) => number
  readonly measure: (bench: Bench, settings: Settings, record: Recorder<Name>) => Promise<void>
}

/** Takes what has been measured, at once: an interrupted run keeps it. */
export interface Recorder<Name extends ScenarioName = ScenarioName> {
  figure(metric: keyof (typeof METRICS)[Name] & string, at: Figure['at'], value: number): void
  latencies(at: Figure['at'], histogram: Histogram): void
  note(text: string): void
}
