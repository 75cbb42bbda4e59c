/** Collects samples while they are being measured, and makes figures of them: medians, spreads, ratios. */
import { type Histogram, mergeHistograms, stepsOf } from './measure/histogram.ts'
import { median, ratioOf, spread } from './measure/statistics.ts'
import { metricOf } from './metrics.ts'
import type { Distribution, Figure } from './run-file.ts'
import type { Recorder } from './scenarios/scenario.ts'
import type { ScenarioName } from './settings.ts'
import { FLOOR } from './subjects/all.ts'

type At = Figure['at']

export interface Collection {
  /** Takes what the measurement of one subject in one repetition yields, counted from 0; the next one unless given. */
  recorder(subject: string, scenario: ScenarioName, repetition?: number): Recorder
  /** The same, but nothing is taken before `keep`, which puts it in the place of what that repetition had yielded. */
  again(subject: string, scenario: ScenarioName, repetition: number): { recorder: Recorder; keep(): void }
  sample(
    subject: string,
    scenario: ScenarioName,
    metric: string,
    at: At,
    value: number,
    repetition?: number,
  ): void
  note(text: string): void
  readonly figures: readonly Figure[]
  readonly distributions: readonly Distribution[]
  readonly notes: readonly string[]
}

/** Tells one load of one scenario from every other, whatever the order of its words. */
export const keyOf = (at: At): string =>
  Object.keys(at)
    .sort()
    .map((name) => `${name}=${at[name]}`)
    .join(',')

interface Samples {
  readonly subject: string
  readonly scenario: ScenarioName
  readonly metric: string
  readonly at: At
  /** By repetition. */
  readonly rounds: Map<number, number>
}

interface Histograms {
  readonly subject: string
  readonly scenario: ScenarioName
  readonly at: At
  /** By repetition. */
  readonly rounds: Map<number, Histogram>
}

const inOrder = <T>(rounds: ReadonlyMap<number, T>): T[] =>
  [...rounds].sort(([a], [b]) => a - b).map(([, value]) => value)

export function createCollection(): Collection {
  const samples = new Map<string, Samples>()
  const histograms = new Map<string, Histograms>()
  const notes = new Set<string>()

  function figureOf({ subject, scenario, metric, at, rounds }: Samples): Figure {
    const values = inOrder(rounds)
    const known = metricOf(scenario, metric)
    if (!known) throw new Error(`${scenario} has no metric ${metric}`)
    const floor = samples.get([FLOOR, scenario, metric, keyOf(at)].join(' '))
    return {
      subject,
      scenario,
      metric,
      at,
      unit: known.unit,
      better: known.better,
      samples: values,
      median: median(values),
      spread: spread(values),
      ratio: subject === FLOOR || !floor ? null : ratioOf(values, inOrder(floor.rounds), known.better),
    }
  }

  function sample(
    subject: string,
    scenario: ScenarioName,
    metric: string,
    at: At,
    value: number,
    repetition?: number,
  ): void {
    if (!Number.isFinite(value)) return // nothing was delivered: there is no latency to tell
    const key = [subject, scenario, metric, keyOf(at)].join(' ')
    const { rounds } = samples.get(key) ?? { rounds: new Map<number, number>() }
    rounds.set(repetition ?? rounds.size, value)
    if (!samples.has(key)) samples.set(key, { subject, scenario, metric, at, rounds })
  }

  function recorder(subject: string, scenario: ScenarioName, repetition?: number): Recorder {
    return {
      figure: (metric, at, value) => sample(subject, scenario, metric, at, value, repetition),
      latencies(at, histogram) {
        const key = [subject, scenario, keyOf(at)].join(' ')
        const { rounds } = histograms.get(key) ?? { rounds: new Map<number, Histogram>() }
        rounds.set(repetition ?? rounds.size, histogram)
        if (!histograms.has(key)) histograms.set(key, { subject, scenario, at, rounds })
      },
      note: (text) => notes.add(text),
    }
  }

  /** A repetition that is measured again may fail to yield what it had yielded before. */
  function forget(subject: string, scenario: ScenarioName, repetition: number): void {
    for (const all of [samples, histograms] as const)
      for (const [key, one] of [...all]) {
        if (one.subject !== subject || one.scenario !== scenario) continue
        one.rounds.delete(repetition)
        if (one.rounds.size === 0) all.delete(key)
      }
  }

  return {
    sample,
    recorder,
    again(subject, scenario, repetition) {
      const taken: ((into: Recorder) => void)[] = []
      return {
        recorder: {
          figure: (...figure) => void taken.push((into) => into.figure(...figure)),
          latencies: (...latencies) => void taken.push((into) => into.latencies(...latencies)),
          note: (text) => void taken.push((into) => into.note(text)),
        },
        keep() {
          const into = recorder(subject, scenario, repetition)
          forget(subject, scenario, repetition)
          for (const take of taken) take(into)
        },
      }
    },
    note: (text) => notes.add(text),
    get figures() {
      return [...samples.values()].map(figureOf)
    },
    get distributions() {
      return [...histograms.values()].map(({ subject, scenario, at, rounds }) => {
        const merged = mergeHistograms(inOrder(rounds))
        return {
          subject,
          scenario,
          at,
          unit: 'µs' as const,
          count: merged.totalCount,
          steps: stepsOf(merged),
        }
      })
    },
    get notes() {
      return [...notes]
    },
  }
}
