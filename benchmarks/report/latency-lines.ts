/**
 * Latencies on the terminal: one line per subject, all on the same logarithmic axis, the height of a
 * bar being the share of messages that took so long. Means are left out on purpose: no reader waits for a mean.
 */
import type { Distribution, RunFile } from '../run-file.ts'
import { digits } from './units.ts'

const BARS = ' ▁▂▃▄▅▆▇█'
const COLUMNS_PER_DECADE = 12
/** The mark at the end of the axis stands beyond the bars. */
const LAST_MARK = 6

export function latencyLines(run: RunFile): string {
  const { shown, lines, axis } = latencyBars(run)
  if (shown.length === 0) return ''
  const label = Math.max(...lines.map(({ name }) => name.length))
  return [
    `\u0000${'publish to receive'.padEnd(label)}`,
    ...lines.map(({ name, bars, of }) => `${name.padEnd(label)}  ${bars}  ${summary(of)}`),
    `${' '.repeat(label + 2)}${axis}`,
    '',
  ].join('\n')
}

/**
 * The bars alone, and the axis that they stand on.
 *
 * @param columns how wide they may be
 */
export function latencyBars(run: RunFile, columns = Number.POSITIVE_INFINITY) {
  const shown = run.distributions.filter(({ scenario, count }) => scenario === 'latency' && count > 0)
  const ends = shown.flatMap(({ steps }) => [steps[0]!.value, steps.at(-1)!.value])
  const low = Math.floor(Math.log10(Math.max(1, Math.min(...ends))))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(10, ...ends))))
  const perDecade = Math.max(
    1,
    Math.min(COLUMNS_PER_DECADE, Math.floor((columns - LAST_MARK) / (high - low))),
  )
  const lines = run.subjects.flatMap(({ name }) =>
    shown
      .filter(({ subject }) => subject === name)
      .map((of) => ({ name, bars: bars(of, low, high, perDecade), of })),
  )
  return { shown, lines, axis: shown.length === 0 ? '' : axis(low, high, perDecade) }
}

function bars({ steps }: Distribution, low: number, high: number, perDecade: number): string {
  const columns = (high - low) * perDecade
  const shares = Array.from({ length: columns }, (_, i) => {
    const to = 10 ** (low + (i + 1) / perDecade)
    const from = i === 0 ? -1 : 10 ** (low + i / perDecade)
    return fractionUpTo(steps, to) - fractionUpTo(steps, from)
  })
  const most = Math.max(...shares)
  return shares.map((share) => BARS[share <= 0 ? 0 : Math.max(1, Math.round((share / most) * 8))]).join('')
}

/** The fraction of samples that did not exceed `value`, between two steps by the straight line. */
function fractionUpTo(steps: Distribution['steps'], value: number): number {
  const after = steps.findIndex((step) => step.value > value)
  if (after < 0) return 1
  const before = steps[after - 1]
  const next = steps[after]!
  if (!before) return 0
  return before.p + ((value - before.value) / (next.value - before.value)) * (next.p - before.p)
}

function summary({ steps }: Distribution): string {
  const at = (p: number) => steps.find((step) => step.p >= p)?.value ?? steps.at(-1)!.value
  return `p50 ${duration(at(0.5))}, p99 ${duration(at(0.99))}`
}

function axis(low: number, high: number, perDecade: number): string {
  let line = ''
  for (let power = low; power <= high; power++) {
    line = line.padEnd((power - low) * perDecade) + mark(10 ** power)
  }
  return line
}

/** A power of ten needs no digits behind the point. */
const mark = (us: number) => duration(us).replace(/\.0+ /, ' ')

function duration(us: number): string {
  if (us >= 1e6) return `${digits(us / 1e6)} s`
  return us >= 1e3 ? `${digits(us / 1e3)} ms` : `${digits(us)} µs`
}
