/**
 * `<lab-scope>`: the timeline and the bytes of what is chosen in it, together.
 *
 * The inspector is fetched when the first bytes are wanted.
 */
import { css, html, LitElement, nothing } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import './timeline/lab-timeline.ts'
import { LINE } from './timeline/layout.ts'
import { type Look, USUAL_LOOK } from './timeline/view.ts'

export class LabScope extends LitElement {
  static override properties = {
    mark: { state: true },
    problem: { state: true },
    line: { type: Number },
    scale: { type: Number },
    brief: { type: Boolean },
    look: { attribute: false },
  }
  declare mark: number | null
  declare problem: string | null
  /** Of the timeline: the height of a connection's line, in pixels. */
  declare line: number | undefined
  /** Of the timeline: how many times its usual size it is drawn. */
  declare scale: number
  /** Room is made for the bytes when some are chosen, and not before. */
  declare brief: boolean
  /** Of the timeline. */
  declare look: Look

  constructor() {
    super()
    this.mark = null
    this.problem = null
    this.line = undefined
    this.scale = 1
    this.brief = false
    this.look = USUAL_LOOK
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!this.brief) void this.#fetchInspector()
  }

  override render() {
    const { mark, line, scale, brief, look } = this
    return html`<lab-timeline .line=${line ?? LINE} .scale=${scale} ?large=${scale > 1} .look=${look} ?brief=${brief}
        @inspect=${({ detail }: CustomEvent<number>) => this.#inspect(detail)}
      ></lab-timeline>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${
        brief && mark !== null
          ? html`<div class="close"><button @click=${() => (this.mark = null)}>Close the bytes</button></div>`
          : nothing
      }
      ${brief && mark === null ? nothing : html`<lab-inspector .mark=${mark}></lab-inspector>`}`
  }

  #inspect(mark: number): void {
    this.mark = mark
    void this.#fetchInspector()
  }

  async #fetchInspector(): Promise<void> {
    try {
      await import('./inspector/lab-inspector.ts')
      this.problem = null
    } catch {
      this.problem = 'What shows the bytes could not be loaded. Is the server running?'
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-s);
      }
      .close {
        text-align: end;
      }
    `,
  ]
}

customElements.define('lab-scope', LabScope)
