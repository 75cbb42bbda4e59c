/** The sign of a transport: a hue, a dash and a marker, since hue alone is not seen by everybody. */
import { css, html, svg } from 'lit'
import { hues } from './shared-styles.ts'

export interface Sign {
  /** Lengths of line and gap, in pixels: as Chart.js and SVG take them. */
  readonly dash: readonly number[]
  readonly marker: 'circle' | 'rect' | 'triangle' | 'rectRot'
}

const SIGNS: readonly Sign[] = [
  { dash: [1.5, 3], marker: 'circle' },
  { dash: [6, 3], marker: 'triangle' },
  { dash: [], marker: 'rect' },
  { dash: [9, 3, 2, 3], marker: 'rectRot' },
]

/** @param series the place in the manifest, from 1 */
export const signOf = (series: number): Sign => SIGNS[(series - 1) % SIGNS.length]!

const SHAPES = {
  circle: svg`<circle cx="15" cy="6" r="3.600" />`,
  triangle: svg`<path d="M15 1.500 19.500 9.500h-9z" />`,
  rect: svg`<rect x="11.500" y="2.500" width="7" height="7" />`,
  rectRot: svg`<path d="m15 1 5 5-5 5-5-5z" />`,
}

export const swatch = (series: number) => {
  const { dash, marker } = signOf(series)
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
