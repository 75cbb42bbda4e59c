/** Figures and states in words. One place, so that the same thing is called the same everywhere. */

import { number } from '../benchmarks/plots/amounts.ts'
import type { ConnectionState } from '../lab/client/chat-client.ts'
import type { Switch } from '../lab/client/transport.ts'
import type { ChatError } from '../lab/wire/errors.ts'
import { isolated } from '../lab/wire/names.ts'
import type { Here } from '../lab/wire/presence.ts'

export { bytes, milliseconds, number } from '../benchmarks/plots/amounts.ts'

/** A latency for a table, where all stand under one unit: 8.4, 84, 1,240; a dash when there is none. */
export function inTable(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 9.95 ? ms.toFixed(1) : number(Math.round(ms))
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })
const hour = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const inFull = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' })

/** Further than this from 1970, in milliseconds, there are no dates (ECMA-262 §21.4.1.1). */
const MAX_DATE_MS = 8.64e15
const isDate = (at: number) => Math.abs(at) <= MAX_DATE_MS

/**
 * When something was said, for a reader who lives at `now`: 14:03:22 today, 28 Nov 14:03 on another day,
 * 28 Nov 2025 14:03 in another year. Both in milliseconds since the Unix epoch; days are the reader's own.
 */
export function timeSaid(at: number, now: number): string {
  if (!isDate(at)) return '–'
  const [then, today] = [new Date(at), new Date(now)]
  if (then.toDateString() === today.toDateString()) return time.format(then)
  const date = then.getFullYear() === today.getFullYear() ? day : dayOfYear
  return `${date.format(then)} ${hour.format(then)}`
}

/** Saturday 28 November 2026 at 14:03:22; and as `datetime` has it, for programs. Null for no date. */
export const inFullTime = (at: number) =>
  isDate(at) ? { words: inFull.format(at), datetime: new Date(at).toISOString() } : null

/** How long the reader's day still lasts, in milliseconds. */
export function untilMidnight(now: number): number {
  const next = new Date(now)
  next.setHours(24, 0, 0, 0)
  return next.getTime() - now
}

/** What an error says, as a sentence of its own. */
export const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

export interface StateInWords {
  /** Decides the colour and the sign. */
  readonly mood: 'good' | 'wait' | 'off' | 'bad'
  readonly words: string
  readonly why: string | null
}

/** What else decides how a lane stands, besides its connection. */
export interface Circumstances {
  /** False while the browser says that it has no network. */
  readonly isOnline?: boolean
  /** Why the lane rests although it is wanted; null when it does not. */
  readonly parked?: string | null
}

/** @param wanted whether a person wants the lane to be connected */
export function stateInWords(
  state: ConnectionState,
  wanted: boolean,
  { isOnline = true, parked = null }: Circumstances = {},
): StateInWords {
  switch (state.status) {
    case 'idle':
      if (parked) return { mood: 'wait', words: 'parked', why: parked }
      return { mood: 'off', words: wanted ? 'starting' : 'disconnected by you', why: null }
    case 'connecting':
      return {
        mood: 'wait',
        words: state.attempt === 0 ? 'connecting' : `connecting (attempt ${state.attempt + 1})`,
        why: null,
      }
    case 'open':
      // True of a server on the same machine, which needs no network.
      if (!isOnline) return { mood: 'wait', words: 'offline', why: 'yet this server answers' }
      return { mood: 'good', words: 'open', why: null }
    case 'waiting':
      if (state.cause.code === 'offline') return { mood: 'wait', words: 'offline', why: state.cause.message }
      return { mood: 'wait', words: 'waiting to retry', why: cause(state.cause) }
    case 'closed':
      return { mood: 'bad', words: 'closed', why: state.cause && cause(state.cause) }
  }
}

/** Browsers have three wordings for one fact, and none that helps. */
function cause(error: ChatError): string {
  if (error.code === 'unreachable' && error.cause instanceof TypeError) return 'the server cannot be reached'
  return error.message
}

/**
 * What carries the chat and why: "By Server-sent events. WebSocket: did not open within 4 s." What was tried comes in
 * the order in which it was.
 *
 * @param titleOf the title of a transport, by its folder's name
 */
