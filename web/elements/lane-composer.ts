/** Where a person writes. What the server refuses comes back here, with the reason. */
import { css, html, LitElement, nothing } from 'lit'
import type { Lane } from '../model/lane.ts'
import { number } from '../words.ts'
import { shared } from './shared-styles.ts'

export class LaneComposer extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
  }
  declare lane: Lane
  declare version: number
  declare name: string

  override render() {
    const { state, unsent } = this.lane
    const closed = state.status === 'closed'
    return html`<form @submit=${this.#onSubmit}>
        <textarea
          rows="1"
          aria-label=${`Message by ${this.name}`}
          aria-describedby="note"
          placeholder="Write, then press Enter"
          ?disabled=${closed}
          @keydown=${this.#onKey}
          @input=${this.#onInput}
        ></textarea>
        <button ?disabled=${closed}>Send</button>
      </form>
      <p id="note" role="status">${this.#note(unsent, closed, state.status === 'open')}</p>`
  }

  #note(unsent: number, closed: boolean, open: boolean) {
    const { refusal, editing } = this.lane
    if (editing) {
      return html`This takes the place of what was said.
        <button class="give-up" @click=${this.#giveUp}>Leave it as it was</button>`
    }
    if (refusal) return html`<span class="refused">Not accepted: ${refusal.error.message}.</span>`
    if (closed) return 'This lane is closed: nothing can be written here.'
    if (unsent > 0 && !open) return html`<span class="waiting">${number(unsent)} waiting to be sent</span>`
    return nothing
  }

  protected override updated(): void {
    // A refused text goes back to where it was written, unless something new stands there.
    const { refusal } = this.lane
    if (refusal && this.#box.value === '' && refusal !== this.#returned) this.#box.value = refusal.text
    this.#returned = refusal
    this.#showEdited()
  }

  #returned: Lane['refusal'] = null
  #editing: Lane['editing'] = null

  /** What is to be said anew stands in the box, once, and the one who asked for it is taken there. */
  #showEdited(): void {
    const { editing } = this.lane
    if (editing && editing !== this.#editing && editing.text !== this.#box.value) {
      this.#box.value = editing.text
      this.#box.focus()
    }
    this.#editing = editing
  }

  #giveUp(): void {
    this.#box.value = ''
    this.#box.focus()
    this.lane.edit(null)
  }

  get #box(): HTMLTextAreaElement {
    return this.renderRoot.querySelector('textarea')!
  }

  #onKey(event: KeyboardEvent): void {
    // While a character is being composed (Chinese, Japanese, …), Enter ends that, not the message.
    if (event.key === 'Escape' && this.lane.editing) this.#giveUp()
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.#send()
  }

  #onInput(): void {
    if (this.#box.value !== '') this.lane.typing()
  }

  #onSubmit(event: Event): void {
    event.preventDefault()
    this.#send()
  }

  #send(): void {
    const text = this.#box.value
    if (text.trim() === '') return
    this.#box.value = ''
    void this.lane.send(text)
  }

  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: var(--gap-s);
        padding: var(--gap-s) var(--gap-m) 0;
      }
      textarea {
        font: inherit;
        font-size: var(--size-m);
        line-height: 1.25rem;
        height: 2rem;
        min-width: 0;
        padding: 0.3rem 0.5rem;
        resize: none;
        color: var(--ink);
        background: var(--surface);
        border: 1px solid var(--edge);
        border-radius: var(--radius);
        field-sizing: content;
        max-height: 6rem;
      }
      textarea::placeholder {
        color: var(--muted);
        opacity: 1;
      }
      #note {
        min-height: 1.25rem;
        padding: 0.125rem var(--gap-m) 0;
        font-size: var(--size-s);
        line-height: 1.125rem;
        overflow-wrap: anywhere;
      }
      .give-up {
        min-height: 1.25rem;
        padding: 0 0.4rem;
        font-size: var(--size-s);
        line-height: 1.125rem;
      }
      .refused {
        color: var(--bad);
        font-weight: 600;
      }
      .waiting {
        color: var(--wait);
        font-weight: 600;
      }
    `,
  ]
}

customElements.define('lane-composer', LaneComposer)
