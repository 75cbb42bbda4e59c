/** What the page has to say. It lies over the page, so that nothing that is read or pressed moves. */

import { html, nothing } from 'lit'
import { isolated } from '../../lab/wire/names.ts'
import type { RoomInfo } from '../model/rooms.ts'
import { USUAL } from './address/settings.ts'

export interface Notices {
  /** Rooms to which the reader is invited. */
  readonly invitations: readonly RoomInfo[]
  /** The room that is open is closed to the reader. */
  readonly isShut: boolean
  /** Lanes that wait until they try to connect again. */
  readonly waiting: number
  readonly onAnswer: (room: string, joins: boolean) => void
  readonly onGo: (room: string) => void
  readonly onRetry: () => void
  /** Lists of sentences, each with what is to be done when the reader has read it. */
  readonly said: readonly (readonly [words: readonly string[], dismiss: () => void])[]
}

export const notices = ({ invitations, isShut, waiting, onAnswer, onGo, onRetry, said }: Notices) =>
  html`<div class="notices" role="status">
    ${invitations.map(
      ({ name, title = name }) => html`<p class="notice">
        <span>You are invited to <b><bdi>${title}</bdi></b>.</span>
        <button @click=${() => onAnswer(name, true)} aria-label=${`Join ${isolated(title)}`}>Join</button>
        <button @click=${() => onAnswer(name, false)} aria-label=${`Decline ${isolated(title)}`}>Decline</button>
      </p>`,
    )}
    ${
      isShut
        ? html`<p class="notice">
            <span>You are not in this room: it is private, or it is not there.</span>
            <button @click=${() => onGo(USUAL.room)}>Go to the ${USUAL.room}</button>
          </p>`
        : nothing
    }
    ${
      waiting > 1
        ? html`<p class="notice">
            <span>${waiting} lanes wait to retry.</span>
            <button @click=${onRetry}>Retry all now</button>
          </p>`
        : nothing
    }
    ${said.map(([words, dismiss]) => dismissible(words, dismiss))}
  </div>`

/** Sentences that stay until the reader has read them. */
export function dismissible(words: readonly string[], dismiss: () => void) {
  if (words.length === 0) return nothing
  return html`<div class="notice">
    <div>${words.map((sentence) => html`<p class="complaint" dir="auto">${sentence}</p>`)}</div>
    <button @click=${dismiss}>Dismiss</button>
  </div>`
}