export function choiceInWords({ from, to, tried }: Switch, titleOf: (name: string) => string): string {
  const after = from !== null && from !== to ? `, after ${titleOf(from)}` : ''
  const tries = tried.map(({ name, why }) => ` ${titleOf(name)}: ${why}.`)
  return `By ${titleOf(to)}${after}.${tries.join('')}`
}

/** How a wait was drawn: without it, who returns first seems to be the better transport. */
export const drawInWords = (upToMs: number): string => `random, up to ${number(upToMs / 1_000)} s`

/** Whole seconds until `at`, never below 0. */
export const secondsUntil = (at: number, now: number): number => Math.max(0, Math.ceil((at - now) / 1_000))

/** Names that stand in a line before the others are counted. */
const MAX_NAMES = 8

/** What the page knows of itself among those who are here. */
export interface Mine {
  /** The id and the name of the person who has signed in; null when no person has. */
  readonly id: string | null
  readonly name: string | null
  /** How many of this page's lanes are in the room. Each counts as a reader of its own. */
  readonly lanes: number
}

export const NOT_SIGNED_IN: Mine = { id: null, name: null, lanes: 0 }

/**
 * Ada (you), Bob (silent), 2 unsigned readers: of those without a name, each lane is one. Mine are taken out
 * of that count: a reader alone sees "you (5 lanes)", and not five strangers.
 */
export function hereInWords({ people, unlisted, visitors }: Here, mine: Mine = NOT_SIGNED_IN): string {
  const names = people.slice(0, MAX_NAMES).map(({ id, name, state }) => {
    const notes = [...(id === mine.id ? ['you'] : []), ...(state === 'silent' ? ['silent'] : [])]
    return notes.length > 0 ? `${isolated(name)} (${notes.join(', ')})` : isolated(name)
  })
  const others = Math.max(0, people.length - MAX_NAMES) + unlisted
  if (others > 0) names.push(`${number(others)} more`)
  // The count may be older than the last lane that came.
  const own = mine.id === null ? Math.min(mine.lanes, visitors) : 0
  if (own > 0) names.unshift(own === 1 ? 'you' : `you (${number(own)} lanes)`)
  const readers = visitors - own
  if (readers > 0) names.push(readers === 1 ? '1 unsigned reader' : `${number(readers)} unsigned readers`)
  return names.join(', ')
}

/**
 * Ada is typing…, Ada and Bob are typing…, Ada, Bob and 3 more are typing… Empty when no other person is: the reader
 * knows what they type themselves, in whichever lane or tab it is.
 */
export function typingInWords({ people, typing }: Here, mine: Pick<Mine, 'id' | 'name'>): string {
  // After a change of name, the page and the room may know two names for one person.
  const own = [mine.name, ...people.filter(({ id }) => id === mine.id).map(({ name }) => name)]
  const names = mine.id === null ? typing : typing.filter((name) => !own.includes(name))
  const [first, second] = names.map(isolated)
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing…`
  const more = names.length - 2
  return more === 0
    ? `${first} and ${second} are typing…`
    : `${first}, ${second} and ${number(more)} more are typing…`
}

/** Why a conversation is empty. A lane that cannot read says so, and does not invite the reader to write. */
export function emptyInWords(state: ConnectionState, wanted: boolean): readonly string[] {
  if (state.status === 'open') return ['Nothing here yet.', 'Write below, and see it appear in every lane.']
  if (state.status === 'closed') {
    const why = state.cause ? `: ${cause(state.cause)}` : ''
    return [`Nothing can be read here${why}.`, WAY_OUT[state.cause?.code ?? 'closed'] ?? '']
  }
  return wanted ? ['Nothing has been read yet.'] : ['Disconnected: nothing is read.']
}

/** What a person can do about a lane that is closed for good. */
const WAY_OUT: Partial<Record<ChatError['code'], string>> = {
  'not-found': 'Choose another room above, or sign in as a member of this one.',
  'not-allowed': 'Choose another room above.',
  'not-signed-in': 'Sign in above.',
}
