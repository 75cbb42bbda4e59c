/**
 * What servers of one log tell each other of their limits, and how it is written: an `L`, by which it is told from all else that goes
 * the same way, and JSON. Names of buckets are short keyed hashes (names.ts): no address and no name of a person is in it.
 */

/** Buckets that are shared: of messages (by address and by person), and of tries to sign in, by name and by address. */
export const BUCKETS = ['messages', 'names', 'addresses'] as const
export type BucketKind = (typeof BUCKETS)[number]

/** What is counted as long as it lasts, by address. */
export const COUNTS = ['connections', 'uploads'] as const
export type CountKind = (typeof COUNTS)[number]

/** Names, each with a number. */
export type Numbers = readonly (readonly [name: string, number: number])[]

export interface Notice {
  /** Names this run of a server. */
  readonly from: string
  /** Tokens that were taken there since its last notice; below zero for what comes by the log after all. */
  readonly took: Partial<Record<BucketKind, Numbers>>
  /** All that is open there, and not only what has changed; absent when none of it has. */
  readonly open?: Partial<Record<CountKind, Numbers>>
}

/** Most names of one kind in a notice, of some 20 bytes each: all kinds together stay below what an entry of the log may have. */
export const MAX_NAMES = 2_000
/** Beyond it a number is none that a server of ours says. */
const MOST = 1_000_000
const MARK = 'L'.charCodeAt(0)

export const written = (notice: Notice): Uint8Array => utf8.encode(`L${JSON.stringify(notice)}`)

/** Null for what is no notice, or none of this version. */
export function noticeIn(body: Uint8Array): Notice | null {
  if (body[0] !== MARK) return null
  try {
    const { from, took, open } = JSON.parse(text.decode(body.subarray(1))) as Record<keyof Notice, unknown>
    if (typeof from !== 'string') return null
    return {
      from,
      took: numbersOf(BUCKETS, took),
      ...(open !== undefined && { open: numbersOf(COUNTS, open) }),
    }
  } catch {
    return null
  }
}

/** What is not of a kind that is known here is passed: another version may share more. @throws TypeError */
function numbersOf<K extends string>(kinds: readonly K[], value: unknown): Partial<Record<K, Numbers>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('no numbers')
  const all = value as Record<string, unknown>
  const found: Partial<Record<K, Numbers>> = {}
  for (const kind of kinds) if (isNumbers(all[kind])) found[kind] = all[kind].slice(0, MAX_NAMES)
  return found
}

const isNumbers = (value: unknown): value is Numbers =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      Array.isArray(one) &&
      typeof one[0] === 'string' &&
      one[0].length <= 64 &&
      Number.isSafeInteger(one[1]) &&
      Math.abs(one[1]) <= MOST,
  )

const utf8 = new TextEncoder()
const text = new TextDecoder('utf-8', { fatal: true })
