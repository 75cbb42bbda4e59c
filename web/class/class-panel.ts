/**
 * `<class-panel>`: a teacher gives the page's setting to all who have joined in its room, and sees what each has guessed and what each one's
 * lanes have delivered. For a page on the server's machine, or one that shows the teacher's token.
 */
import { html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { ClassView, Learner } from '../../lab/wires/class/control.ts'
import { copyBy } from '../elements/copy.ts'
import { drawEvery } from '../elements/figures/draw-every.ts'
import type { Bench } from '../faults/bench.ts'
import { tableStyles } from '../faults/ledger/table-styles.ts'
import { panelStyles } from '../faults/panel-styles.ts'
import { createClassClient } from '../model/class/class-client.ts'
import { SCENARIOS } from '../model/scenarios/scenarios.ts'
import { number, sentence, timeSaid } from '../words.ts'
import { classStyles } from './class-styles.ts'
import { teacherToken } from './teacher-token.ts'

const LOOK_EVERY_MS = 2_000

export class ClassPanel extends LitElement {
  static override properties = {
    bench: { attribute: false },
    setting: { attribute: false },
    view: { state: true },
    problem: { state: true },
  }
  declare bench: Bench
  /** The query that is given, as the page is set now. */
  declare setting: () => string
  /** Null until the server has answered. */
  declare view: ClassView | null
  declare problem: string
  #stop: readonly (() => void)[] = []

  constructor() {
    super()
    this.view = null
    this.problem = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const look = () => void this.#look()
    this.#stop = [this.bench.wires.onChange(() => this.requestUpdate()), drawEvery(LOOK_EVERY_MS, look)]
    look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stop) stop()
  }

  get #client() {
    return createClassClient(this.bench.wires)
  }

  async #look(): Promise<void> {
    if (!this.bench.wires.info.mayAll) return
    const room = this.bench.room()
    await this.#try(async () => {
      const view = await this.#client.view(room)
      if (room === this.bench.room()) this.view = view
    })
  }

  override render() {
    return html`<section aria-labelledby="title">
      <h2 id="title" class="sr-only">Class</h2>
      ${this.bench.wires.info.mayAll ? this.#class() : this.#forTeachers()}
      <p class="problem" role="alert">${this.problem}</p>
    </section>`
  }

  #forTeachers() {
    return html`<p class="note">To hold a class is for a page on the server’s machine, or for one that shows the token that was printed at its start.</p>
      ${teacherToken((token) =>
        this.#try(async () => {
          await this.bench.wires.useToken(token)
          await this.#look()
        }),
      )}`
  }

  #class() {
    const room = this.bench.room()
    const { view } = this
    const link = new URL(`/?${new URLSearchParams({ room, class: '1' })}`, location.href).href
    const isHeld = view !== null && view.given !== null
    return html`<p>Who opens this link is asked whether to join. Who joins gets each setting that you give, and shows you their ledger and their guess.
        A setting breaks nothing: a fault in it is set by each learner’s own button.</p>
      <div class="row">
        <code id="link">${link}</code>
        <button @click=${({ currentTarget }: Event) => void copyBy(currentTarget as Element, this.renderRoot.querySelector('#link')!)}>Copy the link</button>
      </div>
      <div class="row">
        <button class="main" @click=${() => this.#try(this.#give)}>Give the class this page’s setting</button>
        ${isHeld ? html`<button @click=${() => this.#try(this.#end)}>End the class</button>` : nothing}
        <span role="status">${isHeld ? `Given at ${timeSaid(view.given!, Date.now())}; ${count(view.learners.length)}.` : `No class is held in ${room}.`}</span>
      </div>
      ${isHeld && view.learners.length > 0 ? this.#table(view) : nothing}`
  }

  #table({ learners, now }: ClassView) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="The learners">
      <table>
        <thead>
          <tr>
            <th scope="col">Learner</th>
            <th scope="col" class="words">Guess</th>
            <th scope="col" title="Of the server’s log, over all lanes">Delivered</th>
            <th scope="col">Lost</th>
            <th scope="col">Doubled</th>
            <th scope="col">Reordered</th>
            <th scope="col">Heard</th>
          </tr>
        </thead>
        <tbody>
          ${learners.map(
            (learner) => html`<tr>
              <th scope="row"><bdi>${learner.name}</bdi></th>
              <td class="words">${guessInWords(learner)}</td>
              <td>${number(sum(learner, 'delivered'))} of ${number(sum(learner, 'inLog'))}</td>
              ${(['lost', 'doubled', 'reordered'] as const).map(
                (key) =>
                  html`<td class=${sum(learner, key) > 0 ? 'alarming' : ''}>${this.#byLane(learner, key)}</td>`,
              )}
              <td>${number(Math.max(0, Math.round((now - learner.heard) / 1_000)))} s ago</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  /** As “3 (SSE 2, Long polling 1)”. */
  #byLane(learner: Learner, key: Counted): string {
    const lanes = learner.ledger.filter((row) => row[key] > 0)
    if (lanes.length === 0) return '0'
    const shortOf = (lane: string) => this.bench.lanes().find(({ name }) => name === lane)?.short ?? lane
    return `${number(sum(learner, key))} (${lanes.map((row) => `${shortOf(row.lane)} ${number(row[key])}`).join(', ')})`
  }

  readonly #give = async () => {
    this.view = await this.#client.give(this.bench.room(), this.setting())
  }

  readonly #end = async () => {
    await this.#client.end(this.bench.room())
    await this.#look()
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
      this.problem = ''
    } catch (thrown) {
      this.problem = sentence(ChatError.from(thrown).message)
    }
  }

  static override styles = [shared, tableStyles, panelStyles, classStyles]
}

type Counted = 'delivered' | 'inLog' | 'lost' | 'doubled' | 'reordered'

const sum = ({ ledger }: Learner, key: Counted): number => ledger.reduce((all, row) => all + row[key], 0)

const count = (learners: number): string => (learners === 1 ? '1 learner' : `${number(learners)} learners`)

function guessInWords({ guess }: Learner): string {
  if (!guess) return '–'
  const scenario = SCENARIOS.find(({ id }) => id === guess.scenario)
  const words = scenario?.guesses[guess.guess] ?? `choice ${guess.guess + 1}`
  return `${scenario?.title ?? guess.scenario}: ${words}${guess.verdict === 'none yet' ? '' : ` (${guess.verdict})`}`
}

customElements.define('class-panel', ClassPanel)
