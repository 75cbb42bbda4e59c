/** Tables: beside every chart one with its figures, since a chart can neither be read out nor quoted. */
import { html, nothing, type TemplateResult } from 'lit'
import { type Change, changeOf, otherMachine } from '../../measure/changes.ts'
import { subjectSwatch, symbolsOf } from '../../plots/subject-symbol.ts'
import type { Figure, RunFile, SubjectInfo } from '../../run-file.ts'
import { inWords } from '../units.ts'
import type { Runs } from './plots.ts'
import { figureAt, type Row } from './rows.ts'

/** A table may be wider than the page: then it can be scrolled, and the keyboard can reach it to do so. */
export const scrollable = (label: string, content: TemplateResult) =>
  html`<div class="scroll" role="region" tabindex="0" aria-label=${label}>${content}</div>`

/** With more columns than this, the ratios go below the figures. */
const MANY = 6

export function figureTable(runs: Runs, rows: readonly Row[], caption: string): TemplateResult {
  const subjects = runs.run.subjects.filter(({ name }) => rows.some((row) => figureAt(runs.run, name, row)))
  const symbols = symbolsOf(runs.run.subjects)
  return scrollable(
    caption,
    html`<table class=${subjects.length > MANY ? 'figures many' : 'figures'}>
      <caption>${caption}</caption>
      <thead>
        <tr>
          <th scope="col">Measured</th>
          ${subjects.map(
            ({ name, title }) =>
              html`<th scope="col">${subjectSwatch(symbols.get(name)!)}<span>${title}</span></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row, i) => {
          const repeated = rows[i - 1]?.title === row.title && rows[i - 1]?.scenario === row.scenario
          return html`<tr>
            <th scope="row">
              <span class=${repeated ? 'sr-only' : 'what'}>${row.title}</span> <small>${row.load}</small>
            </th>
            ${subjects.map((subject) => html`<td>${cell(runs, subject, row)}</td>`)}
          </tr>`
        })}
      </tbody>
    </table>`,
  )
}

function cell({ run, other }: Runs, subject: SubjectInfo, row: Row) {
  const figure = figureAt(run, subject.name, row)
  if (!figure) return html`<span class="none">–<span class="sr-only">not measured</span></span>`
  return html`<b>${inWords(figure.median, figure.unit)}</b>
    ${ratioOf(figure)} ${rangeOf(figure)} ${other ? changeInCell(run, other, figure) : nothing}`
}

function ratioOf({ ratio }: Figure) {
  if (!ratio) return nothing
  const range = `${times(ratio.spread[0])} to ${times(ratio.spread[1])}`
  if (ratio.verdict === 'no difference') {
    return html`<span class="ratio" title="ratios to the floor: ${range}"
      ><span aria-hidden="true">≈</span> ×${times(ratio.median)}<span class="sr-only"> the floor: no difference</span></span
    >`
  }
  return html`<span class="ratio ${ratio.verdict}" title="ratios to the floor: ${range}"
    >×${times(ratio.median)}<span class="sr-only"> the floor: ${ratio.verdict}</span></span
  >`
}

/** Under one unit where they share it: 24.4–25.1 k/s, but 980 B–1.20 kB. */
export function rangeInWords(low: number, high: number, unit: Figure['unit']): string {
  const [from, to] = [inWords(low, unit), inWords(high, unit)]
  const unitOf = (words: string) => words.replace(/^[−-]?[\d.,]+/, '')
  return unitOf(from) === unitOf(to)
    ? `${from.slice(0, from.length - unitOf(from).length)}–${to}`
    : `${from}–${to}`
}

const times = (ratio: number): string =>
  ratio >= 100 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(ratio >= 10 ? 1 : 2)

function rangeOf({ spread: [low, high], unit, samples }: Figure) {
  if (samples.length < 2 || low === high) return nothing
  return html`<span class="range" title="smallest and largest of ${samples.length} repetitions"
    ><span class="sr-only">spread </span>${rangeInWords(low, high, unit)}</span
  >`
}

function changeInCell(run: RunFile, other: RunFile, now: Figure) {
  const before = figureAt(other, now.subject, now)
  const change = before && changeOf(now, before, otherMachine(run, other) !== null)
  if (!change) return html`<span class="change none">not in the other run</span>`
  const was = change.of === 'value' ? inWords(change.before, now.unit) : `×${times(change.before)}`
  return html`<span class="change ${change.verdict}">was ${was}: ${changeInWords(change)}</span>`
}

export function changeInWords({ by, verdict }: Change): string {
  if (verdict === 'no difference' || by === null) return verdict
  // A hundredth of what varies by more than a twentieth would be noise.
  return `${by > 0 ? '+' : '−'}${Math.round(Math.abs(100 * by)).toLocaleString('en')} %, ${verdict}`
}

export const pairs = (caption: string, entries: readonly (readonly [string, string])[]) =>
  scrollable(
    caption,
    html`<table class="pairs">
      <caption>${caption}</caption>
      <tbody>
        ${entries.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
      </tbody>
    </table>`,
  )
