/** `<server-view>`: the connections of this visitor as the server sees them. It may be wrong about one that is half-open. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { ConnectionsInfo, ServedConnection } from '../../model/wires/connections-info.ts'
import { bytes, number, sentence } from '../../words.ts'
import type { Bench } from '../bench.ts'
import { tableStyles } from './table-styles.ts'

export class ServerView extends LitElement {
  static override properties = {
    bench: { attribute: false },
    served: { attribute: false },
    problem: { state: true },
  }
  declare bench: Bench
  declare served: ConnectionsInfo | null
  declare problem: string | null

  constructor() {
    super()
    this.served = null
    this.problem = null
  }

  override render() {
    const { served } = this
    if (!served) return html`<p class="none">The server does not say which connections it has.</p>`
    const { connections, others } = served
    return html`<p class="problem" role="alert">${this.problem ?? nothing}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="The server’s view of each connection">
        <table>
          <caption><span>
            What the server believes to have open for this page: a connection that has gone silent stays here until one of the two
            ends notices. Other visitors have ${number(others)} more.
          </span></caption>
          <thead>
            <tr>
              <th scope="col">Lane</th>
              <th scope="col">Open for</th>
              <th scope="col">To the server</th>
              <th scope="col">To the client</th>
              <th scope="col" title="Written by the server and not taken by the reader yet">Held</th>
              <th scope="col" title="Messages by which its cursor is behind the log">Cursor lag</th>
              <th scope="col"><span class="sr-only">Close it</span></th>
            </tr>
          </thead>
          <tbody>${connections.map((one) => this.#row(one, served.now))}</tbody>
        </table>
      </div>`
  }

  #row({ id, lane, since, toServer, toClient, heldBytes, cursorLag }: ServedConnection, now: number) {
    const title = this.bench.lanes().find(({ name }) => name === lane)?.title ?? lane
    return html`<tr data-connection=${id}>
      <th scope="row">${title}</th>
      <td>${number(Math.max(0, Math.round((now - since) / 1_000)))} s</td>
      <td>${bytes(toServer)}</td>
      <td>${bytes(toClient)}</td>
      <td class=${heldBytes > 0 ? 'alarming' : ''}>${bytes(heldBytes)}</td>
      <td>${cursorLag === null ? '–' : number(cursorLag)}</td>
      <td><button @click=${() => this.#close(id)} aria-label=${`Close connection ${id} of ${title}`}>Close</button></td>
    </tr>`
  }

  async #close(id: string): Promise<void> {
    this.problem = null
    try {
      await this.bench.wires.closeConnection(id)
    } catch (thrown) {
      this.problem = sentence(ChatError.from(thrown).message)
    }
  }

  static override styles = [
    shared,
    tableStyles,
    css`
      button {
        min-height: 1.5rem;
        padding: 0 0.5rem;
        font-size: var(--size-s);
      }
      .none,
      .problem {
        color: var(--muted);
        font-size: var(--size-m);
      }
      .problem {
        color: var(--bad);
      }
      .problem:empty {
        display: none;
      }
    `,
  ]
}

customElements.define('server-view', ServerView)
