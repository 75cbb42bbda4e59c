/**
 * Input that no author of a test would think of: random bytes, and valid input with some of its bits changed.
 *
 * `RUNS=100000` tries more, `SEED=…` the same again. Nothing may be accepted that is no draft, no
 * input may be answered with “internal” (the process would say so on its output), and the honest
 * readers must be served throughout.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDraft } from '../../wire/codec.ts'
import { MAX_NAME_LENGTH, MAX_TEXT_BYTES } from '../../wire/limits.ts'
import { hidesSomething } from '../../wire/names.ts'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { frame, framesIn } from './frames.ts'
import { type HonestReaders, joinHonestReaders } from './honest-readers.ts'
import { exchange, requestText } from './raw.ts'
import { HANDSHAKE } from './raw-web-socket.ts'

const RUNS = Number(process.env.RUNS ?? 5_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const AT_ONCE = 25
/** Long runs are long. */
const TIMEOUT_MS = 60_000 + RUNS * 20

let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  console.log(`fuzzing ${RUNS} inputs with SEED=${SEED}`)
  server = await startServerUnderTest()
  honest = await joinHonestReaders(server.at)
  expect((await post({ draftId: 'first', author: 'eve', text: 'a room that is not empty' })).status).toBe(201)
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

/** Tries a share of all inputs, several at once; the honest go on talking between. */
async function attack<T>(share: number, inputs: fc.Arbitrary<T>, act: (input: T) => Promise<void>) {
  const all = fc.sample(inputs, { numRuns: Math.ceil(RUNS * share), seed: SEED })
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(
      all.slice(at, at + AT_ONCE).map(async (input, index) => {
        try {
          await act(input)
        } catch (cause) {
          throw new Error(`SEED=${SEED}, input ${at + index}: ${fc.stringify(input)}\n${cause}`, { cause })
        }
      }),
    )
    if (at % (AT_ONCE * 20) === 0) await honest.say()
  }
}

