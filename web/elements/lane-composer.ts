/** Where a person writes. What stands in the box belongs to the room (web/model/writing.ts), and comes back with it. */
import { css, html, LitElement, nothing } from 'lit'
import type { Lane } from '../model/lane.ts'
import { number } from '../words.ts'
import './lane-kept.ts'
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
          ?readonly=${closed}
          @keydown=${this.#onKey}
          @input=${this.#onInput}
        ></textarea>
        <button ?disabled=${closed}>Send</button>
      </form>
      <p id="note" role="status">${this.#note(unsent, closed, state.status === 'open')}</p>
      <lane-kept .lane=${this.lane} .version=${this.version} .name=${this.name} @done=${this.#toBox}></lane-kept>`
  }

  #note(unsent: number, closed: boolean, open: boolean) {
    const { refusal, editing } = this.lane
    const why = refusal ? html`<span class="refused">Not accepted: ${refusal.error.message}.</span>` : nothing
    if (editing) {
      return html`${why} ${this.#aboutEdit()}
        <button class="give-up" @click=${this.#giveUp}>Leave it as it was</button>`
    }
    if (refusal) return why
    if (closed) return 'This lane is closed. Reconnect to write.'
    if (unsent > 0 && !open) return html`<span class="waiting">${number(unsent)} waiting to be sent</span>`
    return nothing
  }

  #aboutEdit() {
    const { overtaken } = this.lane.writing
    if (!overtaken) return 'This takes the place of what was said.'
    const { by, text } = overtaken
    return text === null
      ? html`<span class="refused">${by} has removed it meanwhile: this can take no place any more.</span>`
      : html`<span class="refused">${by} has changed it meanwhile, to “${text}”. This takes the place of that.</span>`
  }

  protected override updated(): void {
    const { writing, editing } = this.lane
    if (this.#box.value !== writing.text) this.#box.value = writing.text
    // Whoever asks to edit something is taken there, once.
    if (editing && editing !== this.#editing && this.#lane === this.lane) this.#box.focus()
    this.#editing = editing
    this.#lane = this.lane
  }

  #editing: Lane['editing'] = null
  #lane: Lane | null = null

  #toBox(): void {
    this.#box.focus()
  }

  #giveUp(): void {
    this.#toBox()
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
    this.lane.writing.write(this.#box.value)
    if (this.#box.value !== '') this.lane.typing()
  }

  #onSubmit(event: Event): void {
    event.preventDefault()
    this.#send()
  }

  #send(): void {
    const text = this.#box.value
    if (text.trim() === '' || this.lane.state.status === 'closed') return
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
      textarea:read-only {
        color: var(--muted);
        background: var(--sunken);
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
