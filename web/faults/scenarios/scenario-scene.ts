/**
 * `<scenario-scene>`: what each lane has made of the messages of a scenario so far: two dots on a field, or a text with two cursors. Under
 * reduced motion nothing moves: the same is told in words, once a second.
 */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { drawEvery } from '../../elements/figures/draw-every.ts'
import { dotsIn, insertionsIn, written } from '../../model/scenarios/scenes.ts'
import type { Bench, PageLane } from '../bench.ts'
import { textsOf } from './scenario-tools.ts'

const DRAW_EVERY_MS = 50

export class ScenarioScene extends LitElement {
  static override properties = { bench: { attribute: false }, kind: { type: String } }
  declare bench: Bench
  declare kind: 'game' | 'text'
  #stop = () => {}

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = drawEvery(DRAW_EVERY_MS, () => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
    return html`<ul aria-label="What each lane shows">
      ${this.bench.lanes().map(
        (lane) => html`<li data-lane=${lane.name}>
          <span>${lane.short}</span> ${this.kind === 'game' ? this.#dots(lane, isCalm) : this.#text(lane)}
        </li>`,
      )}
    </ul>`
  }

  #dots({ lane }: PageLane, isCalm: boolean) {
    const dots = dotsIn(textsOf(lane))
    const words =
      dots.map(({ player, x, y }) => `player ${player} at ${x}, ${y}`).join('; ') || 'no player yet'
    if (isCalm) return html`<p>${words}</p>`
    return html`<svg viewBox="0 0 100 100" role="img" aria-label=${words}>
      ${dots.map(({ player, x, y }) => html`<svg x=${x - 6} y=${y - 6} width="12" height="12" viewBox="0 0 12 12"><circle class=${`player-${player}`} cx="6" cy="6" r="6"></circle></svg>`)}
    </svg>`
  }

  #text({ lane }: PageLane) {
    const { text, cursors } = written(insertionsIn(textsOf(lane)))
    const cursor = (writer: 'A' | 'B', at: number) =>
      cursors[writer] === at
        ? html`<span class=${`cursor ${writer}`} title=${`${writer}’s cursor`}></span>`
        : nothing
    return html`<p class="text">${[...text, ''].map((letter, at) => html`${cursor('A', at)}${cursor('B', at)}${letter}`)}</p>`
  }

  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
        gap: var(--gap-s);
        list-style: none;
        font-size: var(--size-s);
      }
      li {
        padding: var(--gap-xs);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
      svg {
        display: block;
        width: 100%;
        max-width: 8rem;
      }
      .player-1 {
        fill: var(--series-1);
      }
      .player-2 {
        fill: var(--series-2);
      }
      .text {
        min-height: 2.5em;
        font-family: var(--mono, ui-monospace, monospace);
        overflow-wrap: anywhere;
      }
      .cursor {
        border-inline-start: 2px solid var(--series-1);
      }
      .cursor.B {
        border-color: var(--series-2);
      }
    `,
  ]
}

customElements.define('scenario-scene', ScenarioScene)
