/**
 * `<socket-card>`: the transports that a browser cannot open. There is no lane for them, so the page says why, where they
 * listen, and how to talk to them from a terminal.
 */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import { copyOrSelect } from '../copy.ts'
import { whenNear } from '../figures/when-near.ts'

/** As much of `GET /transports` as is shown here. */
interface Offered {
  readonly name: string
  readonly at?: { readonly host: string; readonly port: number } | null
}

/** Addresses that mean all of the server's own: a client takes the one by which it has come. */
const EVERY_ADDRESS = new Set(['0.0.0.0', '::'])
const USUAL_PORT = 4000

export class SocketCard extends LitElement {
  static override properties = { offered: { state: true }, copied: { state: true } }
  /** Null until the server has said. */
  declare offered: readonly Offered[] | null
  declare copied: string | null
  #stop = () => {}

  constructor() {
    super()
    this.offered = null
    this.copied = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = whenNear(this, () => void this.#ask())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  async #ask(): Promise<void> {
    try {
      const { transports } = (await (await fetch('/transports')).json()) as { transports: Offered[] }
      this.offered = transports
    } catch {
      this.offered = [] // then it says how to start one, which is right whatever was wrong
    }
  }

  override render() {
    const { offered } = this
    if (offered === null) return nothing
    const others = [...DESCRIPTORS].filter(([, { carriedBy }]) => carriedBy === 'tcp')
    return others.map(([name, { title, idea }]) => {
      const at = offered.find((one) => one.name === name)?.at ?? null
      const command = at ? `nc ${hostFor(at.host)} ${at.port}` : `npm start -- --listen ${name}=${USUAL_PORT}`
      return html`<section aria-labelledby=${name}>
        <h2 id=${name}>${title}</h2>
        <p>${idea}</p>
        <p>
          <strong>A browser cannot open it.</strong> A page that could write any bytes to any port could speak to every
          service in your network, so pages are given HTTP and WebSocket, which ask the server first.
          ${at ? 'From a terminal it is a line away; what you write there appears in every lane.' : 'It does not listen now. Start the lab so:'}
        </p>
        <div class="command">
          <code id=${`${name}-command`} tabindex="0">${command}</code>
          <button type="button" aria-describedby=${`${name}-command`} @click=${() => this.#copy(name)}>
            ${this.copied === name ? 'Copied' : 'Copy'}
          </button>
          <span class="sr-only" role="status">${this.copied === name ? 'Copied' : ''}</span>
        </div>
      </section>`
    })
  }

  async #copy(name: string): Promise<void> {
    const code = this.renderRoot.querySelector(`#${name}-command`)
    if (code && (await copyOrSelect(code))) this.copied = name
  }

  static override styles = [
    shared,
    css`
      section {
        margin: var(--gap-m) 0;
        padding: var(--gap-m);
        background: var(--surface);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
      h2 {
        margin: 0 0 var(--gap-s);
        font-size: var(--size-l);
      }
      p {
        max-width: 70ch;
        margin: 0 0 var(--gap-s);
        font-size: var(--size-m);
      }
      .command {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-s);
      }
      code {
        min-width: 0;
        padding: var(--gap-s);
        font-size: var(--size-s);
        overflow-wrap: anywhere;
        background: var(--paper);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
    `,
  ]
}

const hostFor = (host: string): string => {
  if (!EVERY_ADDRESS.has(host)) return host === '127.0.0.1' || host === '::1' ? 'localhost' : host
  return location.hostname.replace(/^\[|\]$/g, '')
}

customElements.define('socket-card', SocketCard)
