/** What the calculator says in sentences: nothing that its figures do not show. */
import type { Answer, QuantityName } from '../answer.ts'
import type { Compared, Crossing } from '../compare.ts'
import { count, duration, round } from '../words.ts'

const list = new Intl.ListFormat('en')

const named = ({ subject, intervalMs }: Answer): string =>
  intervalMs === null ? subject.title : `${subject.title} (asking every ${duration(intervalMs)})`

/** Which subjects meet the wished latency, and which do not. */
export function latencySentence(all: readonly Answer[], wishedMs: number): string {
  const those = (meets: boolean | null) => all.filter(({ meetsLatency }) => meetsLatency === meets)
  const wish = duration(wishedMs)
  const parts = [
    those(true).length > 0
      ? `99 of 100 messages within ${wish}: ${list.format(those(true).map(named))}.`
      : `99 of 100 messages within ${wish}: none that was measured.`,
  ]
  if (those(true).length > 0 && those(false).length > 0) {
    parts.push(`Later than that: ${list.format(those(false).map(named))}.`)
  }
  if (those(null).length > 0) {
    parts.push(`The latency of ${list.format(those(null).map(named))} was not measured.`)
  }
  return parts.join(' ')
}

const LEAST: Partial<Record<QuantityName, string>> = {
  bytes: 'fewest bytes',
  requests: 'fewest requests',
  cpu: 'least server CPU',
  memory: 'least server memory',
}

/**
 * Of the subjects that meet the latency: the cheapest, and those that cannot be told from it. A subject whose
 * cost was only seen in part is left out: none wins by what was not measured.
 */
export function cheapestSentences(all: readonly Answer[]): readonly string[] {
  const meeting = all.filter(({ meetsLatency }) => meetsLatency === true)
  return (Object.keys(LEAST) as (keyof typeof LEAST)[]).flatMap((name) => {
    const title = capital(LEAST[name]!)
    const known = meeting.flatMap(({ subject, quantities: { [name]: quantity } }) =>
      quantity.status === 'measured' ? [{ subject, quantity }] : [],
    )
    const whole = known.filter(({ quantity }) => !quantity.incomplete)
    const partly = known.filter(({ quantity }) => quantity.incomplete).map(({ subject }) => subject.title)
    const left = partly.length > 0 ? ` ${list.format(partly)} cannot be told: seen in part.` : ''
    if (whole.length < 2) return []
    const best = whole.reduce((a, b) => (b.quantity.value < a.quantity.value ? b : a))
    const same = whole.filter((one) => one === best || one.quantity.range[0] <= best.quantity.range[1])
    if (same.length === whole.length) return [`${title}: no difference beyond the spread.${left}`]
    const note = same.length > 1 ? ', with no difference beyond the spread' : ''
    return [`${title}: ${list.format(same.map(({ subject }) => subject.title))}${note}.${left}`]
  })
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const COST: Readonly<Record<Compared, string>> = { bytes: 'fewer bytes', cpu: 'less server CPU' }

export function crossingSentence({ below, above, messagesPerMinute }: Crossing, what: Compared): string {
  const rate = messagesPerMinute >= 100 ? count(messagesPerMinute) : round(messagesPerMinute)
  return `Below ${rate} messages a minute, ${below.title} costs ${COST[what]} than ${above.title}; above, more.`
}
