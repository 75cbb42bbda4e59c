/** What the calculator's costs are over the message rate: charts, in words where lines cross, and tables. */
import { html, nothing } from 'lit'
import type { RunFile } from '../../run-file.ts'
import { type Compared, contenders, crossingsAmong } from '../compare.ts'
import { valueAt } from '../curve.ts'
import type { Question } from '../question.ts'
import { bytes, cores, round } from '../words.ts'
import { costLines, rateAxis, rateRange, TABLE_RATES } from './cost-plot.ts'
import '../../plots/line-plot.ts'
import { crossingSentence } from './transport-chooser-words.ts'

const HOUR_S = 3_600

const CHARTS: Readonly<
  Record<
    Compared,
    { readonly title: string; readonly scale: number; readonly format: (value: number) => string }
  >
> = {
  bytes: { title: 'Bytes per hour, both ways, all clients', scale: HOUR_S, format: bytes },
  cpu: {
    title: 'Server CPU, all clients',
    scale: 1,
    format: (value) => cores(value).replace(' of a core', ''),
  },
}

export function costCharts(run: RunFile, question: Question) {
  return html`<div class="charts">
    ${(Object.keys(CHARTS) as Compared[]).map((what) => {
      const { title, scale, format } = CHARTS[what]
      const these = contenders(run, question, what)
      const crossings = crossingsAmong(these, rateRange(question))
      if (these.length === 0) return nothing
      return html`<figure>
        <figcaption>${title}, over the message rate</figcaption>
        <line-plot
          .lines=${costLines(run, these, question, scale)}
          .x=${rateAxis(question)}
          .y=${{ title: '', scale: 'log', format }}
          label="${title}, over messages a minute; the table below has the figures"
        ></line-plot>
        ${
          crossings.length > 0
            ? html`<ul class="words">${crossings.map((one) => html`<li>${crossingSentence(one, what)}</li>`)}</ul>`
            : html`<p class="words">No crossing is claimed: where lines meet here, if any do, it is within the spread or outside of what was measured.</p>`
        }
        <div class="scroll" role="region" tabindex="0" aria-label="${title}: the figures">
          <table>
            <caption>${title}, by messages a minute</caption>
            <thead>
              <tr><th scope="col">Transport</th>${TABLE_RATES.map((rate) => html`<th scope="col">${round(rate)}</th>`)}</tr>
            </thead>
            <tbody>
              ${these.map(
                ({ subject, curve }) => html`<tr>
                  <th scope="row">${subject.title}</th>
                  ${TABLE_RATES.map((rate) => html`<td>${format(scale * valueAt(curve, rate / 60))}</td>`)}
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </figure>`
    })}
  </div>`
}
