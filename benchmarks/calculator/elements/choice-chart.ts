/** The one chart of the answer: at most three lines lit, the rest grey, and the crossings near the reader's own rate. */
import { html, nothing } from 'lit'
import type { RunFile } from '../../run-file.ts'
import type { Answer } from '../answer.ts'
import type { Choice, Deciding } from '../choice/choose.ts'
import type { Inputs } from '../choice/inputs.ts'
import { contenders, crossingsAmong } from '../compare.ts'
import { valueAt } from '../curve.ts'
import { bytes, cores, round } from '../words.ts'
import { litLines, rateAxis } from './cost-plot.ts'
import type { Dot } from './rate-chart.ts'
import './rate-chart.ts'
import { crossingSentence } from './transport-chooser-words.ts'

const MONTH_S = 30 * 24 * 3_600
/** In the units of the sentence and of the bars. */
const COSTS: Readonly<
  Record<
    Deciding,
    { readonly title: string; readonly scale: number; readonly format: (value: number) => string }
  >
> = {
  bytes: { title: 'Bytes a month, both ways, all readers', scale: MONTH_S, format: bytes },
  cpu: {
    title: 'Server CPU, all readers',
    scale: 1,
    format: (value) => cores(value).replace(' of a core', ''),
  },
}

const MOST_LIT = 3
/** How far from the reader's rate a crossing may lie to be near, as a factor. */
const NEAR = 10

export function choiceChart(
  run: RunFile,
  { question, shows }: Inputs,
  choice: Choice,
  compared: readonly Answer[],
  onRate: (messagesPerMinute: number) => void,
) {
  const names = compared.map(({ subject }) => subject.name)
  const drawn = contenders(run, question, shows).filter(({ subject }) => names.includes(subject.name))
  if (drawn.length === 0) return nothing
  const { title, scale, format } = COSTS[shows]
  const inOrder = [choice.pick, choice.runnerUp?.answer, ...choice.not.map(({ answer }) => answer)]
  const lit = inOrder
    .flatMap((answer) => answer?.subject.name ?? [])
    .filter((name) => drawn.some(({ subject }) => subject.name === name))
    .slice(0, MOST_LIT)
  const rate = question.messagesPerMinute
  const litOnes = drawn.filter(({ subject }) => lit.includes(subject.name))
  const crossings = crossingsAmong(litOnes, [rate / NEAR, rate * NEAR])
  const dots = crossings.map(({ below, above, messagesPerMinute }): Dot => {
    const { curve } = litOnes.find(({ subject }) => subject.name === below.name)!
    return {
      x: messagesPerMinute,
      y: scale * valueAt(curve, messagesPerMinute / 60),
      word: `from ${round(messagesPerMinute)} on: ${above.title}`,
    }
  })
  return html`<figure class="lit">
    <figcaption>${title}, over the message rate</figcaption>
    <rate-chart
      .lines=${litLines(run, drawn, question, scale, lit)}
      .x=${rateAxis(question)}
      .y=${{ title: '', scale: 'log', format }}
      .rate=${rate}
      .dots=${dots}
      label="${title}, over messages a minute; the tables under “All figures” have them"
      @rate=${({ detail }: CustomEvent<number>) => onRate(detail)}
    ></rate-chart>
    ${
      crossings.length === 0
        ? html`<p class="small">No two of the lit lines change places between ${round(rate / NEAR)} and ${round(rate * NEAR)} messages a minute.</p>`
        : html`<ul class="words small">${crossings.map((one) => html`<li>${crossingSentence(one, shows)}</li>`)}</ul>`
    }
  </figure>`
}
