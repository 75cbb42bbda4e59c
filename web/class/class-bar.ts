/**
 * `<class-bar>`: what a learner sees of a class. It asks first: before its reader has joined, nothing is told and nothing is set.
 *
 * Fires `given`, a CustomEvent whose `detail` is the query of the setting that the teacher has given.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import type { Report } from '../../lab/wires/class/control.ts'
import type { Bench } from '../faults/bench.ts'
import { createClassClient } from '../model/class/class-client.ts'
import { type ClassLearner, createLearner } from '../model/class/learner.ts'
import { sentence, timeSaid } from '../words.ts'

export class ClassBar extends LitElement {
  static override properties = {
    bench: { attribute: false },
    room: { type: String },
    name: { type: String },
    guess: { attribute: false },
    isAway: { state: true },
  }
  declare bench: Bench
  declare room: string
  /** Under which the learner writes. */
  declare name: string
  declare guess: () => Report['guess']
  /** The reader does not want to be asked. */
  declare isAway: boolean
  #learner: ClassLearner | null = null

  constructor() {
    super()
    this.isAway = false
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('room')) return
    this.#learner?.leave()
    const { room, bench } = this
    this.#learner = createLearner({
      client: createClassClient(bench.wires),
      clock: bench.platform.clock,
      room,
      report: () => this.#report(),
      onSetting: (detail) => this.dispatchEvent(new CustomEvent('given', { detail })),
      onChange: () => this.requestUpdate(),
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#learner?.leave()
  }

  async #report(): Promise<Report> {
    const { ledger } = this.bench
    await ledger.look()
    return {
      name: this.name,
      guess: this.guess(),
      ledger: ledger.rows.map(({ name: lane, delivered, inLog, lost, doubled, reordered }) => ({
        ...{ lane, delivered, inLog, lost, doubled, reordered },
      })),
    }
  }

  override render() {
    const learner = this.#learner
    if (!learner || this.isAway) return nothing
    const { state } = learner
    return html`<div class="bar" role="group" aria-label="Class">
      <p role="status">${this.#words(learner)}</p>
      ${
        state.kind === 'in'
          ? html`<button @click=${() => learner.leave()}>Leave the class</button>`
          : html`<button class="main" @click=${() => void learner.join()}>${state.kind === 'over' ? 'Try again' : 'Join the class'}</button>
              <button @click=${() => (this.isAway = true)}>Not now</button>`
      }
    </div>`
  }

  #words({ state }: ClassLearner) {
    const { room, name } = this
    if (state.kind === 'over') return `No class is held in ${room} now.`
    if (state.kind === 'out')
      return html`A class is held in <b>${room}</b>. Its teacher gives your page one setting, and sees your ledger and your guesses under the
        name <b><bdi>${name}</bdi></b>, for as long as you are in it.`
    if (state.problem !== null) return `The class could not be told: ${sentence(state.problem)}`
    if (state.given === null) return 'Joining…'
    return html`You are in the class of <b>${room}</b> as <b><bdi>${name}</bdi></b>. Setting given at ${timeSaid(state.given, Date.now())}.`
  }

  static override styles = [
    shared,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-xs) var(--gap-m);
        padding: var(--gap-xs) var(--gap-m);
        background: var(--surface);
        border: 1px solid var(--edge);
        border-left: 3px solid var(--good);
        border-radius: var(--radius);
        font-size: var(--size-m);
      }
      p {
        flex: 1 1 20rem;
      }
    `,
  ]
}

customElements.define('class-bar', ClassBar)
