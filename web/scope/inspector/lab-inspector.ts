/**
 * `<lab-inspector>`: the bytes of one mark of the timeline, exactly as they passed, with what each of them is for.
 *
 * Its property `mark` says which. It asks the worker, which has the bytes; what proves who the viewer is stays hidden
 * until its viewer shows it, since pages are looked at by classes.
 */
import { html, LitElement, nothing } from 'lit'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { rolesOf, secretsIn, sumOf } from '../../../transports/_formats/annotate/annotation.ts'
import { openScope, type ScopeLink } from '../link.ts'
import type { Answers, Format, Inspection } from '../protocol.ts'
import { clock, inWords, titleOf } from '../timeline/words.ts'
import { type Flat, flat, hexDump, hexRows, MAX_ROWS, PER_ROW } from './hex-rows.ts'
import { inspectorStyles } from './inspector-styles.ts'
import { acceptSteps, annotationList, asText, conversation, hexTable, sumBar, unmasking } from './parts.ts'
import { onRowLength, rowLength } from './row-length.ts'

type Tab = 'bytes' | 'unmasked' | 'text' | 'follow'

const TABS: Readonly<Record<Tab, string>> = {
  bytes: 'Bytes',
  unmasked: 'Unmasked',
  text: 'Text',
  follow: 'Whole conversation',
}

export class LabInspector extends LitElement {
  static override properties = {
    mark: { attribute: false },
    seen: { state: true },
    followed: { state: true },
    tab: { state: true },
    lit: { state: true },
    showsSecrets: { state: true },
    said: { state: true },
  }
  /** The id of a mark; null for none. */
  declare mark: number | null
  declare seen: Inspection | null
  declare followed: Answers['follow']
  declare tab: Tab
  declare lit: number
  declare showsSecrets: boolean
  /** What became of the last click: copied, saved, or why not. */
  declare said: string

  #link: ScopeLink | null = null
  #list: readonly Flat[] = []

