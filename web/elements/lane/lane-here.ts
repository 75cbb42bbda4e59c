/** Who is in the room, as this lane's own transport has told it: each learns of it as soon as it can. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import type { Lane } from '../../model/lane.ts'
import { hereInWords, type Mine, NOT_SIGNED_IN, typingInWords } from '../../words.ts'

/** People come and go in bursts. What is read out is what it comes to, when it has been so for a while. */
const SETTLED_MS = 2_000

export class LaneHere extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
    spoken: { type: Boolean },
    mine: { attribute: false },
    said: { state: true },
  }
  declare lane: Lane
  /** Changes when the lane has: a lane is one object that changes inside. */
  declare version: number
  declare name: string
  /** Whether changes are to be read out; several lanes would say the same. */
  declare spoken: boolean
  declare said: string
  /** What of it is this page's own. */
  declare mine: Mine
  #settling: ReturnType<typeof setTimeout> | null = null
  #latest = ''

  constructor() {
    super()
    this.said = ''
    this.mine = NOT_SIGNED_IN
  }

  override render() {
    const { here } = this.lane
    if (!here) return html`<p></p>`
    const typing = typingInWords(here, this.mine)
    return html`<p>
        <b>Here:</b> ${hereInWords(here, this.mine)}
        ${typing ? html`<span>· ${typing}</span>` : nothing}
      </p>
      <span class="sr-only" role="status">${this.said}</span>`
  }

  protected override updated(): void {
    // Who types is not read out: no voice could be listened to beside it.
    const { here } = this.lane
    const words = here && this.spoken ? `In ${this.name}: ${hereInWords(here, this.mine)}` : ''
    if (words === this.#latest) return
    this.#latest = words
    this.#settle(words)
  }

  #settle(words: string): void {
    if (this.#settling !== null) clearTimeout(this.#settling)
    this.#settling = setTimeout(() => (this.said = words), SETTLED_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    if (this.#settling !== null) clearTimeout(this.#settling)
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
      }
      p {
        min-height: 2.75rem; /* two lines, so that a writer's box does not move when others begin to write */
        padding: var(--gap-xs) var(--gap-m) 0;
        font-size: var(--size-s);
        line-height: 1.25rem;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      :host([compact]) p {
        min-height: 1.25rem;
        max-height: 2.25rem;
        overflow: hidden;
        padding: 0.125rem var(--gap-s) 0;
        line-height: 1.0625rem;
      }
      b {
        font-weight: 600;
      }
    `,
  ]
}

customElements.define('lane-here', LaneHere)
