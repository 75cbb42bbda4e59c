/**
 * `<room-invitations>`: what a person is asked to answer, whether or not the list of rooms is open.
 *
 * Fires `choose`, a CustomEvent whose `detail` is the name of the room to go to.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { RoomInfo, Rooms } from '../model/rooms.ts'
import { shared } from './shared-styles.ts'

export class RoomInvitations extends LitElement {
  static override properties = {
    rooms: { attribute: false },
    version: { type: Number },
    room: { type: String },
    me: { type: String },
  }
  declare rooms: Rooms
  /** Counts the changes of `rooms`, which is always the same object. */
  declare version: number
  /** The room that is open. */
  declare room: string
  /** The name of the person who has signed in; null when nobody has. */
  declare me: string | null

  override render() {
    const invitations = this.me === null ? [] : this.rooms.list.filter(({ role }) => role === 'invited')
    const { problem } = this.rooms
    return html`<div role="status">
      ${invitations.map((one) => this.#invitation(one))}
      ${invitations.length > 0 && problem ? html`<p class="problem">${problem}</p>` : nothing}
    </div>`
  }

  #invitation({ name, title = name }: RoomInfo) {
    return html`<p>
      <span>You are invited to <b dir="auto">${title}</b>.</span>
      <button class="main" @click=${() => this.#accept(name)} aria-label=${`Accept the invitation to ${title}`}>Accept</button>
      <button @click=${() => this.#decline(name)} aria-label=${`Decline the invitation to ${title}`}>Decline</button>
    </p>`
  }

  async #accept(room: string): Promise<void> {
    if (!(await this.rooms.join(room))) return
    this.dispatchEvent(new CustomEvent('choose', { detail: room }))
  }

  async #decline(room: string): Promise<void> {
    if (this.me !== null) await this.rooms.remove(room, this.me)
    await this.rooms.look(this.room)
  }

  static override styles = [
    shared,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-s);
        margin-bottom: var(--gap-s);
        padding: var(--gap-s) var(--gap-m);
        border-left: 3px solid var(--accent);
        background: var(--surface);
        font-size: var(--size-m);
        overflow-wrap: anywhere;
      }
      .problem {
        border-color: var(--bad);
        color: var(--bad);
      }
    `,
  ]
}

customElements.define('room-invitations', RoomInvitations)
