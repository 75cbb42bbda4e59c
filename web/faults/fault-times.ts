/** `<fault-times>`: what each lane did about the newest fault, and how long that took. */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import { swatch, swatchStyles } from '../../benchmarks/plots/swatch.ts'
import { drawInWords } from '../words.ts'
import type { Bench } from './bench.ts'
import { tableStyles } from './ledger/table-styles.ts'
import { healInWords, noticeInWords } from './words.ts'

export class FaultTimes extends LitElement {
  static override properties = { bench: { attribute: false } }
  declare bench: Bench
  #stop = () => {}

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = this.bench.stories.onChange(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const story = this.bench.stories.list.at(-1)
    if (!story) return nothing
    const { faults } = this.bench.wires.info
    const title = faults.find(({ name }) => name === story.fault.fault)?.title ?? story.fault.fault
    const lanes = this.bench.lanes().filter(({ name }) => story.reactions.has(name))
    if (lanes.length === 0) return nothing
    const waiting = lanes.filter(({ lane }) => lane?.state.status === 'waiting')
    return html`<div class="scroll" tabindex="0" role="region" aria-label="What the lanes did"><table>
        <caption><span>
          What each lane did about “${title}”: when it saw that its line was broken, and how long after the end of the fault it was
          open again with all that had been said.
        </span></caption>
        <thead><tr><th scope="col">Lane</th><th scope="col">Noticed</th><th scope="col">Well again</th></tr></thead>
        <tbody>
          ${lanes.map(({ name, title, place, lane }) => {
            const reaction = story.reactions.get(name)!
            return html`<tr data-lane=${name}>
              <th scope="row"><span>${swatch(place)} ${title}</span></th>
              <td>${noticeInWords(reaction)}</td>
              <td>${healInWords(reaction)}${
                lane?.state.status === 'waiting'
                  ? html` <span class="draw">(waits: ${drawInWords(lane.state.upToMs)})</span>`
                  : nothing
              }</td>
            </tr>`
          })}
        </tbody>
      </table></div>
      ${waiting.length > 0 ? html`<button @click=${this.#retryAll}>Retry all waiting lanes now</button>` : nothing}`
  }

  /** Together: what is then seen of a difference is the transport's, and no draw of chance. */
  #retryAll(): void {
    for (const { lane } of this.bench.lanes()) lane?.retry()
  }

  static override styles = [
    shared,
    swatchStyles,
    tableStyles,
    css`
      button {
        margin-top: var(--gap-s);
      }
      .draw {
        color: var(--muted);
        font-size: var(--size-s);
      }
    `,
  ]
}

customElements.define('fault-times', FaultTimes)
