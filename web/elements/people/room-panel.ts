/**
 * `<room-panel>`: which rooms there are, and who belongs to the private one that is open.
 *
 * Fires `choose`, a CustomEvent whose `detail` is the name of the room to go to, and `files`, with a list of files for
 * the room that is open.
 */

import { html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { isPrivate } from '../../../lab/wire/codec.ts'
import { FILE_TYPES } from '../../../lab/wire/file-types.ts'
import { isolated } from '../../../lab/wire/names.ts'
import type { Member, Role, RoomInfo, Rooms } from '../../model/rooms.ts'
import { panelStyles } from './room-panel-styles.ts'

export class RoomPanel extends LitElement {
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
  /** The name of the person who has signed in; null for a visitor. */
  declare me: string | null

  override render() {
    const { list, problem } = this.rooms
    const here = list.find(({ name }) => name === this.room)
    const title = here?.title ?? (isPrivate(this.room) ? 'a private room' : this.room)
    return html`
      <div class="head">
        <h2>Rooms</h2>
        <p class="problem" role="alert" dir="auto">${problem ?? nothing}</p>
      </div>
      <div class="columns">
        <section aria-labelledby="all">
          <h3 id="all">Where you can go</h3>
          ${this.#list(list)}
          ${this.me === null ? html`<p class="small">Groups and private conversations are for people who have signed in.</p>` : this.#making()}
        </section>
        <section aria-labelledby="here">
          <h3 id="here">Here: <bdi>${title}</bdi></h3>
          ${this.#here(here)}
        </section>
      </div>`
  }

  #here(here: RoomInfo | undefined) {
    if (here?.role === 'invited') return html`<p class="small">You are invited, and have not joined yet.</p>`
    // It may be that it is not there at all: the server does not tell, and neither can we.
    if (!here && isPrivate(this.room)) return html`<p class="small">You are not in this room.</p>`
    return html`${here?.role ? this.#people(here) : html`<p class="small">This room is open to all.</p>`}
      <form class="row">
        <label>Put files here
          <input type="file" multiple accept=${[...FILE_TYPES.keys()].join(',')} @change=${this.#onFile}>
        </label>
      </form>`
  }

  #list(list: readonly RoomInfo[]) {
    const rooms =
      isPrivate(this.room) || list.some(({ name }) => name === this.room)
        ? list
        : [...list, { name: this.room, kind: 'public' } as const]
    return html`<ul>
      ${repeat(
        rooms,
        ({ name }) => name,
        (one) => {
          const isHere = one.name === this.room
          const name = one.title ?? one.name
          if (one.role === 'invited') {
            return html`<li>
            <bdi class="name">${name}</bdi> <span class="small">you are invited</span>
            <button @click=${() => this.#accept(one.name)} aria-label=${`Join ${isolated(name)}`}>Join</button>
            <button @click=${() => this.#away(one.name, this.me ?? '')} aria-label=${`Decline ${isolated(name)}`}>Decline</button>
          </li>`
          }
          return html`<li>
          <button class="go" aria-current=${isHere ? 'true' : nothing} @click=${() => this.#go(one.name)}><bdi>${name}</bdi></button>
          <span class="small">${KINDS[one.kind]}</span>
        </li>`
        },
      )}
    </ul>`
  }

  #making() {
    return html`
      <form class="row" @submit=${(event: SubmitEvent) => this.#make(event, (title) => this.rooms.makeGroup(title))}>
        <label>Make a group <input name="text" dir="auto" required maxlength="64" autocomplete="off" placeholder="What it is called"></label>
        <button>Make</button>
      </form>
      <form class="row" @submit=${(event: SubmitEvent) => this.#make(event, (name) => this.rooms.talkWith(name))}>
        <label>Talk in private with <input name="text" dir="auto" required maxlength="64" autocomplete="off" placeholder="A person’s name"></label>
        <button>Talk</button>
      </form>`
  }

  #people({ kind, role = 'member' }: RoomInfo) {
    const moderates = role === 'moderator' || role === 'owner'
    return html`
      <ul>${repeat(
        this.rooms.members,
        ({ id }) => id,
        (member) => this.#member(member, role),
      )}</ul>
      ${
        kind === 'group' && moderates
          ? html`<form class="row" @submit=${this.#invite}>
              <label>Invite <input name="text" dir="auto" required maxlength="64" autocomplete="off" placeholder="A person’s name"></label>
              <button>Invite</button>
            </form>`
          : nothing
      }
      <p><button @click=${() => this.#away(this.room, this.me ?? '')}>Leave</button></p>`
  }

  #member({ name, role }: Member, own: Role) {
    const isMe = name === this.me
    const maySend =
      !isMe && (own === 'owner' || (own === 'moderator' && (role === 'member' || role === 'invited')))
    return html`<li>
      <span class="name"><bdi>${name}</bdi>${isMe ? ' (you)' : ''}</span>
      ${
        own === 'owner' && role !== 'invited'
          ? html`<select aria-label=${`What ${isolated(name)} is`} @change=${(event: Event) => this.#promote(name, event)}>
              ${(['member', 'moderator', 'owner'] as const).map((one) => html`<option value=${one} .selected=${one === role}>${one}</option>`)}
            </select>`
          : html`<span class="small">${role}</span>`
      }
      ${maySend ? html`<button @click=${() => this.#away(this.room, name)} aria-label=${`Send away ${isolated(name)}`}>Send away</button>` : nothing}
    </li>`
  }

  #go(room: string): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: room }))
  }

  /** Goes to the room that an action begun here has led to. A reader who has moved to another room meanwhile stays there. */
  #goFrom(start: string, room: string): void {
    if (this.room === start) this.#go(room)
  }

  async #accept(room: string): Promise<void> {
    const start = this.room
    if (await this.rooms.join(room)) this.#goFrom(start, room)
  }

  async #away(room: string, name: string): Promise<void> {
    const isMe = name === this.me
    if (!(await this.rooms.remove(room, name))) return
    if (isMe) this.#goFrom(room, 'lobby')
    await this.rooms.look(this.room)
  }

  async #promote(name: string, event: Event): Promise<void> {
    const select = event.target as HTMLSelectElement
    const { room } = this
    await this.rooms.setRole(room, name, select.value as Role)
    await this.rooms.look(this.room)
    if (this.room !== room) return
    const is = this.rooms.members.find((member) => member.name === name)?.role
    if (is) select.value = is // what was refused does not stand there as if it were so
  }

  async #invite(event: SubmitEvent): Promise<void> {
    const { room } = this
    await this.#submit(event, async (name) => {
      const isInvited = await this.rooms.setRole(room, name, 'invited')
      if (isInvited) await this.rooms.look(this.room)
      return { isDone: isInvited }
    })
  }

  /** Makes a room, and goes there. */
  #make(event: SubmitEvent, make: (text: string) => Promise<string | null>): Promise<void> {
    const start = this.room
    return this.#submit(event, async (text) => {
      const room = await make(text)
      if (room !== null) this.#goFrom(start, room)
      return { isDone: room !== null }
    })
  }

  /** What was written stays where it is when it was refused, or has been written over meanwhile. */
  async #submit(
    event: SubmitEvent,
    act: (text: string) => Promise<{ readonly isDone: boolean }>,
  ): Promise<void> {
    event.preventDefault()
    const input = (event.target as HTMLFormElement).elements.namedItem('text') as HTMLInputElement
    const text = input.value
    const { isDone } = await act(text.trim())
    if (isDone && input.value === text) input.value = ''
  }

  #onFile(event: Event): void {
    const input = event.target as HTMLInputElement
    const files = [...(input.files ?? [])]
    if (files.length > 0) this.dispatchEvent(new CustomEvent('files', { detail: files }))
    input.value = ''
  }

  static override styles = [shared, panelStyles]
}

const KINDS = { public: 'open to all', group: 'group', pair: 'private' } as const

customElements.define('room-panel', RoomPanel)
