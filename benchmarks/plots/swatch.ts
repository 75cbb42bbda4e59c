/**
 * The symbol of a transport: a hue, a dash and a marker, computed from its place in the manifest, so that a new
 * transport has one without a line anywhere. Hue alone is not seen by every reader: marker and dash together
 * tell sixteen places apart.
 */
import { type CSSResult, css, html, svg, unsafeCSS } from 'lit'

export interface PlotSymbol {
  /** Lengths of line and gap, in pixels: as Chart.js and SVG take them. */
  readonly dash: readonly number[]
  readonly marker: 'circle' | 'rect' | 'triangle' | 'rectRot'
}

const DASHES: readonly PlotSymbol['dash'][] = [[1.5, 3], [6, 3], [], [9, 3, 2, 3]]
const MARKERS: readonly PlotSymbol['marker'][] = ['circle', 'triangle', 'rect', 'rectRot']

/** Places that have a symbol of their own; the next ones begin again. */
export const PLACES = DASHES.length * MARKERS.length

/** @param place in the manifest, from 1. The dash moves on by one with each round of the markers. */
export function symbolOf(place: number): PlotSymbol {
  const index = place - 1
  const round = Math.floor(index / MARKERS.length)
  return { dash: DASHES[(index + round) % DASHES.length]!, marker: MARKERS[index % MARKERS.length]! }
}

/** Hues that tokens.css has by hand: Okabe and Ito's, which keep apart for colour-blind readers. */
const BY_HAND = 6
/** The golden angle: however many places there are, each new hue falls into the widest gap between the others. */
const TURN_DEG = 137.508

/** The colour of a place as a CSS value. Lightness is fixed, so that each reaches 4.5:1 as text on the page. */
export function hueOf(place: number): string {
  if (place <= BY_HAND) return `var(--series-${place})`
  const angle = ((place * TURN_DEG) % 360).toFixed(1)
  return `light-dark(oklch(0.46 0.11 ${angle}), oklch(0.8 0.1 ${angle}))`
}

/** One rule for each place, made by `rule`. */
export const perPlace = (rule: (place: number) => string): CSSResult =>
  unsafeCSS(Array.from({ length: PLACES }, (_, index) => rule(index + 1)).join('\n'))

/** The hue of a transport, by its place in the manifest. */
const hues = perPlace((place) => `[data-series='${place}'] { --hue: ${hueOf(place)}; }`)

const SHAPES = {
  circle: svg`<circle cx="15" cy="6" r="3.600" />`,
  triangle: svg`<path d="M15 1.500 19.500 9.500h-9z" />`,
  rect: svg`<rect x="11.500" y="2.500" width="7" height="7" />`,
  rectRot: svg`<path d="m15 1 5 5-5 5-5-5z" />`,
}

export const swatch = (series: number) => {
  const { dash, marker } = symbolOf(series)
  return html`<svg class="swatch" data-series=${series} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true">
    <line x1="0" y1="6" x2="30" y2="6" stroke-dasharray=${dash.join(' ')} />${SHAPES[marker]}
  </svg>`
}

export const swatchStyles = [
  hues,
  css`
    .swatch {
      flex: none;
      color: var(--hue);
      fill: currentColor;
      stroke: currentColor;
      stroke-width: 1.5;
    }
    .swatch :not(line) {
      stroke: none;
    }
  `,
]
