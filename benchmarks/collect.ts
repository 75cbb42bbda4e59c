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
  /** Takes what one measurement of one subject in one repetition yields. */
  recorder(subject: string, scenario: ScenarioName): Recorder
  sample(subject: string, scenario: ScenarioName, metric: string, at: At, value: number): void
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
  readonly values: number[]
}

export function createCollection(): Collection {
  const samples = new Map<string, Samples>()
  const histograms = new Map<string, { subject: string; scenario: string; at: At; all: Histogram[] }>()
  const notes = new Set<string>()

  function figureOf({ subject, scenario, metric, at, values }: Samples): Figure {
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
      ratio: subject === FLOOR || !floor ? null : ratioOf(values, floor.values, known.better),
    }
  }

  function sample(subject: string, scenario: ScenarioName, metric: string, at: At, value: number): void {
    if (!Number.isFinite(value)) return // nothing was delivered: there is no latency to tell
    const key = [subject, scenario, metric, keyOf(at)].join(' ')
    const known = samples.get(key)
    if (known) known.values.push(value)
    else samples.set(key, { subject, scenario, metric, at, values: [value] })
  }

  return {
    sample,
    recorder: (subject, scenario) => ({
      figure: (metric, at, value) => sample(subject, scenario, metric, at, value),
      latencies(at, histogram) {
        const key = [subject, scenario, keyOf(at)].join(' ')
        const known = histograms.get(key)
        if (known) known.all.push(histogram)
        else histograms.set(key, { subject, scenario, at, all: [histogram] })
      },
      note: (text) => notes.add(text),
    }),
    note: (text) => notes.add(text),
    get figures() {
      return [...samples.values()].map(figureOf)
    },
    get distributions() {
      return [...histograms.values()].map(({ subject, scenario, at, all }) => {
        const merged = mergeHistograms(all)
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
