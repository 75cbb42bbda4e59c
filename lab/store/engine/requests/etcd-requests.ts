/**
 * Questions between servers by etcd: each is a key that all servers watch, and each answer one that the server watches that asks. Who asked deletes both; were it to end
 * before, they go with the lease of the question.
 *
 * etcd writes each of them to a majority's disks, and keeps what was deleted until it is compacted. So the server that takes a copy has it
 * compacted behind the pieces that it has, or they would fill the space that is the log's.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { b64, bytesFrom, type Gateway, type TxnResponse, textFrom } from '../etcd/gateway.ts'
import { EVERY_SERVER, isThere, type Keys } from '../etcd/keys.ts'
import { watchRange } from '../etcd/watch.ts'
import { answered, noAnswer, type Requests } from './requests.ts'

/** After so many bytes of answers, etcd is told to let go of them: a small part of the 2 GB that it has by default. */
const COMPACT_BYTES = 8 * 1024 * 1024

/**
 * Most bytes of a copy: etcd's members have what was written last, 100,000 writes unless told otherwise, in memory and in the write-ahead log
 * (`--snapshot-count`), so a copy is in there whole.
 */
const COPY_BYTES = 512 * 1024 * 1024

export interface EtcdRequestsOptions {
  readonly gateway: Gateway
  readonly keys: Keys
  /** Questions are among the servers of one log: keys that were deleted and made again are another. */
  readonly log: string
  /** Names this way to etcd among all. */
  readonly self: string
  /** Under which a question is, and its answers. */
  readonly lease: () => Promise<string>
  /** Lets go of what was before a revision. */
  readonly compact: (revision: string) => Promise<void>
  /** Ends all of it. */
  readonly ending: AbortSignal
}

export function etcdRequests(options: EtcdRequestsOptions): Requests {
  const { gateway, keys, log, self, lease, compact, ending } = options
  /** Questions that are underway, by number. */
  const pending = new Map<string, (server: string, answer: Uint8Array) => void>()
  let asked = 0
  let isWatching = false
  let deletedBytes = 0

  /** Begun by the first question: a server that asks nothing watches nothing. */
  function watchAnswers(): void {
    if (isWatching) return
    isWatching = true
    void watchRange(
      gateway,
      keys.answers(log, self),
      ({ key, value }) => {
        const [number = '', server = ''] = textFrom(key).split('/').slice(-2)
        pending.get(number)?.(server, bytesFrom(value))
      },
      ending,
    )
  }

  /**
   * Asks, and waits until so many answers are there, or so long. The time begins when etcd has the question.
   *
   * @throws EngineError when etcd does not take the question
   */
  async function answersOf(to: string, question: Uint8Array, ms: number, most: number) {
    const number = String(asked++)
    const key = keys.question(log, to, self, number)
    const answers = new Map<string, Uint8Array>() // a watch that was begun again may give one twice
    const enough = new AbortController()
    pending.set(number, (server, answer) => {
      answers.set(server, answer)
      if (answers.size >= most) enough.abort()
    })
    watchAnswers()
    try {
      await gateway.ask('kv/put', { key, value: b64(question), lease: await lease() })
      await pause(ms, undefined, { signal: AbortSignal.any([enough.signal, ending]) }).catch(() => {})
    } finally {
      pending.delete(number)
      const bytes = [...answers.values()].reduce((sum, { length }) => sum + length, 0)
      void forget(key, number, bytes).catch(() => {}) // then they go with their lease
    }
    return [...answers.values()]
  }

  async function forget(key: string, number: string, bytes: number): Promise<void> {
    const { header } = await gateway.ask<TxnResponse>('kv/txn', {
      success: [{ request_delete_range: { key } }, { request_delete_range: keys.answers(log, self, number) }],
    })
    deletedBytes += bytes
    if (deletedBytes < COMPACT_BYTES) return
    deletedBytes = 0
    await compact(header.revision)
  }

  return {
    copyBytes: COPY_BYTES,
    serve(server, answer) {
      const stop = new AbortController()
      const reply = (key: string, question: string | undefined, ofQuestion: string | undefined) => {
        const [to, asker = '', number = ''] = textFrom(key).split('/').slice(-3)
        if (to !== server && to !== EVERY_SERVER) return
        const body = answered(answer, bytesFrom(question))
        if (!body) return
        const put = { key: keys.answer(log, asker, number, server), value: b64(body), lease: ofQuestion }
        // Only while it is asked: an answer that comes too late would stay until the lease ends.
        const asking = { compare: [isThere(key)], success: [{ request_put: put }] }
        gateway.ask('kv/txn', asking).catch(() => {}) // lost, as some may be: it is asked again
      }
      const signal = AbortSignal.any([stop.signal, ending])
      void watchRange(gateway, keys.questions(log), (kv) => reply(kv.key, kv.value, kv.lease), signal)
      return () => stop.abort()
    },
    async ask(server, question, ms) {
      let answer: Uint8Array | undefined
      try {
        answer = (await answersOf(server, question, ms, 1))[0]
      } catch (error) {
        throw noAnswer(server, error)
      }
      if (!answer) throw noAnswer(server)
      return answer
    },
    askAll: (question, ms) => answersOf(EVERY_SERVER, question, ms, Number.POSITIVE_INFINITY).catch(() => []),
  }
}
