/** Copies of servers on a real etcd whose log is trimmed; and what they cost etcd. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Giver } from '../../../hub/shared/copy/giver.ts'
import { type Question, questionIn } from '../../../hub/shared/copy/questions.ts'
import { takeFrom } from '../../../hub/shared/copy/taker.ts'
import { ENTRY_BYTES } from '../../../store/engine/engine.ts'
import { type EtcdLog, openEtcdEngine } from '../../../store/engine/etcd/etcd.ts'
import { createMemoryStore } from '../../../store/memory.ts'
import type { Store } from '../../../store/store.ts'
import { skipLoudly } from '../../proxies/programs.ts'
import { ETCD, type Etcd, startEtcd } from '../etcd-server.ts'
import { declareCopies, LIMIT_MS, WAIT } from './copies-suite.ts'

if (ETCD === null) skipLoudly('etcd', 'etcd-server')

describe.runIf(ETCD)('servers on one etcd', { timeout: LIMIT_MS }, () => {
  declareCopies(async () => {
    const etcd = await startEtcd()
    return {
      open: (name, giveUpMs) => openEtcdEngine(etcd.address, { prefix: `${name}/`, giveUpMs }),
      // Its database: the write-ahead log beside it has what was written last, until etcd lets go of that file.
      folder: join(etcd.servers[0]!.folder, 'member', 'snap'),
      stop: () => etcd.stop(),
    }
  }, ['long-polling', 'sse', 'websocket'])
})

const MIB = 1024 * 1024
let etcd: Etcd | null = null
const opened: EtcdLog[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  await etcd?.stop()
  etcd = null
})

async function open(): Promise<EtcdLog> {
  const one = await openEtcdEngine(etcd!.address, { giveUpMs: 60_000 })
  opened.push(one)
  return one
}

/** The keys that are there beside the log. */
async function keysBeside(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${etcd!.servers[0]!.port}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({
      key: Buffer.from('transport-lab/').toString('base64'),
      range_end: Buffer.from('transport-lab0').toString('base64'),
      keys_only: true,
    }),
  })
  const { kvs } = (await response.json()) as { readonly kvs: readonly { readonly key: string }[] }
  const names = kvs.map(({ key }) => Buffer.from(key, 'base64').toString())
  return names.filter((name) => /^transport-lab\/[qr]\//.test(name))
}

/** A store of some pieces of a copy. */
function filled(log: string, messages: number): Store {
  const store = createMemoryStore()
  const text = 'x'.repeat(100_000)
  for (let seq = 1; seq <= messages; seq++) {
    const one = { seq, publishedAt: 1, draftId: `d${seq}`, author: 'ada', text }
    store.append([{ room: 'lobby', messages: [one] }], { log, applied: seq, followAfter: seq })
  }
  return store
}

const MESSAGES = 40

async function serveCopies(name: string, onPiece: (index: number) => void = () => {}): Promise<EtcdLog> {
  const way = await open()
  const store = filled(way.log, MESSAGES)
  const giver = new Giver({ store, after: () => () => {}, onGiven: () => {} })
  way.requests.serve(name, (body) => {
    const question = questionIn(body) as Question
    if (question.kind !== 'piece') return null
    onPiece(question.index)
    return giver.piece(question.copy, question.index)
  })
  return way
}

const take = (from: string, way: EtcdLog, store: Store, answerMs: number) =>
  takeFrom(from, {
    ...{ requests: way.requests, store, log: way.log, applied: 0, self: 'me', copy: `of-${from}`, answerMs },
    ...{ signal: new AbortController().signal, onPlace: () => {}, onTaken: () => {} },
  })

