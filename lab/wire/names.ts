/**
 * What a name may be made of: people's names, titles of groups, names of files, labels of tokens.
 *
 * A name is read by people, to tell one from another. So it holds nothing that a reader cannot see: with
 * a zero-width space in it, "Ada" is drawn like any other Ada; with a mark of direction, the letters of its
 * neighbours are turned around. Where the writing itself needs such a character, it stays: Persian and the
 * scripts of India have joiners within words (RFC 5892, Appendix A), an emoji is often several in one, and
 * a Han character can have a variant that a person's name is written with.
 *
 * This is the rule for what is written from now on. What is read is taken as it comes ({@link isName}): a log may be older than the rule.
 */
import * as v from 'valibot'
import { field } from './field.ts'
import { MAX_NAME_LENGTH } from './limits.ts'

/** What {@link isName} asks for, in words that follow "must be". */
export const A_NAME = `1 to ${MAX_NAME_LENGTH} characters, without control characters, not only spaces`

/** Whether this can be read as a name or as a draft id, however old it is. */
export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= MAX_NAME_LENGTH && /\S/.test(value) && !/\p{Cc}/u.test(value)
  )
}

/** A name as it is read: {@link isName}. */
export const NameSchema = field(
  v.pipe(
    v.string(),
    v.check((name) => isName(name)),
  ),
  `The name of a person, a draft or a file: 1 to ${MAX_NAME_LENGTH} UTF-16 code units, no control characters, not only spaces. In an \`author\` and in the name of a file, the server also refuses characters that cannot be seen (protocol.md, section “Limits”); older messages may have them.`,
  {
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    pattern: '^[^\\p{Cc}]*[^\\s\\p{Cc}][^\\p{Cc}]*$',
  },
)
/** For a field whose value a reader takes as it comes, and which a writer promises to be a name. */
export const NAME = { $ref: '#/$defs/name' }

/**
 * Why no person, group, file or program may have this name from now on, in words that follow what it is the
 * name of: "must be …". Null when they may.
 */
export function problemWithName(value: unknown): string | null {
  if (!isName(value)) return `must be ${A_NAME}`
  return hidesSomething(value) ? `must be ${NOTHING_HIDDEN}` : null
}

/** Drawn as nothing, or not by itself: format characters, fillers, halves of characters, a blank that is no space. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\p{Zl}\p{Zp}\u2800]/u

/** Letters that stand differently when they are joined. */
const JOINING =
  '[\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Mong}\\p{sc=Nkoo}\\p{sc=Deva}\\p{sc=Beng}\\p{sc=Guru}\\p{sc=Gujr}\\p{sc=Orya}\\p{sc=Taml}\\p{sc=Telu}\\p{sc=Knda}\\p{sc=Mlym}\\p{sc=Sinh}\\p{sc=Mymr}\\p{sc=Khmr}]'
/** The sign that takes the vowel from a letter, in each of the scripts of India: a joiner may also end the word. */
const VIRAMA = '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca]'
const EMOJI = '\\p{Extended_Pictographic}'

/** Unseen characters that the writing around them needs. */
const NEEDED = new RegExp(
  [
    `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
    `(?<=${VIRAMA})[\\u200c\\u200d]`,
    `(?<=${EMOJI}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d(?=${EMOJI})`,
    `(?<=${EMOJI})[\\ufe0e\\ufe0f]`,
    '(?<=[0-9#*])\\ufe0f(?=\\u20e3)', // a key with a digit on it
    '(?<=\\p{sc=Han})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
    '(?<=\\p{sc=Mong})[\\u180b-\\u180d\\u180f]',
    '(?<=\\u{1f3f4})[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{1,8}\\u{e007f}', // the flag of Scotland
  ].join('|'),
  'gu',
)

/** Whether `name` has something in it that a reader cannot see, and that its writing does not need. */
export const hidesSomething = (name: string): boolean => UNSEEN.test(name.replace(NEEDED, ''))

/** The same name without it: for a name that a person did not choose, such as that of a file. */
export function withoutHidden(name: string): string {
  // What is needed is kept apart, since its neighbours must still be there when it is looked at.
  const needed = new Set(
    [...name.matchAll(NEEDED)].flatMap(({ index, 0: { length } }) => range(index, length)),
  )
  let seen = ''
  let at = 0
  for (const character of name) {
    if (needed.has(at) || !(UNSEEN.test(character) || /\p{Cc}/u.test(character))) seen += character
    at += character.length
  }
  return seen
}

const range = (from: number, length: number) => Array.from({ length }, (_, index) => from + index)

/** What a name must be that {@link hidesSomething}, in words that follow "must be". */
export const NOTHING_HIDDEN = 'made of characters that can be seen: no invisible ones, no marks of direction'

/*
 * Words of users within ours: a name in an error's sentence, a label, a list. Text has a direction, and where there is no
 * markup to keep two apart, a name from right to left would turn around what stands beside it. Between isolates
 * (UAX 9 §2.4) it is laid out by itself (docs/decisions/049-names-in-sentences.md).
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
