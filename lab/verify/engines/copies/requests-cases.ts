/** What every way by which servers ask each other keeps, as data: for the reference in memory, and for an engine that has one. */
import { ENTRY_BYTES } from '../../../store/engine/engine.ts'
import type { Requests } from '../../../store/engine/requests/requests.ts'
import { ContractViolation } from '../../conformance/checks.ts'
import { bytesOf } from '../case.ts'

export interface RequestsCase {
  /** A sentence that is true of every way. */
  readonly name: string
  /** @param open another server’s way; @param ms how long an answer is waited for that must come */
  run(open: () => Promise<Requests>, ms: number): Promise<void>
}

const wordOf = (body: Uint8Array) => Buffer.from(body).toString()
const same = (what: string, expected: unknown, got: unknown) => {
  if (JSON.stringify(got) !== JSON.stringify(expected))
    throw new ContractViolation(what, JSON.stringify(expected), JSON.stringify(got))
}

/** Asks until the answer is there: a server that has just begun to serve is heard of a moment later. */
async function until<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean, ms: number): Promise<T> {
  const begun = performance.now()
  for (;;) {
    const answer = await ask()
    if (isIt(answer) || performance.now() - begun > ms) return answer
  }
}
const asked = (way: Requests, server: string, word: string, ms: number) =>
  until(
    () =>
      way
        .ask(server, bytesOf(word), 1_000)
        .then(wordOf, ({ code }: { readonly code?: string }) => String(code)),
    (answer) => answer !== 'unavailable',
    ms,
  )

export const REQUESTS_CASES: readonly RequestsCase[] = [
  {
    name: 'a question reaches the server that is named, and its answer comes back',
    async run(open, ms) {
      const [asking, one, other] = [await open(), await open(), await open()]
      one.serve('one', (question) => bytesOf(`one, ${wordOf(question)}`))
      other.serve('other', (question) => bytesOf(`other, ${wordOf(question)}`))
      same('the answer', 'one, a', await asked(asking, 'one', 'a', ms))
      same('the answer', 'other, b', await asked(asking, 'other', 'b', ms))
    },
  },
  {
    name: 'a question to all is answered by each that serves, the one that asks too',
    async run(open, ms) {
      const ways = [await open(), await open(), await open()]
      for (const [i, way] of ways.entries()) way.serve(`s${i}`, () => bytesOf(`s${i}`))
      const answers = await until(
        () => ways[0]!.askAll(bytesOf('where'), 300),
        ({ length }) => length === 3,
        ms,
      )
      same('the answers', ['s0', 's1', 's2'], answers.map(wordOf).sort())
    },
  },
  {
    name: 'a server that is not there, that gives no answer, or that has stopped is unavailable, and no answer among all',
    async run(open, ms) {
      const [asking, other] = [await open(), await open()]
      const stop = other.serve('stops', () => bytesOf('here'))
      other.serve('silent', () => null)
      other.serve('fails', () => {
        throw new Error('a fault')
      })
      same('an answer', 'here', await asked(asking, 'stops', 'a', ms))
      stop()
      for (const server of ['absent', 'silent', 'fails', 'stops']) {
        const code = await asking.ask(server, bytesOf('a'), 500).then(wordOf, (error) => error.code)
        same(`the answer of one that is ${server}`, 'unavailable', code)
      }
      same('answers of all', [], (await asking.askAll(bytesOf('a'), 300)).map(wordOf))
    },
  },
  {
    name: 'an answer of 256 KiB comes whole, and a longer one not at all',
    async run(open, ms) {
      const [asking, other] = [await open(), await open()]
      const whole = Uint8Array.from({ length: ENTRY_BYTES }, (_, i) => (i * 7) % 251)
      other.serve('long', (question) =>
        wordOf(question) === 'whole' ? whole : new Uint8Array(ENTRY_BYTES + 1),
      )
      await asked(asking, 'long', 'whole', ms)
      same('its bytes', 0, Buffer.compare(await asking.ask('long', bytesOf('whole'), ms), whole))
      const code = await asking.ask('long', bytesOf('longer'), 500).then(wordOf, (error) => error.code)
      same('a longer one', 'unavailable', code)
    },
  },
]
