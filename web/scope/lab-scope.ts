/**
 * `<lab-scope>`: the timeline and the bytes of what is chosen in it, together.
 *
 * A file of its own with all that it draws with: it is fetched when a reader comes near (see every-byte.ts), so that
 * the first view of a page need not wait for it.
 */
import { css, html, LitElement } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import './inspector/lab-inspector.ts'
import './timeline/lab-timeline.ts'

export class LabScope extends LitElement {
  static override properties = { mark: { state: true } }
  declare mark: number | null

  constructor() {
    super()
    this.mark = null
  }

  override render() {
    return html`<lab-timeline @inspect=${({ detail }: CustomEvent<number>) => (this.mark = detail)}></lab-timeline>
      <lab-inspector .mark=${this.mark}></lab-inspector>`
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--gap-s);
      }
    `,
  ]
}

customElements.define('lab-scope', LabScope)
