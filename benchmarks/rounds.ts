/**
 * Rounds: every subject once, in one scenario. A round in which other programs were at work is measured again as a
 * whole, so that its ratios stay ratios between neighbours, and as long as the time allows.
 */
import { createRandom } from '../lab/wire/random.ts'
import { shuffled } from './measure/random.ts'
import { isDisturbed, isQuiet } from './quiet/others.ts'
import { loadScenario } from './scenarios/all.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { Settings } from './settings.ts'
import type { Subject } from './subjects/subject.ts'

/** One turn of one scenario: of one subject, or of all at once. */
export interface Step {
  readonly subjects: readonly Subject[]
  /** A rough guess. */
  readonly seconds: number
}

export interface Round {
  readonly scenario: Scenario
  readonly repetition: number
  readonly steps: readonly Step[]
}

export const nameOf = ({ scenario, repetition }: Round): string => `${scenario.name} ${repetition + 1}`

export const secondsOf = (rounds: readonly Round[]): number =>
  rounds.reduce((sum, { steps }) => sum + steps.reduce((all, { seconds }) => all + seconds, 0), 0)

/** In the order of measuring; within a round, in an order that the seed decides. */
export async function planRounds(settings: Settings, subjects: readonly Subject[]): Promise<Round[]> {
  const random = createRandom(settings.seed)
  const rounds: Round[] = []
  for (const name of settings.scenarios) {
    const scenario = await loadScenario(name)
    const asked = subjects.filter(scenario.applies)
    for (let repetition = 0; repetition < scenario.repetitions(settings); repetition++) {
      const order = shuffled(asked, random)
      const steps = scenario.together
        ? [{ subjects: order, seconds: scenario.seconds(settings, null) }]
        : order.map((subject) => ({ subjects: [subject], seconds: scenario.seconds(settings, subject) }))
      rounds.push({ scenario, repetition, steps })
    }
  }
  return rounds
}

/** A round as it went: how much CPU other programs took in its worst step, in cores, and how long it was. */
export interface Measured {
  readonly round: Round
  readonly others: number | null
  readonly seconds: number
}

export interface RepeatOptions {
  /** One reading of what other programs take, while nothing of ours is at work. */
  readonly read: () => Promise<number | null>
  readonly cores: number
  readonly secondsLeft: () => number
  /** Measures a round again, and keeps the result if it was less disturbed than `than`. */
  readonly measure: (round: Round, than: number) => Promise<Measured>
}

export interface Repeated {
  readonly again: readonly Round[]
  /** Those that are still as disturbed as they were. */
  readonly disturbed: readonly Measured[]
}

/**
 * Measures each disturbed round once more, the worst first, whenever the machine is quiet. While it is not, repeating
 * would spoil another round: then the time passes in waiting.
 */
export async function repeatDisturbed(
  rounds: readonly Measured[],
  { read, cores, secondsLeft, measure }: RepeatOptions,
): Promise<Repeated> {
  const again: Round[] = []
  const disturbed: Measured[] = []
  const waiting = rounds
    .filter(({ others }) => isDisturbed(others, cores))
    .sort((a, b) => (b.others ?? 0) - (a.others ?? 0))
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ seconds }) => seconds <= secondsLeft())
    if (at < 0) break
    if (!isQuiet(await read(), cores)) continue
    const [before] = waiting.splice(at, 1)
    const after = await measure(before!.round, before!.others ?? 0)
    if (isDisturbed(after.others, cores))
      disturbed.push((after.others ?? 0) < (before!.others ?? 0) ? after : before!)
    else again.push(before!.round)
  }
  return { again, disturbed: [...disturbed, ...waiting] }
}
