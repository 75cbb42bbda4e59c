/**
 * `<cluster-card>`: the servers and the engine's nodes of the cluster that has served this page, how far each is in the log, and
 * buttons that kill them.
 */
import { html, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../benchmarks/plots/swatch.ts'
import type { Action, EngineState, ServerState } from '../../lab/cluster/control/words.ts'
import { clusterStyles } from './cluster-styles.ts'
import type { ClusterView } from './cluster-view.ts'
import { mayBe, nodeInWords, STATUS_WORDS, serverInWords, sumInWords } from './cluster-words.ts'
import { FollowingElement } from './following.ts'

export class ClusterCard extends FollowingElement<ClusterView> {
  override render() {
    const { state, problem } = this.view
    return html`<section aria-labelledby="title">
      <header>
        <h2 id="title">Cluster</h2>
        <p role="status">${state ? sumInWords(state) : 'The cluster is asked how it is.'}</p>
      </header>
      ${
        state
          ? html`<div class="parts">
            <ul aria-label="Servers">${state.servers.map((one) => this.#server(one))}</ul>
            <ul aria-label="Engine nodes">${state.engines.map((one) => this.#engine(one))}</ul>
          </div>`
          : nothing
      }
      <p class="problem" role="alert">${problem}</p>
    </section>`
  }

  #server(one: ServerState) {
    const lanes = this.view.lanesAt(one)
    return html`<li data-name=${one.name} data-status=${one.status}>
      ${this.#head(one)}
      <span class="figures">${serverInWords(one)}</span>
      <span class="lanes">${
        lanes.length === 0
          ? one.status === 'down'
            ? nothing
            : 'no lane'
          : lanes.map(({ short, place }) => html`<span data-series=${place}>${swatch(place)} ${short}</span>`)
      }</span>
      ${this.#buttons(one, ['kill', one.status === 'frozen' ? 'go on' : 'freeze', 'start', 'drain'])}
      ${this.#problemOf(one)}
    </li>`
  }

  #engine(one: EngineState) {
    return html`<li data-name=${one.name} data-status=${one.status} data-leads=${one.leads === true}>
      ${this.#head(one)}
      <span class="figures">${nodeInWords(one)}</span>
      <span class="lanes">${one.leads ? html`<b>leads</b>` : nothing}</span>
      ${this.#buttons(one, ['kill', one.status === 'frozen' ? 'go on' : 'freeze', 'start'])}
      ${this.#problemOf(one)}
    </li>`
  }

  #head({ name, status, port, pid }: ServerState | EngineState) {
    return html`<b class="name" title=${`port ${port}${pid === null ? '' : `, process ${pid}`}`}>${name}</b>
      <span class="status">${STATUS_WORDS[status]}</span>`
  }

  /** Each has its place, whether it can be pressed or not: a reader who has pressed one by the keyboard stays where they are. */
  #buttons(one: ServerState | EngineState, actions: readonly Action[]) {
    return html`<span class="buttons">${actions.map((action) => {
      const may = mayBe(action, one)
      return html`<button
        data-action=${action}
        aria-disabled=${may ? 'false' : 'true'}
        aria-label=${`${WORDS[action]} ${one.name}`}
        @click=${() => may && void this.view.act(one.name, action)}
      >${WORDS[action]}</button>`
    })}</span>`
  }

  #problemOf({ problem }: ServerState | EngineState) {
    return problem === '' ? nothing : html`<span class="problem">${problem}</span>`
  }

  static override styles = [shared, swatchStyles, clusterStyles]
}

const WORDS: Readonly<Record<Action, string>> = {
  kill: 'Kill',
  freeze: 'Freeze',
  'go on': 'Go on',
  start: 'Start',
  drain: 'Drain',
}

customElements.define('cluster-card', ClusterCard)
