/**
 * `<fault-detail>`: one fault, what it models and where it was seen, its settings, and for how long.
 *
 * Fires `break`, a CustomEvent whose `detail` is a {@link FaultOrder}; and `turn`, with the same, when the reader has turned
 * one of its settings.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import '../elements/lab-slider.ts'
import { USUAL_SECONDS } from '../model/wires/fault-in-address.ts'
import type { FaultInfo, FaultSetting } from '../model/wires/wires-info.ts'
import type { SliderSetting } from '../page/slider-settings.ts'
import { reportUrl, settingInWords } from './words.ts'

export interface FaultOrder {
  readonly settings: Readonly<Record<string, number>>
  /** Null for as long as the server lets a fault last. */
  readonly seconds: number | null
  readonly whose: 'mine' | 'all'
}

const SECONDS: SliderSetting = {
  ...{ label: 'For', min: 1, max: 120, usual: USUAL_SECONDS },
  inWords: (value) => `${Math.round(value)} s`,
}

export class FaultDetail extends LitElement {
  static override properties = {
    fault: { attribute: false },
    mayAll: { type: Boolean },
    isOnNone: { type: Boolean },
    settings: { state: true },
    seconds: { state: true },
    isEndless: { state: true },
    isForAll: { state: true },
  }
  declare fault: FaultInfo
  declare mayAll: boolean
  /** No lane is chosen on whose wire it could be. */
  declare isOnNone: boolean
  declare settings: Readonly<Record<string, number>>
  declare seconds: number
  declare isEndless: boolean
  declare isForAll: boolean

  constructor() {
    super()
    this.mayAll = false
    this.isOnNone = false
    this.settings = {}
    this.seconds = USUAL_SECONDS
    this.isEndless = false
    this.isForAll = false
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('fault') || changed.get('fault')?.name === this.fault.name) return
    this.settings = Object.fromEntries(this.fault.settings.map(({ name, usual }) => [name, usual]))
  }

  override render() {
    const { title, models, report, settings, isOnce, readsHttp, off } = this.fault
    const url = report && reportUrl(report)
    return html`<p><b>${title}.</b> ${models} ${
      url
        ? html`<a href=${url} rel="noreferrer" target="_blank">Seen in the world: ${nameOf(url)}</a>`
        : nothing
    }</p>
      ${off === null ? nothing : html`<p class="note">${off}</p>`}
      ${readsHttp && location.protocol === 'https:' ? html`<p class="note">${SPEAKS_HTTP1}</p>` : nothing}
      <div class="sliders">
        ${settings.map((setting) => this.#setting(setting))}
        ${
          isOnce || this.isEndless
            ? nothing
            : html`<lab-slider .setting=${SECONDS} .value=${this.seconds}
                @turn=${({ detail }: CustomEvent<number>) => (this.seconds = Math.round(detail))}
              ></lab-slider>`
        }
      </div>
      <div class="row">
        <button class="main" ?disabled=${off !== null || this.isOnNone} @click=${() => this.#tell('break')}>Break it</button>
        ${isOnce ? nothing : this.#box('until I heal it', 'isEndless')}
        ${this.mayAll ? this.#box('for every visitor, not only for me', 'isForAll') : nothing}
      </div>`
  }

  #setting(setting: FaultSetting) {
    const { name, label, unit, usual } = setting
    const value = this.settings[name] ?? usual
    const turn = (to: number) => (this.settings = { ...this.settings, [name]: to })
    if (unit === 'switch')
      return html`<label><input type="checkbox" .checked=${value > 0} @change=${() => turn(value > 0 ? 0 : 1)}> ${label}</label>`
    return html`<lab-slider
      .setting=${{ ...setting, inWords: (at: number) => settingInWords(setting, at) }}
      .value=${value}
      @turn=${({ detail }: CustomEvent<number>) => turn(unit === 'count' || unit === 'bytes' ? Math.round(detail) : detail)}
    ></lab-slider>`
  }

  #box(words: string, key: 'isEndless' | 'isForAll') {
    return html`<label><input type="checkbox" .checked=${this[key]} @change=${() => (this[key] = !this[key])}> ${words}</label>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('settings') || changed.has('seconds') || changed.has('isEndless')) this.#tell('turn')
  }

  #tell(type: 'break' | 'turn'): void {
    const detail: FaultOrder = {
      settings: this.settings,
      seconds: this.isEndless ? null : this.seconds,
      whose: this.isForAll && this.mayAll ? 'all' : 'mine',
    }
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--gap-s);
        padding: var(--gap-s) var(--gap-m);
        background: var(--sunken);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
        font-size: var(--size-m);
      }
      p {
        max-width: 80ch;
      }
      a {
        color: inherit;
      }
      .note {
        color: var(--muted);
      }
      .sliders {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr));
        gap: var(--gap-s) var(--gap-l);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-xs) var(--gap-m);
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: var(--gap-xs);
        min-height: 1.5rem;
      }
      input {
        width: 1rem;
        height: 1rem;
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ]
}

/** Under TLS alone, since browsers speak no HTTP/2 without it. */
const SPEAKS_HTTP1 =
  'Such a box speaks HTTP/1.1: a lane that is open over HTTP/2 is cut first, and its next connection is HTTP/1.1 while this lasts.'

/** Short enough for a sentence: `owner/repository#number`, or the host. */
function nameOf(url: string): string {
  const { hostname, pathname } = new URL(url)
  const [, repository, number] = /^\/([\w.-]+\/[\w.-]+)\/(?:issues|pull)\/(\d+)/.exec(pathname) ?? []
  return hostname === 'github.com' && repository ? `${repository}#${number}` : hostname
}

customElements.define('fault-detail', FaultDetail)