function post(value: unknown) {
  return fetch(`http://${server.at}/rooms/fuzz/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })
}

/** Bytes with some of their bits turned over, a piece cut out, a piece put in, or the end missing. */
const damaged = (bytes: Buffer): fc.Arbitrary<Buffer> => {
  const place = fc.nat(bytes.length - 1)
  return fc.oneof(
    fc.array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 4 }).map((flips) => {
      const copy = Buffer.from(bytes)
      for (const [at, bit] of flips) copy[at]! ^= 1 << bit
      return copy
    }),
    fc
      .tuple(place, fc.nat(8))
      .map(([at, length]) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])),
    fc
      .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 }))
      .map(([at, more]) => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])),
    place.map((at) => bytes.subarray(0, at)),
  )
}

const draft = JSON.stringify({ draftId: 'fuzz', author: 'eve', text: 'Grüße, 🦊' })
const send = frame({ payload: `{"type":"send","draft":${draft}}` })
const MAY_CLOSE_WITH = [null, 1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009]

const SPEAKERS = await webSocketTransports()

describe.each(SPEAKERS)('the frames of %s', (name) => {
  it('changed, cut or made up, are answered, refused, or waited for', { timeout: TIMEOUT_MS }, async () => {
    const inputs = fc.oneof(
      { weight: 3, arbitrary: damaged(send) },
      {
        weight: 1,
        arbitrary: damaged(Buffer.concat([frame({ fin: false, payload: '{' }), frame({ opcode: 9 }), send])),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    )
    const opening = Buffer.from(
      requestText(server.port, `GET /transports/${name}/rooms/fuzz/socket?since=a:0`, HANDSHAKE),
    )
    await attack(0.4 / SPEAKERS.length, inputs, async (bytes) => {
      const { text, isClosed } = await exchange(server.port, Buffer.concat([opening, bytes]), { end: true })
      expect(isClosed).toBe(true)
      expect(text).toMatch(/^HTTP\/1\.1 101 /)
      const { closeCode } = framesIn(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1'))
      expect(MAY_CLOSE_WITH).toContain(closeCode)
    })
  })
})

describe('HTTP requests', () => {
  it('changed, cut or made up, are answered in our words or closed', { timeout: TIMEOUT_MS }, async () => {
    const body = Buffer.from(draft)
    const whole = Buffer.concat([
      Buffer.from(
        requestText(server.port, 'POST /rooms/fuzz/messages', [
          'Content-Type: application/json',
          'Connection: close',
          `Content-Length: ${body.length}`,
        ]),
      ),
      body,
    ])
    const inputs = fc.oneof(
      { weight: 4, arbitrary: damaged(whole) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    )
    await attack(0.2, inputs, async (bytes) => {
      const { statuses, isClosed, text } = await exchange(server.port, bytes, { end: true })
      expect(isClosed).toBe(true)
      for (const status of statuses) {
        if (status === 503) expect(text).toContain('too-many-rooms')
        else expect(status === 200 || status === 201 || (status >= 400 && status < 500), text).toBe(true)
      }
    })
  })
})

describe('drafts', () => {
  /** By the letter of protocol.md, and not by the code that is tried; what is unseen has tests of its own (names.test.ts). */
  function isDraft(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const { draftId, author, text } = value as Record<string, unknown>
    const isName = (name: unknown) =>
      typeof name === 'string' &&
      name.trim() !== '' &&
      name.length <= MAX_NAME_LENGTH &&
      [...name].every((char) => char >= ' ' && !(char >= '\x7f' && char < '\xa0'))
    return (
      Object.keys(value).sort().join() === 'author,draftId,text' &&
      isName(draftId) &&
      isName(author) &&
      !hidesSomething(author as string) &&
      typeof text === 'string' &&
      text !== '' &&
      Buffer.byteLength(text) <= MAX_TEXT_BYTES
    )
  }

  it('are taken exactly when they are drafts', { timeout: TIMEOUT_MS }, async () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 70 }),
      fc.string({ minLength: 1, maxLength: 20 }),
    )
    const field = fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.jsonValue() })
    const key = fc.constantFrom('draftId', 'author', 'text', '__proto__', 'constructor', 'seq', 'toString')
    const inputs = fc.oneof(
      { weight: 3, arbitrary: fc.record({ draftId: field, author: field, text: field }) },
      { weight: 2, arbitrary: fc.array(fc.tuple(key, field)).map((fields) => Object.fromEntries(fields)) },
      { weight: 1, arbitrary: fc.jsonValue() },
    )
    await attack(0.2, inputs, async (value) => {
      const asSent = JSON.parse(JSON.stringify(value)) as unknown
      const { status } = await post(value)
      // 409: the same author and draftId came before, with another text.
      if (isDraft(asSent)) expect([201, 409]).toContain(status)
      else expect([400, 413]).toContain(status)
    })
  })
})

describe('places to read from', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://${server.at}/transports/${path}`, { headers })
  const printable = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  })
  const nearly = fc
    .tuple(
      fc.stringMatching(/^[a-z0-9]{0,34}$/),
      fc.constantFrom(':', '', '::', '%'),
      fc.stringMatching(/^-?[0-9]{0,17}$/),
    )
    .map((parts) => parts.join(''))

  it('are taken exactly when they look like cursors', { timeout: TIMEOUT_MS }, async () => {
    await attack(0.1, fc.oneof(fc.string({ unit: 'binary' }), printable, nearly), async (cursor) => {
      const { status } = await get(`short-polling/rooms/fuzz/messages?since=${encodeURIComponent(cursor)}`)
      expect(status).toBe(/^[a-z0-9]{1,32}:(0|[1-9][0-9]{0,14})$/.test(cursor) ? 200 : 400)
    })
  })

  it('whatever else is asked for, the answer is a page or a refusal', { timeout: TIMEOUT_MS }, async () => {
    const pair = fc.tuple(
      fc.constantFrom('since', 'wait', 'x', '__proto__', 'since[]', 'constructor.x'),
      printable,
    )
    const inputs = fc.oneof(
      printable,
      fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.map((two) => two.join('=')).join('&')),
    )
    await attack(0.1, inputs, async (query) => {
      const response = await get(`short-polling/rooms/fuzz/messages?${query.replaceAll('#', '')}`)
      expect([200, 400]).toContain(response.status)
      expect(await response.json()).toHaveProperty(response.status === 200 ? 'cursor' : 'code')
    })
  })
})

it('after all this, the log has drafts only, the honest have read all, and the process is quiet', async () => {
  let since = ''
  for (let more = true; more; ) {
    const read = await fetch(`http://${server.at}/transports/short-polling/rooms/fuzz/messages?${since}`)
    const page = (await read.json()) as { messages: Record<string, unknown>[]; cursor: string; more: boolean }
    for (const { seq: _seq, publishedAt: _at, ...rest } of page.messages)
      expect(() => parseDraft(rest)).not.toThrow()
    since = `since=${page.cursor}`
    more = page.more
  }
  await honest.expectUnharmed()
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
  expect((await server.figures()).polluted).toEqual([])
})
