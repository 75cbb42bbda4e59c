/** What the calculator is asked, and within which bounds. */

export interface Question {
  /** Readers of one room, all connected. */
  readonly clients: number
  /** Messages published in the room; every reader is to have each. */
  readonly messagesPerMinute: number
  /** Bytes of text in one message. */
  readonly payloadBytes: number
  /** By then, 99 of 100 readers shall have it. */
  readonly latencyMs: number
  /** Milliseconds between the questions of those who ask by the clock; null: as seldom as the latency allows. */
  readonly pollMs: number | null
}

export interface Bounds {
  readonly label: string
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly whole: boolean
  /** May be left empty. */
  readonly optional?: string
}

export const BOUNDS: Readonly<Record<keyof Question, Bounds>> = {
  clients: { label: 'Clients', unit: '', min: 1, max: 10_000_000, whole: true },
  messagesPerMinute: {
    label: 'Messages a minute',
    unit: 'published in the room',
    min: 0,
    max: 1_000_000,
    whole: false,
  },
  payloadBytes: { label: 'Message', unit: 'bytes of text', min: 1, max: 65_536, whole: true },
  latencyMs: { label: 'Latency wished', unit: 'ms, p99', min: 1, max: 3_600_000, whole: false },
  pollMs: {
    label: 'Poll interval',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
    whole: false,
    optional: 'from the latency',
  },
}

export const QUESTION_KEYS = Object.keys(BOUNDS) as (keyof Question)[]

/** What is asked before anybody has typed. */
export const USUAL_QUESTION: Question = {
  clients: 1_000,
  messagesPerMinute: 6,
  payloadBytes: 120,
  latencyMs: 2_000,
  pollMs: null,
}

/** What is wrong with a number as it was typed, or the number; null where nothing was typed and nothing need be. */
export function readNumber(
  key: keyof Question,
  text: string,
): { readonly value: number | null } | { readonly wrong: string } {
  const { label, min, max, whole, optional } = BOUNDS[key]
  const typed = text.trim()
  if (typed === '' && optional !== undefined) return { value: null }
  const value = typed === '' ? Number.NaN : Number(typed)
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return { value }
  const kind = whole ? 'a whole number' : 'a number'
  return { wrong: `${label}: ${kind} from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}` }
}
