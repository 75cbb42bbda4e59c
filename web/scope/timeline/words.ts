/** The words of the timeline: a mark in a sentence, for those who point at it, read the table, or hear it; and those around. */
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { Exchange, Mark } from '../capture/marks.ts'
import type { Status } from '../protocol.ts'

export const LEGEND =
  'A bar is a request: sent, held by the server, its content. A mark is a frame or an event. Grey: nothing in it. Point at one, or use the arrow keys; click or press Enter for its bytes.'

export const STATUS: Readonly<Record<Status['kind'], string>> = {
  open: 'Nothing has passed on your wires yet.',
  connecting: 'Connecting…',
  none: 'Nothing to see here.',
  waiting: 'Trying again in a moment.',
}

export const titleOf = (lane: string): string => DESCRIPTORS.get(lane as TransportName)?.title ?? lane
export const shortOf = (lane: string): string => DESCRIPTORS.get(lane as TransportName)?.short ?? lane
export const inSpan = (span: number): string =>
  span < 1_000 ? `${span} ms` : span < 60_000 ? `${span / 1_000} s` : `${span / 60_000} min`

const WAYS = { toServer: 'sent', toClient: 'came' } as const

export function inWords(mark: Mark, title: (lane: string) => string): string {
  const { lane, direction, label, size, text, messages, problem } = mark
  const said = text ? `, “${text}”` : ''
  const more = messages.length > 1 ? ` and ${messages.length - 1} more` : ''
  const wrong = problem === null ? '' : `. ${problem}`
  return `${title(lane)}: ${label} ${WAYS[direction]}, ${size} bytes${said}${more}${wrong}`
}

/** Its parts, each with how long it took. */
export function partsOf(exchange: Exchange, now: number): string {
  const { connecting, sent, sentUntil, answered, until, state, status, isRetry } = exchange
  const parts = [
    isRetry && 'asked again',
    connecting !== null && `connect ${ms(sent - connecting)}`,
    `sent ${ms(sentUntil - sent)}`,
    `held ${ms((answered ?? (state === 'open' ? now : (until ?? now))) - sentUntil)}`,
    answered !== null && `content ${ms((state === 'open' ? now : (until ?? answered)) - answered)}`,
    status !== null && `status ${status}`,
    state === 'cut' && 'cut off',
    state === 'open' && 'still open',
  ]
  return parts.filter(Boolean).join(' · ')
}

export const ms = (duration: number): string =>
  duration >= 1_000 ? `${(duration / 1_000).toFixed(2)} s` : `${duration.toFixed(duration < 10 ? 1 : 0)} ms`

/** Hours to milliseconds, in the reader's zone. */
export function clock(time: number): string {
  const date = new Date(time)
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
