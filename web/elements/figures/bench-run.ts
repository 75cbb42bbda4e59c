/**
 * `<bench-run>`: the calculator over the latest run of the benchmark on this machine, or else over the project's own.
 * It says which, since a figure without its machine is an anecdote.
 *
 * Nothing is loaded until the reader scrolls near it: the lanes above are being timed by this page.
 */
import { css, html, LitElement, nothing } from 'lit'
import { ForeignFile, readRun } from '../../../benchmarks/calculator/read-run.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { RunFile } from '../../../benchmarks/run-file.ts'
import { whenNear } from './when-near.ts'

type State =
  | { readonly status: 'waiting' }
  /** `report` is where the whole report of that run is, if it is anywhere. */
  | { readonly status: 'shown'; readonly run: RunFile; readonly own: boolean; readonly report: string | null }
  | { readonly status: 'none' }
  | { readonly status: 'failed'; readonly why: string }

/** What lies in the folder of runs, as the server lists it. */
const LIST = 'bench/index.json'
const LATEST = 'bench/latest.json'
const REPORT = 'bench/latest.html'
/** The committed run of the project; `null` in it when there is none. Put there by lab/app/bundle.ts. */
const PROJECT = 'project-run.json'

export class BenchRun extends LitElement {
  static override properties = { state: { state: true } }
  declare state: State

  #stopWaiting = () => {}

  constructor() {
    super()
    this.state = { status: 'waiting' }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.state.status === 'waiting') this.#stopWaiting = whenNear(this, () => void this.#load())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stopWaiting()
  }

  async #load(): Promise<void> {
    try {
      const [state] = await Promise.all([
        findRun(),
        import('../../../benchmarks/calculator/elements/transport-chooser.ts'),
      ])
      this.state = state
    } catch (error) {
      const why =
        error instanceof ForeignFile ? error.message : 'The run could not be loaded from the server.'
      this.state = { status: 'failed', why }
    }
  }

  override render() {
    return html`<section aria-labelledby="title">
      <h2 id="title">Which one for me?</h2>
      ${this.#content()}
    </section>`
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
        return html`<p class="source">
            Measured on ${own ? 'this machine' : html`<b>the project’s machine</b>, not on yours`}
            (${run.machine.cores} × ${run.machine.cpu}), <time datetime=${run.startedAt}>${day.format(new Date(run.startedAt))}</time>,
            commit <code>${run.versions.commit ?? 'unknown'}</code>.
            ${report ? html`<a href=${report}>The whole report</a>` : nothing} ${own ? nothing : HOW}
          </p>
          <transport-chooser .run=${run}></transport-chooser>`
      }
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        color: var(--ink);
      }
      section {
        padding: var(--gap-m);
        background: var(--surface);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
      h2 {
        font-size: var(--size-l);
        line-height: 1.25rem;
        font-weight: 650;
      }
      .source {
        padding: var(--gap-xs) 0 var(--gap-m);
        font-size: var(--size-m);
        color: var(--muted);
      }
      a {
        color: inherit;
      }
      code {
        font-family: var(--code);
        font-size: var(--size-s);
      }
    `,
  ]
}

const HOW = html`<code>npm run bench</code> measures in about a minute and a half; then reload this page.`
const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' })

/** Asks for the list first: asking for what is not there would put an error into everybody's console. */
async function findRun(): Promise<State> {
  const { files } = (await json(LIST)) as { readonly files: readonly string[] }
  if (files.includes('latest.json')) {
    const run = readRun(await text(LATEST), LATEST)
    return { status: 'shown', run, own: true, report: files.includes('latest.html') ? REPORT : null }
  }
  const committed = await text(PROJECT)
  if (committed.trim() === 'null') return { status: 'none' }
  return { status: 'shown', run: readRun(committed, PROJECT), own: false, report: null }
}

async function text(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return response.text()
}

const json = async (url: string): Promise<unknown> => JSON.parse(await text(url))

customElements.define('bench-run', BenchRun)
