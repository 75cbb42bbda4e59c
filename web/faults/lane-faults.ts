/** `<lane-faults>`: what is done to a lane's wire now, loudly, with the time that is left; and what the lane did about the last. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { drawEvery } from '../elements/figures/draw-every.ts'
import type { Bench } from './bench.ts'
import { bannerStyles, laneBannerStyles } from './panel-styles.ts'
import { leftInWords, reactionInWords } from './words.ts'

const DRAW_EVERY_MS = 250

export class LaneFaults extends LitElement {
  static override properties = { bench: { attribute: false }, lane: { type: String } }
  declare bench: Bench
  /** The transport's name. */
  declare lane: string
  #stop: readonly (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    const draw = () => this.requestUpdate()
    const tick = () => {
      if (this.bench.wires.activeOn(this.lane).length > 0) draw()
    }
    this.#stop = [this.bench.stories.onChange(draw), drawEvery(DRAW_EVERY_MS, tick)]
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stop) stop()
  }

  override render() {
    const { wires, stories } = this.bench
    const titleOf = (fault: string) => wires.info.faults.find(({ name }) => name === fault)?.title ?? fault
    const active = wires.activeOn(this.lane)
    const story = stories.lastOf(this.lane)
    const reaction = story?.reactions.get(this.lane)
    return html`${active.map((fault) => {
      const title = titleOf(fault.fault)
      return html`<p class="active" data-fault=${fault.fault}>
        <strong>${title}</strong>
        <span class="left">${leftInWords(wires.leftMs(fault))}</span>
        ${
          fault.mine || wires.info.mayAll
            ? html`<button @click=${() => void wires.heal(fault.id).catch(() => {})} aria-label=${`Heal ${title} on ${this.lane}`}>Heal</button>`
            : html`<span class="left">set by another user</span>`
        }
      </p>`
    })}
    ${
      story && reaction
        ? html`<p class="did"><b>${titleOf(story.fault.fault)}:</b> ${unbroken(reactionInWords(reaction))}</p>`
        : nothing
    }`
  }

  static override styles = [
    shared,
    bannerStyles,
    laneBannerStyles,
    css`
      p:not(.active) {
        font-size: var(--size-s);
      }
      p {
        line-height: 1.125rem;
      }
      .left {
        display: var(--banner-left, inline);
        font-variant-numeric: tabular-nums;
      }
      .did {
        overflow: hidden;
        color: var(--muted);
        text-overflow: ellipsis;
        white-space: var(--banner-words, normal);
      }
      .did b {
        color: var(--ink);
      }
    `,
  ]
}

/** A lane is narrow: a figure and its unit stay in one line. */
const unbroken = (words: string): string => words.replace(/(\d) (?=m?s\b)/g, '$1\u00a0')

customElements.define('lane-faults', LaneFaults)
