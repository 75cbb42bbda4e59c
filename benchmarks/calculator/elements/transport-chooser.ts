/**
 * `<transport-chooser>`: the calculator. Its property `run` is the run from whose figures it reckons, and `inputs` what
 * the reader has set. What is turned changes the answer at once; what cannot be used is named and changes nothing.
 *
 * Fires `inputs`, a CustomEvent whose `detail` is the new {@link Inputs}: the page keeps them in its address.
 */
import { html, LitElement, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { shared } from '../../plots/shared-styles.ts'
import { subjectHues, symbolsOf } from '../../plots/subject-symbol.ts'
import type { RunFile } from '../../run-file.ts'
import { type Answer, answers, candidates } from '../answer.ts'
import { type Choice, choose, type Deciding } from '../choice/choose.ts'
import { type Inputs, USUAL_INPUTS } from '../choice/inputs.ts'
import { isVariant, kindOf } from '../choice/kinds.ts'
import { answerSentence, sameSentence } from '../choice/words.ts'
import { type Question, readNumber } from '../question.ts'
import { choiceBars } from './choice-bars.ts'
import { choiceChart } from './choice-chart.ts'
import { choiceInputs, tick } from './choice-inputs.ts'
import { choiceStyles } from './choice-styles.ts'
import { costCharts } from './cost-charts.ts'
import { exactNumbers, fillFields, type Wrong } from './exact-numbers.ts'
import { answerTable, workings } from './transport-chooser-answers.ts'
import { transportChooserStyles } from './transport-chooser-styles.ts'
import { cheapestSentences, latencySentence } from './transport-chooser-words.ts'

const COSTS: Readonly<Record<Deciding, string>> = { bytes: 'Bytes', cpu: 'Server CPU' }

export class TransportChooser extends LitElement {
  static override properties = {
    run: { attribute: false },
    inputs: { attribute: false },
    wrong: { state: true },
    isUnfolded: { state: true },
  }
  declare run: RunFile | null
  declare inputs: Inputs
  declare wrong: Wrong
  declare isUnfolded: boolean

  constructor() {
    super()
    this.run = null
    this.inputs = USUAL_INPUTS
    this.wrong = {}
    this.isUnfolded = false
  }

  override render() {
    if (!this.run) return nothing
    const all = answers(this.run, this.inputs.question)
    if (all.length === 0)
      return html`<p class="absent">This run measured no transport: there is nothing to reckon from.</p>`
    const compared = this.#compared(all)
    const choice = choose(compared, this.inputs.situation)
    return html`<div class="answered">
        ${choiceInputs(this.inputs, this.#change)}
        <div class="answer">${this.#answer(this.run, choice, compared)}</div>
      </div>
      ${this.#fold(this.run, all)}`
  }

  /** The ways that the lab shows; with others' libraries when they are wanted, or when there is nothing else. */
  #compared(all: readonly Answer[]): readonly Answer[] {
    const own = all.filter(({ subject: { kind, name } }) => kind === 'lab' && !isVariant(name))
    return this.inputs.peers || own.length === 0 ? all : own
  }

  #answer(run: RunFile, choice: Choice, compared: readonly Answer[]) {
    const { question, situation, peers, shows } = this.inputs
    const same = sameSentence(choice)
    const unmeasured = TRANSPORTS.filter(
      (name) => kindOf(name) !== 'chooses' && !run.subjects.some((subject) => subject.name === name),
    )
    return html`
      <div role="status">
        <p class="sentence">${answerSentence(choice, question.latencyMs, situation)}</p>
        ${same === null ? nothing : html`<p>${same}</p>`}
      </div>
      <fieldset class="shows">
        <legend class="sr-only">What the bars and the chart show</legend>
        ${(Object.keys(COSTS) as Deciding[]).map(
          (what) => html`<label class="tick">
            <input
              type="radio"
              name="shows"
              value=${what}
              .checked=${live(shows === what)}
              @change=${() => this.#change({ ...this.inputs, shows: what })}
            >
            <span>${COSTS[what]}</span>
          </label>`,
        )}
        ${tick('Libraries and variants too', peers, (value) => this.#change({ ...this.inputs, peers: value }))}
      </fieldset>
      ${choiceBars(choice, shows, situation, symbolsOf(candidates(run)))}
      ${unmeasured.length === 0 ? nothing : html`<p class="small">Not measured in this run, and so not compared: ${list.format(unmeasured)}.</p>`}
      ${choiceChart(run, this.inputs, choice, compared, this.#turnRate)}
    `
  }

  /** Drawn when it is opened: two more charts and all tables are not what the reader came for. */
  #fold(run: RunFile, all: readonly Answer[]) {
    const { question } = this.inputs
    return html`<details @toggle=${this.#onToggle}>
      <summary>All figures, and exact numbers</summary>
      ${
        this.isUnfolded
          ? html`${exactNumbers(question, this.wrong, this.#onInput)}
              <div class="all">
                <p>${latencySentence(all, question.latencyMs)}</p>
                <ul class="words">${cheapestSentences(all).map((sentence) => html`<li>${sentence}</li>`)}</ul>
              </div>
              ${answerTable(all)} ${costCharts(run, question)} ${workings(all)}`
          : nothing
      }
    </details>`
  }

  protected override updated(): void {
    fillFields(this.renderRoot, this.inputs.question, this.wrong)
  }

  readonly #onToggle = (event: Event) => {
    const details = event.currentTarget as HTMLDetailsElement
    this.isUnfolded = details.open
  }

  readonly #change = (inputs: Inputs) => {
    this.wrong = {}
    this.#set(inputs)
  }

  readonly #turnRate = (messagesPerMinute: number) =>
    this.#change({ ...this.inputs, question: { ...this.inputs.question, messagesPerMinute } })

  readonly #onInput = (key: keyof Question, text: string) => {
    const read = readNumber(key, text)
    const { [key]: _mended, ...others } = this.wrong
    this.wrong = 'wrong' in read ? { ...others, [key]: read.wrong } : others
    if ('value' in read)
      this.#set({ ...this.inputs, question: { ...this.inputs.question, [key]: read.value } })
  }

  #set(inputs: Inputs): void {
    this.inputs = inputs
    this.dispatchEvent(new CustomEvent('inputs', { detail: inputs }))
  }

  static override styles = [shared, subjectHues, transportChooserStyles, choiceStyles]
}

const list = new Intl.ListFormat('en')

customElements.define('transport-chooser', TransportChooser)
