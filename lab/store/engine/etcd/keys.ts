/**
 * The keys of the log in etcd, below one prefix:
 *
 * - `about` says whose it is, in which format, and the log's name. Whatever is written names it too, so that an entry for a log that was
 *   deleted and made again does not get into the new one.
 * - `head` is the place of the newest entry. It is compared and set with each entry, so places follow each other without a hole, and a hole means
 *   that an entry is gone.
 * - `e/PLACE` are the entries, in order of their places.
 * - `i/ID` is the place that an entry of this id has, for as long as its lease: by it, an entry that is sent again is known.
 * - `bus/SERVER` is what a server told last, for those who watch (bus.ts).
 * - `q/LOG/TO/FROM/NUMBER` is what one server asks another, and `r/LOG/FROM/NUMBER/SERVER` the answer (requests/etcd-requests.ts).
 *
 * `about`, `bus` and `e` come first, so that who follows the log can watch these alone: `r` has pieces of copies.
 */
import { base36 } from '../../../wire/base36.ts'
import type { Position } from '../engine.ts'
import { FORMAT } from '../turn.ts'
import { b64, type Gateway, type TxnResponse, textFrom, unusable } from './gateway.ts'

/** So many digits as the largest whole number that JavaScript has: keys are in order as texts. */
const DIGITS = 16

export interface KeyRange {
  readonly key: string
  readonly range_end: string
}

export interface Keys {
  readonly about: string
  readonly head: string
  entry(position: Position): string
  readonly entriesEnd: string
  id(id: string): string
  readonly bus: string
  readonly busEnd: string
  /** @param to a server, or {@link EVERY_SERVER} */
  question(log: string, to: string, from: string, number: string): string
  questions(log: string): KeyRange
  answer(log: string, from: string, number: string, server: string): string
  /** The answers to one question, or to all of a server's. */
  answers(log: string, from: string, number?: string): KeyRange
}

/** In the place of a server's name, which has no hyphen: the question is for all. */
export const EVERY_SERVER = '-'

/** All in base64, as they are said. @param prefix ends with a slash */
export function keysBelow(prefix: string): Keys {
  const key = (name: string) => b64(prefix + name)
  const below = (name: string) => ({ key: key(`${name}/`), range_end: key(`${name}0`) }) // 0 comes behind /
  return {
    about: key('about'),
    head: key('head'),
    entry: (position) => key(`e/${String(position).padStart(DIGITS, '0')}`),
    entriesEnd: key('e0'),
    id: (id) => key(`i/${id}`),
    bus: key('bus/'),
    busEnd: key('bus0'),
    question: (log, ...path) => key(['q', log, ...path].join('/')),
    questions: (log) => below(`q/${log}`),
    answer: (log, ...path) => key(['r', log, ...path].join('/')),
    answers: (log, ...path) => below(['r', log, ...path].join('/')),
  }
}

/** The place in the key of an entry. */
export const positionIn = (key: string): Position => Number(textFrom(key).slice(-DIGITS))

const ABOUT = /^Transport Lab, log ([a-z0-9]{1,32}), format (\d+)$/

export const is = (key: string, value: string) => ({
  target: 'VALUE',
  result: 'EQUAL',
  key,
  value: b64(value),
})
export const isAbsent = (key: string) => ({ target: 'VERSION', result: 'EQUAL', key, version: '0' })
export const isThere = (key: string) => ({ target: 'VERSION', result: 'GREATER', key, version: '0' })
export const range = (key: string, more: object = {}) => ({ request_range: { key, ...more } })

/** What stands at one key, of a transaction's answer. */
export const valueAt = ({ responses }: TxnResponse, index: number): string | null => {
  const found = responses?.[index]?.response_range?.kvs?.[0]
  return found ? textFrom(found.value) : null
}

/**
 * Finds the log, or makes it; of servers that come at once, one does.
 *
 * @returns what `about` says: the log's name is in it
 * @throws EngineError `unusable`
 */
export async function openLog(gateway: Gateway, keys: Keys, prefix: string): Promise<string> {
  const mine = `Transport Lab, log ${base36(crypto.getRandomValues(new Uint8Array(10)))}, format ${FORMAT}`
  const answer = await gateway.ask<TxnResponse>('kv/txn', {
    compare: [isAbsent(keys.about), isAbsent(keys.head)],
    success: [
      { request_put: { key: keys.about, value: b64(mine) } },
      { request_put: { key: keys.head, value: b64('0') } },
    ],
    failure: [range(keys.about), range(keys.head)],
  })
  if (answer.succeeded) return mine
  const about = valueAt(answer, 0)
  const [, log, format] = ABOUT.exec(about ?? '') ?? []
  if (log === undefined)
    throw unusable(`the keys below ${prefix} belong to another program; give the lab an etcd of its own`)
  if (Number(format) !== FORMAT)
    throw unusable(
      `the log below ${prefix} was begun by another version of the lab (its format is ${format}, this one reads ${FORMAT}); ` +
        'run the same version everywhere, or begin with another etcd',
    )
  if (!/^\d+$/.test(valueAt(answer, 1) ?? ''))
    throw unusable(
      `the log below ${prefix} has lost its key “head”: it was changed by hand, or by another program`,
    )
  return about!
}

export const nameIn = (about: string): string => ABOUT.exec(about)![1]!
