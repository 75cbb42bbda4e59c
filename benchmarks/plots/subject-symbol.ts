/**
 * The symbol of something that was measured: hue, dash and marker. Transports of the manifest keep those that they
 * have in the lanes; the floor is a plain grey line, and other people's libraries are grey and thin, told apart by
 * dash and marker.
 */
import { css, html, nothing, svg } from 'lit'
import { TRANSPORTS } from '../../transports/manifest.ts'
import type { SubjectInfo } from '../run-file.ts'
import { hueOf, PLACES, type PlotSymbol, perPlace, symbolOf } from './swatch.ts'

export interface SubjectSymbol {
  readonly dash: PlotSymbol['dash']
  /** `line`: none at all. */
  readonly marker: PlotSymbol['marker'] | 'line'
  /** Which rule of {@link subjectHues} colours it. */
  readonly hue: string
  readonly width: number
}

export function symbolsOf(subjects: readonly SubjectInfo[]): ReadonlyMap<string, SubjectSymbol> {
  let place = TRANSPORTS.length
  let peers = 0
  return new Map(
    subjects.map(({ name, kind }) => {
      const known = (TRANSPORTS as readonly string[]).indexOf(name)
      if (kind === 'floor') return [name, FLOOR]
      if (kind === 'peer') return [name, { ...symbolOf(++peers), hue: 'peer', width: 1.25 }]
      const at = known >= 0 ? known + 1 : ++place
      return [name, { ...symbolOf(at), hue: String(((at - 1) % PLACES) + 1), width: 2 }]
    }),
  )
}

const FLOOR: SubjectSymbol = { dash: [], marker: 'circle', hue: 'floor', width: 2.5 }

const SHAPES = {
  line: nothing,
  circle: svg`<circle cx="15" cy="6" r="3.600" />`,
  triangle: svg`<path d="M15 1.500 19.500 9.500h-9z" />`,
  rect: svg`<rect x="11.500" y="2.500" width="7" height="7" />`,
  rectRot: svg`<path d="m15 1 5 5-5 5-5-5z" />`,
}

export const subjectSwatch = ({ hue, dash, marker, width }: SubjectSymbol) =>
  html`<svg class="symbol" data-hue=${hue} viewBox="0 0 30 12" width="30" height="12" aria-hidden="true">
    <line x1="0" y1="6" x2="30" y2="6" stroke-width=${width} stroke-dasharray=${dash.join(' ') || 'none'} />${SHAPES[marker]}
  </svg>`

export const subjectHues = css`
  ${perPlace((place) => `[data-hue='${place}'] { color: ${hueOf(place)}; }`)}
  [data-hue='floor'] { color: var(--edge); }
  [data-hue='peer'] { color: var(--muted); }
  .symbol {
    flex: none;
    vertical-align: middle;
    fill: currentColor;
    stroke: currentColor;
  }
  .symbol :not(line) {
    stroke: none;
  }
`