describe.runIf(ETCD)('questions by etcd', { timeout: LIMIT_MS }, () => {
  it('leave no key behind, whether they were answered or not', async () => {
    etcd = await startEtcd()
    const [asking, other] = [await open(), await open()]
    other.requests.serve('one', (question) => question)
    const ask = () => asking.requests.ask('one', Buffer.from('a'), 1_000).catch(() => null)
    await expect.poll(ask, WAIT).not.toBeNull()
    await expect(asking.requests.ask('absent', Buffer.from('a'), 20)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(await asking.requests.askAll(Buffer.from('a'), 500)).toHaveLength(1)
    await expect.poll(keysBeside, WAIT).toEqual([])
  })

  it('do not fill its space: far more passes through it than it has room for', async () => {
    etcd = await startEtcd(1, ['--quota-backend-bytes', String(32 * MIB)])
    const [asking, other] = [await open(), await open()]
    const piece = new Uint8Array(ENTRY_BYTES).fill(65)
    other.requests.serve('one', () => piece)
    for (let passed = 0; passed < 96 * MIB; passed += piece.length) {
      const answer = await asking.requests.ask('one', Buffer.from('next'), 20_000)
      expect(answer.length).toBe(piece.length)
    }
    expect(await asking.append({ id: 'behind', body: piece })).toBe(1)
  })

  it('do not come to a server that reads the log only: a copy is no burden to the others', async () => {
    etcd = await startEtcd()
    const received: string[] = []
    const plain = globalThis.fetch
    const [asking, other] = [await open(), await open()]
    // The third one's way to etcd, with its ear at it.
    globalThis.fetch = async (...all) => {
      const response = await plain(...all)
      if (!String(all[0]).endsWith('/v3/watch')) return response
      const heard = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          received.push(Buffer.from(chunk).toString())
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body!.pipeThrough(heard), response)
    }
    try {
      const third = await open()
      const texts: string[] = []
      third.follow(0, { onEntry: (_place, body) => texts.push(Buffer.from(body).toString()), onEnd() {} })
      await asking.append({ id: 'first', body: Buffer.from('first') })
      await expect.poll(() => texts, WAIT).toEqual(['first'])
      await asking.append({ id: 'second', body: Buffer.from('second') }) // by then it watches
      await expect.poll(() => received.join(''), WAIT).toContain(Buffer.from('second').toString('base64'))
      globalThis.fetch = plain
      other.requests.serve('one', () => new Uint8Array(ENTRY_BYTES))
      const ask = () => asking.requests.ask('one', Buffer.from('a'), 1_000).catch(() => null)
      await expect.poll(ask, WAIT).not.toBeNull()
      await asking.append({ id: 'third', body: Buffer.from('third') })
      await expect.poll(() => texts, WAIT).toEqual(['first', 'second', 'third'])
      expect(received.join('').length).toBeLessThan(ENTRY_BYTES / 10)
    } finally {
      globalThis.fetch = plain
    }
  })

  it('bring a copy of another server when the first dies in the middle of its own: until then nothing has changed', async () => {
    etcd = await startEtcd()
    const dying: EtcdLog = await serveCopies('dying', (index) => {
      if (index === 5) void dying.close()
    })
    await serveCopies('alive')
    const way = await open()
    const store = filled(way.log, 1)
    await expect(take('dying', way, store, 300)).rejects.toThrow('the server dying does not answer')
    expect(store.place()).toMatchObject({ applied: 1 })
    expect(await take('alive', way, store, 10_000)).toMatchObject({ applied: MESSAGES, messages: MESSAGES })
    expect(store.place()).toMatchObject({ applied: MESSAGES })
  })

  it('go on by another member when the one that was asked stands still, and so does the bus', async () => {
    etcd = await startEtcd(3)
    const [asking, other] = [await open(), await open()]
    other.requests.serve('one', (question) => question)
    const ask = () =>
      asking.requests.ask('one', Buffer.from('a'), 1_000).then(
        () => true,
        () => false,
      )
    const heard: string[] = []
    other.bus.subscribe((body) => heard.push(Buffer.from(body).toString()))
    const isHeard = (word: string) => () => {
      asking.bus.publish(Buffer.from(word))
      return heard.at(-1)
    }
    await expect.poll(ask, WAIT).toBe(true)
    await expect.poll(isHeard('before'), WAIT).toBe('before')
    etcd.servers[0]!.freeze() // the first that is named is the one that both ask
    asking.follow(0, { onEntry() {}, onEnd() {} })
    other.follow(0, { onEntry() {}, onEnd() {} }) // as each server does: it looks whether its member answers
    await expect.poll(ask, WAIT).toBe(true)
    await expect.poll(isHeard('after'), WAIT).toBe('after')
    etcd.servers[0]!.thaw()
  })
})
