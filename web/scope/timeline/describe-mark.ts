/** A mark in a sentence: for the line under the timeline, the table, and those who hear it. */
import type { Exchange, Mark } from '../capture/marks.ts'

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
