/** The controls at the top of the lab page: who writes, in which room, and in which colours. */
import { html, nothing } from 'lit'
import { applyTheme, rememberedTheme, THEMES, type Theme } from '../../theme.ts'

export interface WhoAndWhere {
  /** The reader's name: that of the person who has signed in, or else the one under which they write unsigned. */
  readonly name: string
  /** A member keeps the name. */
  readonly isMember: boolean
  readonly room: string
  readonly invitations: number
  readonly showsRooms: boolean
  /** Why the name or the room could not be changed to what was typed; null when it was, or nothing was typed. */
  readonly wrongName: string | null
  readonly wrongRoom: string | null
  readonly onName: (event: Event) => void
  readonly onRoom: (event: Event) => void
  readonly onRooms: () => void
  /** The button that copies the page's link. */
  readonly copyLink: unknown
  readonly presents: boolean
  readonly onPresent: () => void
  /** The reader has read what is wrong. */
  readonly onDismiss: (what: 'wrongName' | 'wrongRoom') => void
}

export const whoAndWhere = (at: WhoAndWhere) => {
  const theme = rememberedTheme()
  return html`<div class="controls">
    <label>
      Your name
      <input
        id="name"
        dir="auto"
        .value=${at.name}
        ?readonly=${at.isMember}
        title=${at.isMember ? 'A member keeps the name' : nothing}
        maxlength="64"
        autocomplete="nickname"
        aria-invalid=${at.wrongName !== null}
        aria-describedby="wrong-name"
        @change=${at.onName}
      >
    </label>
    <label>
      Room
      <input
        id="room"
        .value=${at.room}
        maxlength="64"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-invalid=${at.wrongRoom !== null}
        aria-describedby="wrong-room"
        @change=${at.onRoom}
      >
    </label>
    <button
      id="show-rooms"
      aria-expanded=${at.showsRooms}
      aria-controls="rooms"
      @click=${at.onRooms}
    >Rooms…${at.invitations > 0 ? ` (${at.invitations})` : nothing}</button>
    <label>
      Colours
      <select id="theme" @change=${(event: Event) => applyTheme((event.target as HTMLSelectElement).value as Theme)}>
        ${THEMES.map((one) => html`<option value=${one} ?selected=${one === theme}>${one}</option>`)}
      </select>
    </label>
    ${at.copyLink}
    <button
      aria-pressed=${at.presents}
      title="Large type for a projector: the timeline, the lanes, and what is explained"
      @click=${at.onPresent}
    >Present</button>
    <div class="wrongs">
      ${wrong('wrong-name', at.wrongName, () => at.onDismiss('wrongName'))}
      ${wrong('wrong-room', at.wrongRoom, () => at.onDismiss('wrongRoom'))}
    </div>
  </div>`
}

const wrong = (id: string, words: string | null, dismiss: () => void) =>
  html`<div class="wrong" ?hidden=${words === null}>
    <p id=${id} role="alert" dir="auto">${words ?? nothing}</p>
    <button @click=${dismiss} aria-label="Dismiss what is wrong">Dismiss</button>
  </div>`
