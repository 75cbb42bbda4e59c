/** One line for each: what it is, why or why not, and its cost as a bar. */
import { html, nothing, svg } from 'lit'
import { logEnds } from '../../plots/plot-options.ts'
import { type SubjectSymbol, subjectSwatch } from '../../plots/subject-symbol.ts'
import type { Answer } from '../answer.ts'
import type { Choice, Deciding, Situation } from '../choice/choose.ts'
import { amountOf, reasonInWords, runnerUpInWords } from '../choice/words.ts'

export function choiceBars(
  { pick, runnerUp, not }: Choice,
  what: Deciding,
  situation: Situation,
  symbols: ReadonlyMap<string, SubjectSymbol>,
) {
  const lines = [
    ...(pick ? [{ role: 'Take', answer: pick, words: '' }] : []),
    ...(runnerUp && pick
      ? [
          {
            role: 'Runner-up',
            answer: runnerUp.answer,
            words: runnerUpInWords(runnerUp, pick, situation),
          },
        ]
      : []),
    ...not.map(({ answer, reason }) => ({ role: 'Not', answer, words: reasonInWords(reason, pick) })),
  ]
  const ranges = lines.flatMap(({ answer }) => rangeOf(answer, what) ?? [])
  const ends = logEnds(ranges)
  return html`<ul class="choices">
    ${lines.map(
      ({ role, answer, words }) => html`<li data-role=${role.toLowerCase()}>
        <p>
          ${subjectSwatch(symbols.get(answer.subject.name)!)}
          <b>${role}: ${answer.subject.title}</b>${words === '' ? nothing : html`, ${words}`}
        </p>
        <div class="bar">${ends ? bar(answer, what, ends, symbols.get(answer.subject.name)!) : nothing}<span>${amountOf(answer, what)}</span></div>
      </li>`,
    )}
  </ul>`
}

function rangeOf(answer: Answer, what: Deciding): readonly [number, number, number] | null {
  const quantity = answer.quantities[what]
  return quantity.status === 'measured' ? [quantity.range[0], quantity.value, quantity.range[1]] : null
}

/** Logarithmic, from the ends that all lines share; across its end, from the least to the most of the samples. */
function bar(
  answer: Answer,
  what: Deciding,
  [least, most]: readonly [number, number],
  { hue }: SubjectSymbol,
) {
  const range = rangeOf(answer, what)
  if (!range) return nothing
  const [low, middle, high] = range.map((value) => {
    const part = value > 0 ? Math.log(value / least) / Math.log(most / least) : 0
    return `${(100 * Math.min(1, Math.max(0, part))).toFixed(2)}%`
  }) as [string, string, string]
  return html`<svg class="amount" data-hue=${hue} height="14" aria-hidden="true">
    ${svg`<rect y="2" width=${middle} height="10" />
      <line x1=${low} x2=${high} y1="7" y2="7" /><line x1=${low} x2=${low} y1="3" y2="11" /><line x1=${high} x2=${high} y1="3" y2="11" />`}
  </svg>`
}
