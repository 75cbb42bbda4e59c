/** Figures and states in words. One place, so that the same thing is called the same everywhere. */
import type { ConnectionState } from '../lab/client/chat-client.ts'
import type { ChatError } from '../lab/wire/errors.ts'
import type { Here } from '../lab/wire/presence.ts'

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** 12,345 */
export const number = (value: number): string => plain.format(value)

/** 12 bytes, 1.2 kB, 1.05 MB: in thousands, as disks are sold. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} ${count === 1 ? 'byte' : 'bytes'}`
  const [unit, name] = count < 999_500 ? [1_000, 'kB'] : [1_000_000, 'MB']
  return `${Number((count / unit).toPrecision(3))} ${name}`
}

/** A duration as a person reads it: 8.4 ms, 84 ms, 1.24 s. Three digits; a fourth would be noise. */
export function milliseconds(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  return `${Number((ms / 1_000).toPrecision(3))} s`
}

/** A latency for a table, where all stand under one unit: 8.4, 84, 1,240; a dash when there is none. */
export function inTable(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 9.95 ? ms.toFixed(1) : number(Math.round(ms))
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' })

/** @param at milliseconds since the Unix epoch */
export const timeOfDay = (at: number): string => time.format(at)

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

/** How a wait was drawn: without it, who returns first seems to be the better transport. */
export const drawInWords = (upToMs: number): string => `random, up to ${number(upToMs / 1_000)} s`

/** Whole seconds until `at`, never below 0. */
export const secondsUntil = (at: number, now: number): number => Math.max(0, Math.ceil((at - now) / 1_000))

/** Names that stand in a line before the others are counted. */
const MAX_NAMES = 8

/** Ada, Bob (silent), 2 unsigned readers: of those without a name, each lane is one. */
export function hereInWords({ people, unlisted, visitors }: Here): string {
  const names = people
    .slice(0, MAX_NAMES)
    .map(({ name, state }) => (state === 'silent' ? `${name} (silent)` : name))
  const others = Math.max(0, people.length - MAX_NAMES) + unlisted
  if (others > 0) names.push(`${number(others)} more`)
  if (visitors > 0) names.push(visitors === 1 ? '1 unsigned reader' : `${number(visitors)} unsigned readers`)
  return names.join(', ')
}

/** Ada is typing…, Ada and Bob are typing…, Ada, Bob and 3 more are typing… Empty when nobody is. */
export function typingInWords(names: readonly string[]): string {
  const [first, second] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing…`
  const more = names.length - 2
  return more === 0
    ? `${first} and ${second} are typing…`
    : `${first}, ${second} and ${number(more)} more are typing…`
}
