/**
 * Words of users within ours: a name in an error's sentence, a label, a list.
 *
 * Text has a direction, and where there is no markup to keep two apart, a name from right to left would turn around what
 * stands beside it. Between isolates (UAX 9 §2.4) it is laid out by itself. A name that could turn nothing is left as it
 * is, so most sentences are plain. docs/decisions/049-names-in-sentences.md has the reasons.
 */

/** Letters that run from right to left, and marks that turn others around (UAX 9). */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Between U+2068 and U+2069, when it could turn anything around. */
export const isolated = (words: string): string => (TURNS.test(words) ? `\u2068${words}\u2069` : words)

/** In quotation marks, with what would end or hide them escaped: for what was sent and is no name of anything. */
export const quoted = (words: string): string => isolated(JSON.stringify(words))

/** For a terminal, which has no isolates, and would be shown escapes in their place. */
export const withoutIsolates = (sentence: string): string => sentence.replace(/[\u2068\u2069]/g, '')
