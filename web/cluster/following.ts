/** An element that shows a view, asked of the server again and again for as long as the element is in the page. */
import { LitElement } from 'lit'

export interface FollowedView {
  /** @returns how to hear no more */
  onChange(listener: () => void): () => void
  /** @returns how to ask no more */
  follow(): () => void
}

export abstract class FollowingElement<View extends FollowedView> extends LitElement {
  static override properties = { view: { attribute: false } }
  declare view: View
  #stop: readonly (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = [this.view.onChange(() => this.requestUpdate()), this.view.follow()]
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stop) stop()
  }
}
