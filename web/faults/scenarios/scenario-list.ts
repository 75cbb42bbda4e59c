/**
 * `<scenario-list>`: scenarios, one click each: a question, a guess first, and the verdict in figures of the run.
 *
 * Fires `choose`, a CustomEvent whose `detail` is the id of the scenario that the reader has chosen, null for none; and `guess`, with
 * the reader's guess as a {@link Report} has it, or null.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { Report } from '../../../lab/wires/class/control.ts'
import { busyMeter } from '../../elements/figures/page-busy.ts'
import type { Scenario, Verdict } from '../../model/scenarios/scenario.ts'
import { SCENARIOS } from '../../model/scenarios/scenarios.ts'
import { milliseconds, sentence } from '../../words.ts'
import type { Bench } from '../bench.ts'
import { tableStyles } from '../ledger/table-styles.ts'
import { panelStyles } from '../panel-styles.ts'
import { scenarioStyles } from './scenario-styles.ts'
import './scenario-scene.ts'
import { createTools } from './scenario-tools.ts'

type Run =
  | { readonly status: 'none' }
  | { readonly status: 'running'; readonly since: number; readonly stop: AbortController }
  | { readonly status: 'done'; readonly verdict: Verdict; readonly busyMs: number }
  | { readonly status: 'failed'; readonly why: string }

const COUNT_EVERY_MS = 1_000

export class ScenarioList extends LitElement {
  static override properties = {
    bench: { attribute: false },
    wanted: { attribute: false },
    chosen: { state: true },
    guess: { state: true },
    run: { state: true },
  }
  declare bench: Bench
  /** The scenario that the page's address names, by its id; null for none. */
  declare wanted: string | null
  declare chosen: Scenario | null
  /** The reader's prediction, an index of the scenario's guesses. */
  declare guess: number | null
  declare run: Run
  #counting: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.wanted = null
    this.chosen = null
    this.guess = null
    this.run = { status: 'none' }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    return html`<section aria-labelledby="title">
      <h2 id="title" class="sr-only">Scenarios</h2>
      <div class="row" role="group" aria-label="Scenarios">
        ${SCENARIOS.map(
          (scenario) => html`<button
            aria-expanded=${this.chosen === scenario}
            aria-controls="scenario"
            ?disabled=${this.run.status === 'running' && this.chosen !== scenario}
            @click=${() => this.#choose(scenario)}
          >${scenario.title}</button>`,
        )}
      </div>
      <div id="scenario">${this.chosen ? this.#scenario(this.chosen) : this.#unknown()}</div>
    </section>`
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('wanted') && this.wanted !== (this.chosen?.id ?? null))
      this.#open(SCENARIOS.find(({ id }) => id === this.wanted) ?? null)
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('chosen') || changed.has('guess') || changed.has('run'))
      this.dispatchEvent(new CustomEvent('guess', { detail: this.#told }))
  }

  get #told(): Report['guess'] {
    const { chosen, guess, run } = this
    if (!chosen || guess === null) return null
    const verdict = run.status !== 'done' ? 'none yet' : run.verdict.right === guess ? 'right' : 'wrong'
    return { scenario: chosen.id, guess, verdict }
  }

  #unknown() {
    return this.wanted === null
      ? nothing
      : html`<p class="note">This version of the lab has no scenario “${this.wanted}”.</p>`
  }

  #choose(scenario: Scenario): void {
    if (this.run.status === 'running') return
    this.#open(this.chosen === scenario ? null : scenario)
    this.dispatchEvent(new CustomEvent('choose', { detail: this.chosen?.id ?? null }))
  }

  #open(scenario: Scenario | null): void {
    this.#stop()
    this.chosen = scenario
    this.guess = null
    this.run = { status: 'none' }
  }

  #scenario(scenario: Scenario) {
    const { plan, question, guesses, scene } = scenario
    const missing = this.#missing(scenario)
    const isOver = this.run.status === 'done'
    const isRunning = this.run.status === 'running'
    return html`<p>${plan}</p>
      <fieldset ?disabled=${isRunning || isOver}>
        <legend>${question}</legend>
        ${guesses.map(
          (words, index) => html`<label class=${this.#classOf(index)}>
            <input type="radio" name="guess" .checked=${this.guess === index} @change=${() => (this.guess = index)}>
            ${words}
          </label>`,
        )}
      </fieldset>
      ${missing === null ? nothing : html`<p class="note">${missing}</p>`}
      <div class="row">
        ${
          isRunning
            ? html`<button @click=${this.#stop}>Stop</button>`
            : html`<button class="main" ?disabled=${(this.guess === null && !isOver) || missing !== null} @click=${() => (isOver ? this.#again() : void this.#start(scenario))}>
                ${isOver ? 'Again, with another guess' : 'Run it'}
              </button>`
        }
        <p class="note" role="status">${this.#status(scenario)}</p>
      </div>
      ${scene && this.run.status !== 'none' ? html`<scenario-scene .bench=${this.bench} kind=${scene}></scenario-scene>` : nothing}
      ${this.run.status === 'done' ? this.#verdict(this.run, scenario) : nothing}`
  }

  /** Why it cannot be run here; null when it can. */
  #missing({ needs, needsAll }: Scenario): string | null {
    const { single, faults, mayAll } = this.bench.wires.info
    if (needsAll && !mayAll)
      return 'It keeps the whole server at work, so it takes a page on the server’s machine, or the teacher’s token.'
    if (needs.length > 0 && single)
      return 'It breaks wires, and in this lab no lane has one of its own (--single-port).'
    const missing = needs.find((name) => !faults.some((fault) => fault.name === name))
    const off = faults.find(({ name, off }) => needs.includes(name) && off !== null)?.off
    return missing === undefined ? (off ?? null) : `This server cannot make the fault “${missing}”.`
  }

  #status({ seconds }: Scenario): string {
    const { run } = this
    if (run.status === 'failed') return run.why
    if (run.status === 'running') {
      const passed = Math.floor((performance.now() - run.since) / 1_000)
      return `Running: ${passed} s, at most ${seconds} s.`
    }
    return this.guess === null && run.status === 'none'
      ? 'Guess first: then you will know what surprised you.'
      : ''
  }

  #classOf(index: number): string {
    if (this.run.status !== 'done') return ''
    return this.run.verdict.right === index ? 'right' : this.guess === index ? 'wrong' : ''
  }

  #verdict(
    { verdict: { right, words, columns, rows }, busyMs }: Run & { status: 'done' },
    { guesses }: Scenario,
  ) {
    const titles = new Map(this.bench.lanes().map(({ name, title }) => [name, title]))
    return html`<div class="verdict">
      <p><b>${
        right === null
          ? 'None of the guesses is what was seen.'
          : right === this.guess
            ? 'You were right.'
            : `It was another: ${guesses[right]}.`
      }</b> ${words}</p>
      ${busyMs > 0 ? html`<p class="note">For ${milliseconds(busyMs)} of the run this page was too busy: times in it include the page’s own queue.</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="The figures of this run">
        <table>
          <thead><tr><th scope="col">Lane</th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
          <tbody>${rows.map(
            ({ lane, cells }) => html`<tr data-lane=${lane}>
              <th scope="row">${titles.get(lane) ?? lane}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
          )}</tbody>
        </table>
      </div>
    </div>`
  }

  #again(): void {
    this.guess = null
    this.run = { status: 'none' }
  }

  async #start(scenario: Scenario): Promise<void> {
    const stop = new AbortController()
    const busyBefore = busyMeter.overMs
    this.run = { status: 'running', since: performance.now(), stop }
    this.#counting = setInterval(() => this.requestUpdate(), COUNT_EVERY_MS)
    try {
      const tools = createTools(this.bench, stop.signal, scenario.needs.length > 0)
      const verdict = await scenario.run(tools)
      if (!stop.signal.aborted) this.run = { status: 'done', verdict, busyMs: busyMeter.overMs - busyBefore }
    } catch (thrown) {
      const why = stop.signal.aborted ? 'Stopped.' : sentence(ChatError.from(thrown).message)
      this.run = { status: 'failed', why }
    } finally {
      clearInterval(this.#counting)
      stop.abort() // whatever it has left running ends with it
    }
  }

  readonly #stop = (): void => {
    if (this.run.status !== 'running') return
    this.run.stop.abort()
    void this.bench.wires.healAll().catch(() => {})
  }

  static override styles = [shared, tableStyles, panelStyles, scenarioStyles]
}

customElements.define('scenario-list', ScenarioList)
