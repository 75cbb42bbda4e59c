/**
 * The page /choose: the calculator over the latest run of the benchmark on this machine, or else over the project's
 * own. It says which, since a figure without its machine is an anecdote. What the reader sets stands in the address.
 */
import { html, LitElement, nothing } from 'lit'
import '../../benchmarks/calculator/elements/transport-chooser.ts'
import {
  type Inputs,
  readInputs,
  type Unknown,
  writeInputs,
} from '../../benchmarks/calculator/choice/inputs.ts'
import { ForeignFile } from '../../benchmarks/calculator/read-run.ts'
import { type FoundRun, findRun } from '../model/figures/find-run.ts'

type State =
  | { readonly status: 'waiting' }
  | ({ readonly status: 'shown' } & FoundRun)
  | { readonly status: 'none' }
  | { readonly status: 'failed'; readonly why: string }

export class ChoosePage extends LitElement {
  static override properties = {
    state: { state: true },
    complaints: { state: true },
    inputs: { state: true },
  }
  declare state: State
  declare complaints: readonly string[]
  declare inputs: Inputs

  readonly #unknown: Unknown

  constructor() {
    super()
    this.state = { status: 'waiting' }
    const { inputs, complaints, unknown } = readInputs(location.search)
    this.#unknown = unknown
    this.inputs = inputs
    this.complaints = complaints
    void this.#load()
  }

  /** Without a shadow: the page is the page, and style.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  async #load(): Promise<void> {
    try {
      const found = await findRun()
      this.state = found ? { status: 'shown', ...found } : { status: 'none' }
    } catch (error) {
      const why =
        error instanceof ForeignFile ? error.message : 'The run could not be loaded from the server.'
      this.state = { status: 'failed', why }
    }
  }

  override render() {
    return html`
      <header class="masthead">
        <div>
          <h1>Which transport to choose</h1>
          <p>Set your numbers: the answer is reckoned from what was measured, and from nothing else.</p>
        </div>
        <nav aria-label="Transport Lab"><a href="/">The lab</a> <a href="/docs/">The course</a></nav>
      </header>
      <main id="answer">
        ${
          this.complaints.length > 0
            ? html`<div class="complaints" role="alert">${this.complaints.map((complaint) => html`<p>In the address: ${complaint}</p>`)}</div>`
            : nothing
        }
        ${this.#content()}
      </main>
    `
  }

  #content() {
    switch (this.state.status) {
      case 'waiting':
        return html`<p class="source">Loading what was measured…</p>`
      case 'failed':
        return html`<p class="source">${this.state.why} ${HOW}</p>`
      case 'none':
        return html`<p class="source">Nothing has been measured on this machine yet. ${HOW}</p>`
      case 'shown': {
        const { run, own, report } = this.state
        return html`<transport-chooser .run=${run} .inputs=${this.inputs} @inputs=${this.#onInputs}></transport-chooser>
          <p class="source">
            Measured on ${own ? 'this machine' : html`<b>the project’s machine</b>, not on yours`}
            (${run.machine.cores} × ${run.machine.cpu}), <time datetime=${run.startedAt}>${day.format(new Date(run.startedAt))}</time>,
            commit <code>${run.versions.commit ?? 'unknown'}</code>. The way over a network comes on top of each latency.
            ${report ? html`<a href=${report}>The whole report</a>` : nothing} ${own ? nothing : HOW}
          </p>`
      }
    }
  }

  /** Without a new entry in the history for each step of a slider. */
  readonly #onInputs = ({ detail }: CustomEvent<Inputs>) => {
    this.inputs = detail
    this.complaints = []
    history.replaceState(
      null,
      '',
      `${location.pathname}${writeInputs(detail, this.#unknown)}${location.hash}`,
    )
  }
}

const HOW = html`<code>npm run bench</code> measures in about a minute and a half; then reload this page.`
const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' })

customElements.define('choose-page', ChoosePage)
