/** `<lane-pitfall>`: the band over a lane that is broken on purpose, and how to mend it. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { bannerStyles, laneBannerStyles } from '../faults/panel-styles.ts'
import type { Wires } from '../model/wires/wires.ts'
import { titleOf } from './words.ts'

export class LanePitfall extends LitElement {
  static override properties = { wires: { attribute: false }, lane: { type: String } }
  declare wires: Wires
  /** The transport's name. */
  declare lane: string
  #stop = () => {}

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = this.wires.onChange(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const active = this.wires.info.pitfalls.find(({ lane }) => lane === this.lane)
    if (!active) return nothing
    const title = titleOf(active.pitfall)
    return html`<p class="active" role="status" data-pitfall=${active.pitfall}>
      <span><strong>Pitfall on: ${title}.</strong> This lane is broken on purpose.</span>
      <button
        aria-label=${`Switch off ${title} in ${this.lane}`}
        @click=${() => void this.wires.switchPitfallOff(this.lane).catch(() => {})}
      >Switch off</button>
    </p>`
  }

  static override styles = [
    shared,
    bannerStyles,
    laneBannerStyles,
    css`
      p {
        line-height: 1.2rem;
      }
      .active {
        border-style: dashed;
        border-inline-start-style: solid;
      }
    `,
  ]
}

customElements.define('lane-pitfall', LanePitfall)
