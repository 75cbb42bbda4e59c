/** The page's colours, as a canvas needs them: tokens.css has `light-dark()`, which only an element can resolve. */
import { hueOf } from '../../../../benchmarks/plots/swatch.ts'

export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly rule: string
  readonly sunken: string
  readonly wait: string
  readonly bad: string
  readonly faultBand: string
  readonly litBand: string
  readonly font: string
  laneOf(name: string): string
}

/** @param order the transports, by their places in the manifest, which decide the hue */
export function readPalette(probe: HTMLElement, order: readonly string[]): Palette {
  const resolved = (value: string): string => {
    probe.style.color = ''
    probe.style.color = value
    return getComputedStyle(probe).color
  }
  const [ink, muted, rule, sunken, wait, bad] = ['ink', 'muted', 'rule', 'sunken', 'wait', 'bad'].map(
    (name) => resolved(`var(--${name})`),
  ) as [string, string, string, string, string, string]
  const lanes = new Map(order.map((name, index) => [name, resolved(hueOf(index + 1))]))
  return {
    ...{ ink, muted, rule, sunken, wait, bad },
    faultBand: withAlpha(bad, 0.14),
    litBand: withAlpha(ink, 0.12),
    font: getComputedStyle(probe).fontFamily,
    laneOf: (name) => lanes.get(name) ?? ink,
  }
}

/** @param colour as a computed style has it: `rgb(…)` */
const withAlpha = (colour: string, alpha: number): string =>
  colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
