/** Faults in words: one place, so that panel, lane and scenario say them alike. */
import { healMs, noticeMs, type Reaction } from '../model/wires/reaction.ts'
import type { FaultSetting } from '../model/wires/wires-info.ts'
import { bytes, milliseconds, number } from '../words.ts'

/** A value of a fault's setting, with its unit. */
export function settingInWords({ unit }: Pick<FaultSetting, 'unit'>, value: number): string {
  switch (unit) {
    case 'ms':
      return milliseconds(value)
    case 'bytes':
      return bytes(value)
    case 'bytes/s':
      return `${bytes(value)} per second`
    case 'switch':
      return value > 0 ? 'on' : 'off'
    case '%':
      return `${number(value)} %`
    default:
      return unit === '' || unit === 'count' ? number(value) : `${number(value)} ${unit}`
  }
}

/** Longer than this is not counted down: such a fault is there until it is healed. */
const MOST_COUNTED_MS = 600_000

/** How long a fault is still there. */
export const leftInWords = (ms: number): string =>
  ms > MOST_COUNTED_MS ? 'until it is healed' : `${Math.ceil(ms / 1_000)} s left`

/** How long it took the lane to see that its line was broken. */
export function noticeInWords(reaction: Reaction): string {
  const ms = noticeMs(reaction)
  if (ms !== null) return `after ${milliseconds(ms)}`
  return reaction.healedAt === null && reaction.endedAt === null ? 'not yet' : 'did not lose its line'
}

/** How long it took the lane to be well again once the fault was gone. */
export function healInWords(reaction: Reaction): string {
  const ms = healMs(reaction)
  if (ms === 0) return 'before the fault ended'
  if (ms !== null) return `after ${milliseconds(ms)}`
  return reaction.endedAt === null ? 'the fault is still there' : 'not yet'
}

/** Of one lane, as the end of a sentence that begins with the fault's title and a colon. */
export function reactionInWords(reaction: Reaction): string {
  const notice = noticeMs(reaction) === null ? noticeInWords(reaction) : `noticed ${noticeInWords(reaction)}`
  if (reaction.endedAt === null) return notice === 'not yet' ? 'not noticed yet' : notice
  const heal = healInWords(reaction)
  return heal === 'not yet' ? `${notice}, not well yet` : `${notice}, well ${heal}`
}

/** Where a public report can be read. */
export function reportUrl(report: string): string | null {
  const [, repository, thread] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(report) ?? []
  if (repository) return `https://github.com/${repository}/issues/${thread}`
  return /^https:\/\//.test(report) && URL.canParse(report) ? report : null
}
