/**
 * Kinds of options. A command declares each of its options once, by one of these; how it is parsed, what the help and
 * docs/reference/options.md say, and the sentence that refuses a value all come from that declaration.
 */
import { UsageError } from '../usage-error.ts'

export interface Kind<T> {
  /** What stands for the value in the help, for example `NUMBER`; null for a flag, which takes none. */
  readonly value: string | null
  /** What it does, without the default and without what is allowed: those are added. */
  readonly help: string
  /** Which values are allowed, as the end of "must be …"; null when any text is. */
  readonly allowed: string | null
  /** What holds when it is not given; null when nothing does. */
  readonly usual: string | null
  readonly mayRepeat: boolean
  /**
   * @param texts as given, in their order; empty when it was not given
   * @param option with its dashes, for the sentence
   * @throws UsageError that names the option, the value and what is allowed
   */
  readonly parse: (texts: readonly string[], option: string) => T
}

/** What a kind is told of one option. */
export interface About<T> {
  /** See {@link Kind.value}. */
  readonly value: string
  readonly help: string
  readonly usual?: T
  /** In the place of the usual value itself, where that is not what a person would write. */
  readonly usualWords?: string
}

/** Given or not. */
export const flag = (help: string): Kind<boolean> => ({
  value: null,
  help,
  allowed: null,
  usual: null,
  mayRepeat: false,
  parse: (texts) => texts.length > 0,
})

/**
 * One value, by a parser of its own.
 *
 * @param allowed see {@link Kind.allowed}
 * @param read undefined for what is not allowed; may also throw a UsageError in words of its own
 */
export function one<T>(
  about: About<T> & { readonly usual: T },
  allowed: string | null,
  read: (text: string, option: string) => T | undefined,
): Kind<T>
export function one<T>(
  about: About<T>,
  allowed: string | null,
  read: (text: string, option: string) => T | undefined,
): Kind<T | null>
export function one<T>(
  { value, help, usual, usualWords }: About<T>,
  allowed: string | null,
  read: (text: string, option: string) => T | undefined,
): Kind<T | null> {
  return {
    value,
    help,
    allowed,
    usual: usualWords ?? (usual === undefined ? null : String(usual)),
    mayRepeat: false,
    // The last one counts, as in most programs: a script may add to what an alias has given.
    parse: (texts, option) => {
      const text = texts.at(-1)
      return text === undefined ? (usual ?? null) : readValue(text, option, allowed, read)
    },
  }
}

/** Any number of them, each by its own option; an empty list when none was given. */
export const many = <T>(
  { value, help }: Pick<About<T>, 'value' | 'help'>,
  allowed: string | null,
  read: (text: string, option: string) => T | undefined,
): Kind<readonly T[]> => ({
  value,
  help,
  allowed,
  usual: null,
  mayRepeat: true,
  parse: (texts, option) => texts.map((text) => readValue(text, option, allowed, read)),
})

/** Any text but an empty one. */
export function text(about: About<string> & { readonly usual: string }): Kind<string>
export function text(about: About<string>): Kind<string | null>
export function text(about: About<string>): Kind<string | null> {
  return one(about, null, (given, option) => {
    if (given !== '') return given
    throw new UsageError(`${option} must name a ${about.value.toLowerCase()}, not ""`)
  })
}

export interface Range {
  readonly min: number
  readonly max: number
  /** Parts of a whole are allowed too. */
  readonly fraction?: boolean
}

/** A number in decimal digits. */
export function number(about: About<number> & Range & { readonly usual: number }): Kind<number>
export function number(about: About<number> & Range): Kind<number | null>
export function number(about: About<number> & Range): Kind<number | null> {
  return one(about, inRange(about), (given) => numberIn(given, about))
}

/** A list of numbers, with commas between them. */
export const numbers = (
  about: Pick<About<number>, 'value' | 'help'> & Range,
): Kind<readonly number[] | null> =>
  one<readonly number[]>(about, `${inRange(about)}, or several with commas between them`, (given) => {
    const all = given.split(',').map((part) => numberIn(part.trim(), about))
    return all.every((each) => each !== undefined) ? all : undefined
  })

/** One of a few words. */
export const oneOf = <T extends string>(
  about: About<T> & { readonly usual: T },
  words: readonly T[],
): Kind<T> => one<T>(about, listed(words, 'or'), (given) => words.find((word) => word === given))

/** A list of known names, with commas between them; in the order in which they are known. */
export const someOf = <T extends string>(
  about: Pick<About<T>, 'value' | 'help'> & { readonly usualWords: string },
  names: readonly T[],
): Kind<readonly T[] | null> =>
  one<readonly T[]>(about, `of ${names.join(', ')}`, (given, option) => {
    const wanted = given.split(',').map((name) => name.trim())
    const unknown = wanted.find((name) => !(names as readonly string[]).includes(name))
    if (unknown === undefined) return names.filter((name) => wanted.includes(name))
    throw new UsageError(`${option}: there is no '${unknown}', but ${names.join(', ')}`)
  })

const inRange = ({ min, max, fraction = false }: Range) =>
  `a ${fraction ? '' : 'whole '}number from ${min} to ${max}`

function numberIn(given: string, { min, max, fraction = false }: Range): number | undefined {
  if (!(fraction ? /^\d+(\.\d+)?$/ : /^\d+$/).test(given)) return undefined
  const value = Number(given)
  return value >= min && value <= max ? value : undefined
}

/** `a, b or c`. */
export const listed = (words: readonly string[], last: 'and' | 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`

function readValue<T>(
  given: string,
  option: string,
  allowed: string | null,
  read: (text: string, option: string) => T | undefined,
): T {
  const value = read(given, option)
  if (value !== undefined) return value
  throw new UsageError(`${option} must be ${allowed}, not ${JSON.stringify(given)}`)
}