  constructor() {
    super()
    this.mark = null
    this.seen = null
    this.followed = null
    this.tab = 'bytes'
    this.lit = -1
    this.showsSecrets = false
    this.said = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#link = openScope()
    this.#stop = onRowLength(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#link?.release()
    this.#link = null
    this.#stop()
  }
  #stop = () => {}

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('mark')) void this.#load()
  }

  async #load(): Promise<void> {
    const { mark } = this
    this.said = ''
    if (mark === null || !this.#link) return
    const seen = await this.#link.ask({ kind: 'inspect', mark })
    if (mark !== this.mark) return // another was asked for meanwhile
    this.seen = seen
    this.lit = -1
    this.#list = seen ? flat(seen.annotations) : []
    if (!seen) this.said = 'These bytes are no longer kept: the oldest go first.'
    if (this.tab === 'follow') await this.#follow()
    else if (this.tab === 'unmasked' && !seen?.unmasked) this.tab = 'bytes'
  }

  async #follow(): Promise<void> {
    const { mark } = this
    if (mark === null) return
    const followed = (await this.#link?.ask({ kind: 'follow', mark })) ?? null
    if (mark === this.mark) this.followed = followed
  }

  override render() {
    const { seen } = this
    if (!seen)
      return html`<p class="empty">${this.said || 'Choose a mark in the timeline: its bytes are shown here, each with what it is for.'}</p>${this.#files()}`
    const { mark, bytes, missing } = seen
    return html`
      <header>
        <p class="title">${clock(mark.at)} ${inWords(mark, titleOf)}</p>
        ${missing > 0 ? html`<p class="wrong">The first ${missing} bytes of it are no longer kept.</p>` : nothing}
        ${sumBar(sumOf(seen.annotations, bytes.length))}
      </header>
      <div class="bar">
        <div class="tabs" role="group" aria-label="View">
          ${(Object.keys(TABS) as Tab[])
            .filter((tab) => tab !== 'unmasked' || seen.unmasked)
            .map(
              (tab) =>
                html`<button aria-pressed=${tab === this.tab ? 'true' : 'false'} @click=${() => this.#show(tab)}>${TABS[tab]}</button>`,
            )}
        </div>
        <div class="copies" role="group" aria-label="Copy">
          <button @click=${() => this.#copy(asText(this.#shown(), this.#hidden()))}>Copy text</button>
          <button @click=${() => this.#copy(hexDump(this.#masked()))}>Copy hex</button>
          ${mark.kind === 'request' ? html`<button @click=${this.#copyCurl}>Copy as curl</button>` : nothing}
        </div>
      </div>
      ${this.#body(seen)} ${this.#files(mark.connection)}
    `
  }

  #body(seen: Inspection) {
    if (this.tab === 'follow')
      return this.followed
        ? conversation(this.followed, !this.showsSecrets, (mark) => (this.mark = mark))
        : html`<p>…</p>`
    if (this.tab === 'text')
      return html`<pre class="text" tabindex="0" role="region" aria-label="As text">${asText(this.#shown(), this.#hidden())}</pre>`
    const pointing = { lit: this.lit, onPoint: (index: number) => (this.lit = index) }
    const hidden = this.#hidden()
    const isHidden = (at: number) => hidden.some(({ from, to }) => at >= from && at < to)
    const roles = rolesOf(seen.annotations, seen.bytes.length)
    const isUnmasked = this.tab === 'unmasked' && seen.unmasked !== null
    // The unmasked payload has no header before it, and no annotations of its own.
    const rows = isUnmasked
      ? hexRows(seen.unmasked!, [], new Uint8Array(seen.unmasked!.length).fill(1), () => false, rowLength())
      : hexRows(seen.bytes, this.#list, roles, isHidden, rowLength())
    const length = isUnmasked ? seen.unmasked!.length : seen.bytes.length
    return html`<div class="panes">
      <div>
        ${hexTable(rows, isUnmasked ? 0 : seen.offset, pointing)}
        ${length > PER_ROW * MAX_ROWS ? html`<p class="empty">The first ${PER_ROW * MAX_ROWS} of ${length} bytes. A saved file has all.</p>` : nothing}
        ${unmasking(seen)} ${seen.accept ? acceptSteps(seen.accept) : nothing}
      </div>
      ${annotationList(this.#list, !this.showsSecrets, pointing)}
    </div>`
  }

  #files(connection: number | null = null) {
    return html`<div class="bar files">
      <span>Save</span>
      <label>
        <span class="sr-only">What to save</span>
        <select class="what">
          ${connection === null ? nothing : html`<option value=${connection}>this connection</option>`}
          <option value="">all that is kept</option>
        </select>
      </label>
      ${(['har', 'json', 'pcapng'] as const).map(
        (format) =>
          html`<button title=${FORMATS[format]} @click=${() => this.#save(format)}>${format === 'pcapng' ? 'pcapng (Wireshark)' : format.toUpperCase()}</button>`,
      )}
      <label><input type="checkbox" .checked=${this.showsSecrets} @change=${this.#onSecrets} /> with cookies and tokens</label>
      <span role="status">${this.said}</span>
    </div>`
  }

  /** What is not to be shown. */
  #hidden(): { from: number; to: number }[] {
    return this.showsSecrets || !this.seen || this.#isClear ? [] : secretsIn(this.seen.annotations)
  }

  /** Whether the payload is shown as it is meant, and not as it passed. */
  get #isClear(): boolean {
    return this.tab !== 'bytes' && this.seen?.unmasked != null
  }

  #shown(): Uint8Array {
    return (this.#isClear && this.seen?.unmasked) || (this.seen?.bytes ?? new Uint8Array(0))
  }

  #masked(): Uint8Array {
    const bytes = this.#shown().slice()
    for (const { from, to } of this.#hidden()) bytes.fill(0x2a, from, to)
    return bytes
  }

  #show(tab: Tab): void {
    this.tab = tab
    if (tab === 'follow') void this.#follow()
  }

  async #copyCurl(): Promise<void> {
    const { mark, showsSecrets } = this
    const line =
      mark === null
        ? null
        : await this.#link?.ask({
            kind: 'curl',
            mark,
            showsSecrets,
          })
    if (line) await this.#copy(line)
  }

  /** A page that came by plain HTTP from another machine has no clipboard. */
  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.said = 'Copied'
    } catch {
      this.said = 'This page may not use the clipboard: select the text, and press Ctrl-C.'
    }
  }

  async #save(format: Format): Promise<void> {
    const { value } = this.renderRoot.querySelector<HTMLSelectElement>('.what')!
    const connection = value === '' ? null : Number(value)
    const { showsSecrets } = this
    try {
      const file = await this.#link!.ask({ kind: 'save', format, connection, showsSecrets })
      const url = URL.createObjectURL(new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: file.type }))
      const link = Object.assign(document.createElement('a'), { href: url, download: file.name })
      link.click()
      // Not at once: the browser reads it after the click.
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
      this.said = `Saved as ${file.name}${showsSecrets ? '' : ', without cookies and tokens'}`
    } catch (error) {
      this.said = `It could not be saved: ${(error as Error).message}.`
    }
  }

  #onSecrets(event: Event): void {
    this.showsSecrets = (event.target as HTMLInputElement).checked
  }

  static override styles = [shared, inspectorStyles]
}

const FORMATS: Readonly<Record<Format, string>> = {
  har: 'For developer tools',
  json: 'For programs',
  pcapng: 'For Wireshark: the bytes are real, the IP and TCP headers are made up',
}

customElements.define('lab-inspector', LabInspector)
