/** How a plot's axes are drawn, and how far they reach. */
import type { ChartOptions, LogarithmicScaleOptions, Scale, TooltipItem } from 'chart.js'
import type { Look } from './chart-options.ts'
import type { PlotAxis, PlotLine, PlotPoint } from './plot.ts'

/** Powers of ten around all values, or null when there is nothing that such an axis can show. */
export function decades(values: readonly number[]): readonly [number, number] | null {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value))
  if (shown.length === 0) return null
  const low = Math.floor(Math.log10(Math.min(...shown)) + 1e-9)
  const high = Math.ceil(Math.log10(Math.max(...shown)) - 1e-9)
  return [10 ** low, 10 ** Math.max(high, low + 1)]
}

/**
 * A logarithmic axis from around the smallest value to around the largest: less than a decade of it
 * is empty. Its ends are 1, 2 or 5 times a power of ten.
 */
export function logEnds(values: readonly number[]): readonly [number, number] | null {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value))
  if (shown.length === 0) return null
  const low = stepBelow(Math.min(...shown))
  const high = stepAbove(Math.max(...shown))
  // One value alone still needs some room to stand in.
  return high / low >= 10 ? [low, high] : [stepBelow(low / 2), stepAbove(high * 2)]
}

const STEPS = [1, 2, 5] as const
const powerBelow = (value: number) => 10 ** Math.floor(Math.log10(value) + 1e-9)

function stepBelow(value: number): number {
  const power = powerBelow(value)
  return power * (STEPS.findLast((step) => step * power <= value * (1 + 1e-9)) ?? 1)
}
function stepAbove(value: number): number {
  const power = powerBelow(value)
  return power * (STEPS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10)
}

export function plotOptions(
  lines: readonly PlotLine[],
  x: PlotAxis,
  y: PlotAxis,
  look: Look,
): ChartOptions<'line'> {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    layout: { padding: { right: 8 } },
    interaction: { mode: 'nearest', intersect: false },
    plugins: {
      tooltip: {
        animation: false,
        displayColors: false,
        callbacks: {
          title: () => '',
          label: (item: TooltipItem<'line'>) => {
            const { x: atX, y: atY } = item.raw as PlotPoint
            const words = [item.dataset.label ?? '', x.format(atX)]
            return y.names ? words.join(': ') : [...words, y.format(atY)].join(' · ')
          },
        },
      },
    },
    scales: {
      x: scaleOf(x, 'x', lines, look),
      y: scaleOf(y, 'y', lines, look),
    },
  }
}

function scaleOf(axis: PlotAxis, way: 'x' | 'y', lines: readonly PlotLine[], look: Look) {
  const values = lines.flatMap(({ points }) => points.map((point) => point[way]))
  const ends = axis.ends ?? (axis.scale === 'log' ? logEnds(values) : null)
  const font = { family: look.font, size: 11 }
  return {
    type: axis.scale === 'log' ? ('logarithmic' as const) : ('linear' as const),
    ...(ends ? { min: ends[0], max: ends[1] } : {}),
    reverse: axis.names !== undefined,
    grid: { color: look.rule, drawTicks: false },
    border: { display: false },
    title: { display: axis.title !== '', text: axis.title, color: look.ink, font },
    ...(axis.scale === 'log' ? { afterBuildTicks: keepSteps } : {}),
    ...(axis.ticks ? { afterBuildTicks: fixTicks(axis.ticks) } : {}),
    ticks: {
      color: look.ink,
      font,
      padding: 6,
      maxRotation: 0,
      autoSkip: axis.names === undefined,
      ...(axis.names ? { stepSize: 1 } : {}),
      callback: (value: string | number) =>
        axis.names?.[Number(value)] ?? (axis.names ? '' : axis.format(Number(value))),
    },
  } satisfies Partial<LogarithmicScaleOptions> | object
}

/** Over many decades the powers of ten are what one reads; over few, 2 and 5 are welcome between them. */
function keepSteps(scale: Scale): void {
  const decadesShown = Math.log10(scale.max / scale.min)
  const power = Math.floor(Math.log10(scale.min) + 1e-9)
  const wanted = decadesShown > 2.5 ? [1] : STEPS
  const ticks: { value: number }[] = []
  for (let at = power; 10 ** at <= scale.max * (1 + 1e-9); at++) {
    for (const step of wanted) {
      const value = Number((step * 10 ** at).toPrecision(3))
      if (value >= scale.min * (1 - 1e-9) && value <= scale.max * (1 + 1e-9)) ticks.push({ value })
    }
  }
  scale.ticks = ticks
}

const fixTicks = (values: readonly number[]) => (scale: Scale) => {
  scale.ticks = values
    .filter((value) => value >= scale.min * (1 - 1e-9) && value <= scale.max * (1 + 1e-9))
    .map((value) => ({ value }))
}
