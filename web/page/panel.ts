/** One panel of the page: what it is called and says while it is closed, and what is in it when it is open. */
import { html, nothing } from 'lit'
import { PANEL_HEADS, type PanelId } from './panel-heads.ts'

/** Of what a panel fetches when it is opened. */
export const FAILED = 'This could not be loaded. Is the server running?'

export interface PanelState {
  readonly isOpen: boolean
  /** Falsy while it is closed, or its code is not here: a closed panel asks the server nothing. */
  readonly drawn: unknown
  /** Why its code is not here. */
  readonly problem: string | null
  /** The browser has opened or closed it: by the reader's hand, or because the page has said so. */
  readonly onToggle: (isOpen: boolean) => void
}

export function panel(id: PanelId, { isOpen, drawn, problem, onToggle }: PanelState) {
  const { title, says } = PANEL_HEADS[id]
  return html`<details
    class="panel"
    id=${id}
    ?open=${isOpen}
    @toggle=${({ target }: Event) => onToggle((target as HTMLDetailsElement).open)}
  >
    <summary><b>${title}</b> <span>${says}</span></summary>
    ${drawn || html`<p role="status">${problem ?? nothing}</p>`}
  </details>`
}
