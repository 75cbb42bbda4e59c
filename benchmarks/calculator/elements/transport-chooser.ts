/**
 * `<transport-chooser>`: the calculator. Its property `run` is the run from whose figures it reckons; what is typed
 * changes the answer at once, and what cannot be used is named and changes nothing.
 */
import { html, LitElement, nothing } from 'lit'
import { shared } from '../../plots/shared-styles.ts'
import { subjectHues } from '../../plots/subject-symbol.ts'
import type { RunFile } from '../../run-file.ts'
import { answers } from '../answer.ts'
import { BOUNDS, QUESTION_KEYS, type Question, readNumber, USUAL_QUESTION } from '../question.ts'
import { costCharts } from './cost-charts.ts'
import { answerTable, workings } from './transport-chooser-answers.ts'
import { transportChooserStyles } from './transport-chooser-styles.ts'
import { cheapestSentences, latencySentence } from './transport-chooser-words.ts'

export class TransportChooser extends LitElement {
  static override properties = {
    run: { attribute: false },
    question: { state: true },
    wrong: { state: true },
  }
  declare run: RunFile | null
  declare question: Question
  declare wrong: Partial<Record<keyof Question, string>>

  constructor() {
    super()
    this.run = null
    this.question = USUAL_QUESTION
    this.wrong = {}
  }

  override render() {
    if (!this.run) return nothing
    const all = answers(this.run, this.question)
    if (all.length === 0)
      return html`<p class="absent">This run measured no transport: there is nothing to reckon from.</p>`
    return html`
      ${this.#form()}
      <div role="status">
        <p>${latencySentence(all, this.question.latencyMs)}</p>
        <ul class="words">${cheapestSentences(all).map((sentence) => html`<li>${sentence}</li>`)}</ul>
      </div>
      ${answerTable(all)} ${costCharts(this.run, this.question)} ${workings(all)}
    `
  }

  #form() {
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      ${QUESTION_KEYS.map((key) => {
        const { label, unit, optional } = BOUNDS[key]
        return html`<div class="field">
          <label for=${key}>${label}</label>
          <input
            id=${key}
            type="number"
            step="any"
            inputmode="decimal"
            .defaultValue=${String(USUAL_QUESTION[key] ?? '')}
            placeholder=${optional ?? nothing}
            aria-invalid=${this.wrong[key] !== undefined}
            aria-describedby="unit-${key} wrong"
            @input=${(event: Event) => this.#onInput(key, (event.target as HTMLInputElement).value)}
          >
          <small id="unit-${key}">${unit}</small>
        </div>`
      })}
      <p id="wrong" role="alert">
        ${Object.values(this.wrong).map((line) => html`<span>${line}.</span> `)}
        ${Object.keys(this.wrong).length > 0 ? 'What is shown is for the last numbers that could be used.' : nothing}
      </p>
    </form>`
  }

  #onInput(key: keyof Question, text: string): void {
    const read = readNumber(key, text)
    const { [key]: _mended, ...others } = this.wrong
    this.wrong = 'wrong' in read ? { ...others, [key]: read.wrong } : others
    if ('value' in read) this.question = { ...this.question, [key]: read.value }
  }

  static override styles = [shared, subjectHues, transportChooserStyles]
}

customElements.define('transport-chooser', TransportChooser)
