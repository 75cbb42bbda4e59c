/**
 * What no figure tells about a subject, and what decides all the same: how its messages travel.
 *
 * Of a subject that stands in no list here nothing is assumed: no yes or no of the reader rules it out.
 */

/**
 * - `asks`: plain requests by the clock, each answered at once;
 * - `streams`: one HTTP answer that never ends;
 * - `holds`: requests that the server keeps until there is something to say;
 * - `socket`: a connection of its own after an HTTP upgrade, on which both sides write;
 * - `program`: a TCP connection, which a browser cannot open;
 * - `chooses`: none of its own, since it takes one of the others: what it costs is what that one costs.
 *
 * In this order they ask more of their maker: a loop; an EventSource, which reconnects and resumes by itself; a loop
 * with timeouts; a protocol whose heartbeat, coming back and place in the log are to be written.
 */
const KINDS = ['asks', 'streams', 'holds', 'socket', 'program', 'chooses'] as const
export type Kind = (typeof KINDS)[number]

const KIND_OF: Readonly<Record<string, Kind>> = {
  'short-polling': 'asks',
  sse: 'streams',
  'http-streaming': 'streams',
  'better-sse': 'streams',
  'long-polling': 'holds',
  'socket.io-polling': 'holds',
  websocket: 'socket',
  'websocket-compressed': 'socket',
  'websocket-by-hand': 'socket',
  ws: 'socket',
  'socket.io-websocket': 'socket',
  tcp: 'program',
  auto: 'chooses',
}

/** Written out to be read, beside one that does the same by a kept package: a lesson and no choice. */
const LESSONS: ReadonlySet<string> = new Set(['websocket-by-hand'])
/** A setting of another one, and not of the four ways that the answer begins from. */
const VARIANTS: ReadonlySet<string> = new Set(['websocket-compressed'])
/** Of its kind it asks more: the reading of lines, and coming back, without an EventSource. */
const BY_OWN_SCRIPT: ReadonlySet<string> = new Set(['http-streaming'])

/** Null for a subject of which it is not known. */
export const kindOf = (subject: string): Kind | null => KIND_OF[subject] ?? null
export const isLesson = (subject: string): boolean => LESSONS.has(subject)
export const isVariant = (subject: string): boolean => VARIANTS.has(subject)

/** The fewer, the simpler. A subject that is not known is simpler than none. */
export function effortOf(subject: string): number {
  const kind = kindOf(subject)
  return (kind === null ? KINDS.length : KINDS.indexOf(kind)) + (BY_OWN_SCRIPT.has(subject) ? 0.5 : 0)
}
