/** `<lane-server>`: at which server of the cluster the lane's reader is, by what the servers themselves say. */
import { css, html, LitElement } from 'lit'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import type { ServerState } from '../../lab/cluster/control/words.ts'
import type { ClusterView } from './cluster-view.ts'

/** As much of a view as says where a lane is. */
export interface WhereLanesAre extends Pick<ClusterView, 'onChange'> {
  serverOf(lane: string): (Pick<ServerState, 'name'> & { readonly status: string }) | null
}

export class LaneServer extends LitElement {
  static override properties = { view: { attribute: false }, lane: { type: String } }
  declare view: WhereLanesAre
  /** The transport's name. */
  declare lane: string
  #stop = () => {}

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = this.view.onChange(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const at = this.view.serverOf(this.lane)
    return html`<p>${at ? html`at <b>${at.name}</b>${at.status === 'frozen' ? ', which is frozen' : ''}` : 'at no server'}</p>`
  }

  static override styles = [
    shared,
    css`
      p {
        margin: 0 var(--gap-s);
        color: var(--muted);
        font-size: var(--size-s);
        line-height: 1.125rem;
        white-space: nowrap;
      }
      b {
        color: var(--ink);
      }
    `,
  ]
}

customElements.define('lane-server', LaneServer)
