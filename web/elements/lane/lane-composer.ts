/**
 * Where a person writes, and puts in files. What stands in the box belongs to the room (web/model/writing.ts), and comes
 * back with it.
 *
 * Fires `files`, a CustomEvent whose `detail` is a list of files that were chosen or pasted, for the page to send.
 */

import { css, html, LitElement, nothing } from 'lit'
import { FILE_TYPES } from '../../../lab/wire/file-types.ts'
import { isolated } from '../../../lab/wire/names.ts'
import { isComposing } from '../../keys.ts'
import type { Lane } from '../../model/lane.ts'
import { number } from '../../words.ts'
import './lane-kept.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'

export class LaneComposer extends LitElement {
  static override properties = {
    lane: { attribute: false },
    version: { type: Number },
    name: { type: String },
    takesFiles: { type: Boolean },
  }
  declare lane: Lane
  declare version: number
  declare name: string
  /** Whether the page sends files; without that, there is no button for it. */
  declare takesFiles: boolean

  constructor() {
    super()
    this.takesFiles = false
  }

  override render() {
    const { state, unsent } = this.lane
    const closed = state.status === 'closed'
    return html`<form @submit=${this.#onSubmit}>
        <textarea
          rows="1"
          dir="auto"
          aria-label=${`Message by ${this.name}`}
          aria-describedby="note"
          placeholder="Write, press Enter"
          ?readonly=${closed}
          @keydown=${this.#onKey}
          @input=${this.#onInput}
          @paste=${this.#onPaste}
        ></textarea>
        ${this.takesFiles ? this.#clip(closed) : nothing}
        <button ?disabled=${closed}>Send</button>
      </form>
      <p id="note" role="status" dir="auto">${this.#note(unsent, closed, state.status === 'open')}</p>
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
    if (closed) return 'This lane is closed: what you write could not be sent. Reconnect to try again.'
    if (unsent > 0 && !open) return html`<span class="waiting">${number(unsent)} waiting to be sent</span>`
    return nothing
  }

  #aboutEdit() {
    const { overtaken } = this.lane.writing
    if (!overtaken) return 'This takes the place of what was said.'
    const { text } = overtaken
    const by = isolated(overtaken.by)
    return text === null
      ? html`<span class="refused">${by} has removed it meanwhile: this can take no place any more.</span>`
      : html`<span class="refused">${by} has changed it meanwhile, to “<bdi>${text}</bdi>”. This takes the place of that.</span>`
  }

  protected override updated(): void {
    const { writing, editing } = this.lane
    if (this.#box.value !== writing.text) this.#box.value = writing.text
    // A reader who asks to edit a message is taken there, once.
    if (editing && editing !== this.#editing && this.#lane === this.lane) this.#box.focus()
    this.#editing = editing
    this.#lane = this.lane
  }

  #editing: Lane['editing'] = null
  #lane: Lane | null = null

  #toBox(): void {
    this.#fill()
    this.#box.focus()
  }

  #giveUp(): void {
    this.lane.edit(null)
    this.#toBox()
  }

  /** What the box now holds, at once and not with the next frame: what is typed until then belongs to it. */
  #fill(): void {
    this.#box.value = this.lane.writing.text
  }

  get #box(): HTMLTextAreaElement {
    return this.renderRoot.querySelector('textarea')!
  }

  #onKey(event: KeyboardEvent): void {
    // While a character is being composed (Chinese, Japanese, …), Enter ends that, not the message.
    if (isComposing(event)) return
    if (event.key === 'Escape' && this.lane.editing) this.#giveUp()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    this.#send()
  }

  #clip(closed: boolean) {
    return html`<button
        type="button"
        class="clip"
        aria-label=${`Attach files by ${this.name}`}
        title="Attach files: choose them here, paste a picture, or drop them on the lane"
        ?disabled=${closed}
        @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input')!.click()}
      >${CLIP}</button>
      <input type="file" multiple hidden tabindex="-1" accept=${[...FILE_TYPES.keys()].join(',')} @change=${this.#onChosen}>`
  }

  #onChosen(event: Event): void {
    const input = event.target as HTMLInputElement
    this.#give([...(input.files ?? [])])
    input.value = '' // the same file may be chosen again
  }

  /** Text wins: a table that is copied comes as text and as a picture of it. */
  #onPaste(event: ClipboardEvent): void {
    const pasted = event.clipboardData
    if (!pasted || !this.takesFiles || pasted.files.length === 0 || pasted.types.includes('text/plain'))
      return
    event.preventDefault()
    this.#give([...pasted.files])
  }

  #give(files: readonly File[]): void {
    if (files.length === 0) return
    this.dispatchEvent(new CustomEvent('files', { detail: files, bubbles: true, composed: true }))
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
    this.#fill()
  }

  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: 1fr auto auto;
        align-items: end;
        gap: var(--gap-s);
        padding: var(--gap-s) var(--gap-m) 0;
      }
      textarea {
        line-height: 1.25rem;
        min-height: 2rem; /* and higher as the text is, where the browser can: half a line is no line */
        min-width: 0;
        padding: 0.3rem 0.5rem;
        resize: none;
        field-sizing: content;
        max-height: 6rem;
      }
      textarea:not(:has(~ .clip)) {
        grid-column: span 2;
      }
      /* In a narrow column the box has a line of its own, and what is said about it stands beside the buttons. */
      :host([compact]) {
        display: grid;
        grid-template-columns: 1fr auto auto;
        column-gap: var(--gap-xs);
        padding: var(--gap-xs) var(--gap-s);
      }
      :host([compact]) form {
        display: contents;
      }
      :host([compact]) textarea {
        grid-area: 1 / 1 / auto / -1;
        margin-bottom: var(--gap-xs);
        min-height: 1.75rem;
        max-height: 6rem;
        padding-block: 0.2rem;
      }
      :host([compact]) textarea::placeholder {
        font-size: var(--size-s);
      }
      :host([compact]) textarea:placeholder-shown {
        height: 1.875rem;
      }
      :host([compact]) form button {
        grid-area: 2 / 3;
        min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8) */
        padding: 0 0.5rem;
        font-size: var(--size-s);
      }
      :host([compact]) form .clip {
        grid-area: 2 / 2;
        width: 1.75rem;
        padding: 0;
      }
      :host([compact]) .clip svg {
        width: 0.875rem;
        height: 0.875rem;
      }
      :host([compact]) #note {
        grid-area: 2 / 1;
        min-height: 0;
        padding: 0;
      }
      :host([compact]) #note:not(:empty) {
        grid-area: 3 / 1 / auto / -1;
      }
      :host([compact]) lane-kept {
        grid-column: 1 / -1;
      }
      .clip {
        display: grid;
        place-items: center;
        width: 2rem;
        padding: 0;
      }
      .clip svg {
        width: 1.125rem;
        height: 1.125rem;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      textarea:read-only {
        color: var(--muted);
        background: var(--sunken);
      }
      textarea:placeholder-shown {
        height: 2rem; /* an empty box is one line high, however narrow it is */
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
        margin-block: 0.125rem 0.25rem;
        min-height: 1.5rem; /* a target of 24 px (WCAG 2.2, 2.5.8) */
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

/** A paper clip. */
const CLIP = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="m20 11.500-8.200 8.200a5.200 5.200 0 0 1-7.400-7.400l8.500-8.500a3.500 3.500 0 0 1 5 5l-8.500 8.400a1.700 1.700 0 0 1-2.500-2.400l7.800-7.800" />
</svg>`

customElements.define('lane-composer', LaneComposer)
