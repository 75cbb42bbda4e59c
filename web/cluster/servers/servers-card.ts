/**
 * `<servers-card>`: the two servers of this page's own and the log that they share: how far each is, which lanes are there, and buttons
 * that kill, start and hold back. It looks as the card of a cluster of programs does (cluster-card.ts).
 */
import { css, html, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../../benchmarks/plots/swatch.ts'
import type { OneServer, ServerAction, ServersState } from '../../../lab/wires/servers/control.ts'
import { clusterStyles } from '../cluster-styles.ts'
import { placeInWords } from '../cluster-words.ts'
import { FollowingElement } from '../following.ts'
import type { ServersView } from './servers-view.ts'
import { logActions, SERVER_WORDS, serverActions, serverPlace, serversInWords } from './servers-words.ts'

/** By which the log is named in an order. */
const LOG = 'log'

export class ServersCard extends FollowingElement<ServersView> {
  override render() {
    const { state, problem, isOver } = this.view
    return html`<section aria-labelledby="title">
      <header>
        <h2 id="title">Two servers on one log</h2>
        <p role="status">${isOver ? '' : serversInWords(state)}</p>
      </header>
      ${
        isOver
          ? nothing
          : html`<ul aria-label="Servers and log">
              ${state.servers.map((one) => this.#server(one))}${this.#log(state.log)}
            </ul>`
      }
      <p class="problem" role="alert">${problem}</p>
    </section>`
  }

  #server(one: OneServer) {
    const lanes = this.view.lanesAt(one)
    return html`<li data-name=${one.name} data-status=${one.status}>
      <b class="name">${one.name}</b>
      <span class="status">${SERVER_WORDS[one.status]}</span>
      <span class="figures">${serverPlace(one)}</span>
      <span class="lanes">${lanes.map(
        ({ short, place }) => html`<span data-series=${place}>${swatch(place)} ${short}</span>`,
      )}</span>
      ${this.#buttons(one.name, serverActions(one))}
    </li>`
  }

  #log(log: ServersState['log']) {
    return html`<li data-name=${LOG} data-status=${log.status}>
      <b class="name">${LOG}</b>
      <span class="status">${log.status === 'stopped' ? 'is stopped' : 'takes entries'}</span>
      <span class="figures">${placeInWords(log.position, null)}</span>
      <span class="lanes"></span>
      ${this.#buttons(LOG, logActions(log))}
    </li>`
  }

  /** Each has its place, whether it can be pressed or not: a reader who has pressed one by the keyboard stays where they are. */
  #buttons(name: string, actions: readonly { readonly action: ServerAction; readonly may: boolean }[]) {
    return html`<span class="buttons">${actions.map(
      ({ action, may }) => html`<button
        data-action=${action}
        aria-disabled=${may ? 'false' : 'true'}
        aria-label=${`${WORDS[action]}: ${name}`}
        @click=${() => may && void this.view.act(name, action)}
      >${WORDS[action]}</button>`,
    )}</span>`
  }

  static override styles = [
    shared,
    swatchStyles,
    clusterStyles,
    css`
      [data-status='held'] .status {
        color: var(--wait);
      }
      [data-status='stopped'] .status {
        color: var(--bad);
        font-weight: 600;
      }
      button:is([data-action='hold back'], [data-action='go on']) {
        min-width: 5.5rem;
      }
    `,
  ]
}

const WORDS: Readonly<Record<ServerAction, string>> = {
  kill: 'Kill',
  start: 'Start',
  'hold back': 'Hold back',
  stop: 'Stop',
  'go on': 'Go on',
}

customElements.define('servers-card', ServersCard)
