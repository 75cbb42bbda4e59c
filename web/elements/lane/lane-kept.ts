/**
 * What a person has written that was refused, or had to make room: with the reason, to be taken up again.
 *
 * Fires `done` when one of the texts has been dealt with.
 */

import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { shortened } from '../../../lab/wire/cut.ts'
import { isolated } from '../../../lab/wire/names.ts'
import type { Lane } from '../../model/lane.ts'
import type { Kept } from '../../model/writing.ts'

/** How much of a text stands in the name of its buttons. */
const QUOTED_CHARS = 30

export class LaneKept extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
  }
  declare lane: Lane
  declare version: number
  declare name: string

  override render() {
    const { kept } = this.lane.writing
    return html`<div role="status">
      ${
        kept.length === 0
          ? nothing
          : html`<ul aria-label=${`Not sent by ${this.name}`}>
            ${repeat(
              kept,
              ({ key }) => key,
              (one) => this.#one(one),
            )}
          </ul>`
      }
    </div>`
  }

  #one({ key, text, why, edit }: Kept) {
    const quoted = `“${isolated(shortened(text, QUOTED_CHARS))}”`
    return html`<li>
      <p class="text" dir="auto">${text}</p>
      <p class=${why ? 'refused' : 'why'}>
        ${why ? `Not accepted: ${why.message}.` : edit ? 'An edit that was given up.' : 'Set aside.'}
      </p>
      <button @click=${() => this.#deal(() => this.lane.takeUp(key))} aria-label=${`Take up ${quoted}`}>Take up</button>
      <button @click=${() => this.#deal(() => this.lane.discard(key))} aria-label=${`Discard ${quoted}`}>Discard</button>
    </li>`
  }

  /** Its button goes with it, and the keyboard needs another place: the page is told. */
  #deal(act: () => void): void {
    act()
    this.dispatchEvent(new CustomEvent('done'))
  }

  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        gap: var(--gap-s);
        max-height: 9rem;
        padding: 0 var(--gap-m) var(--gap-s);
        overflow-y: auto;
        list-style: none;
        font-size: var(--size-s);
        line-height: 1.125rem;
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto auto;
        align-items: center;
        gap: 0 var(--gap-xs);
        padding-left: var(--gap-s);
        border-left: 2px solid var(--rule);
      }
      .text {
        grid-column: 1 / -1;
        max-height: 2.25rem;
        overflow: hidden;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .why {
        color: var(--muted);
      }
      .refused {
        color: var(--bad);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      button {
        min-height: 1.5rem;
        padding: 0 0.4rem;
        font-size: var(--size-s);
      }
    `,
  ]
}

customElements.define('lane-kept', LaneKept)
