/**
 * Making a text shorter without taking a character apart.
 *
 * What a reader calls one character may be many code units: a family is eleven, a flag four, a letter
 * with its accent two. Cut in its middle, it becomes another character, or half of one, which has no
 * UTF-8 at all. The boundaries are those of Unicode Standard Annex 29, which every platform of ours knows.
 */

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** No writing system has a character of more code units than this, so a longer one is cut after all. */
const LONGEST = 64

/**
 * The start of `text`, at most `most` UTF-16 code units of it, up to the end of a character. Its cost
 * hangs on `most` and not on how long the text is.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const near = characters.segment(text.slice(0, most + LONGEST)).containing(most)
  if (near && near.segment.length < LONGEST) return text.slice(0, near.index)
  // A heap of accents on one letter: then at least no half of a surrogate pair.
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}

/** The same with an ellipsis when something is missing, which counts. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${cut(text, most - 1)}…`
