/** The log on a real etcd that is killed, has no majority, is full, compacted, or not what the lab relies on. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../store/engine/engine.ts'
import { type EtcdOptions, openEtcdEngine } from '../../store/engine/etcd/etcd.ts'
import { freePorts } from '../kit/network/ports.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { say } from './case.ts'
import { ETCD, type Etcd, startEtcd } from './etcd-server.ts'
import { collect, GIVE_UP_MS, more, writeThrough } from './through-trouble.ts'

const LIMIT_MS = 240_000
const b64 = (text: string) => Buffer.from(text).toString('base64')

if (ETCD === null) skipLoudly('etcd', 'etcd-server')

let etcd: Etcd | null = null
let pretended: Server | null = null
const open: Engine[] = []
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close()
  await etcd?.stop()
  etcd = null
  pretended?.close()
  pretended = null
})

async function opened(options: EtcdOptions = {}, address = etcd!.address): Promise<Engine> {
  const engine = await openEtcdEngine(address, { giveUpMs: GIVE_UP_MS, ...options })
  open.push(engine)
  return engine
}
/** Asks one member, past the lab. */
async function ask(path: string, body: object, member = 0): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${etcd!.servers[member]!.port}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return (await response.json()) as Record<string, unknown>
}

/** The member that leads, by its place among them. */
async function leader(): Promise<number> {
  let found = -1
  await expect
    .poll(
      async () => {
        const all = await Promise.all(
          [0, 1, 2].map((i) => ask('maintenance/status', {}, i).catch(() => null)),
        )
        found = all.findIndex((one) => {
          const { leader, header } = (one ?? {}) as { leader?: string; header?: { member_id: string } }
          return leader !== undefined && leader === header?.member_id
        })
        return found
      },
      { timeout: GIVE_UP_MS },
    )
    .toBeGreaterThanOrEqual(0)
  return found
}

describe.runIf(ETCD)('a log on an etcd', { timeout: LIMIT_MS }, () => {
  it('of one member that is killed twice loses nothing that was acknowledged, and each server goes on by itself', async () => {
    etcd = await startEtcd()
    const [server] = etcd.servers
    const {
      told,
      reconnects: [reconnects],
    } = await writeThrough(opened, async (acknowledged) => {
      for (let kills = 0; kills < 2; kills++) {
        await more(acknowledged, 30)
        await server!.kill()
        await server!.start()
      }
      await more(acknowledged, 30)
    })
    expect(told).toEqual(told.map((_, i) => (i % 2 === 0 ? 'away' : 'back')))
    expect(reconnects).toBeGreaterThanOrEqual(2)
  })

  it('of three members whose leader is killed, and then frozen, loses nothing that was acknowledged', async () => {
    etcd = await startEtcd(3)
    await writeThrough(opened, async (acknowledged) => {
      await more(acknowledged, 30)
      const server = etcd!.servers[await leader()]!
      await server.kill()
      await more(acknowledged, 30)
      await server.start()
      const next = etcd!.servers[await leader()]!
      next.freeze()
      await more(acknowledged, 30)
      next.thaw()
      await more(acknowledged, 30)
    })
  })

  it('without a majority takes nothing and says so; with it again, the entry that was tried is there once', async () => {
    etcd = await startEtcd(3)
    const engine = await opened({ giveUpMs: 500 })
    const follower = collect(engine)
    await say(engine, 'before')
    const [, a, b] = etcd.servers
    await Promise.all([a!.kill(), b!.kill()])
    await expect(say(engine, 'tried', 'tried')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(engine.newest()).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all([a!.start(), b!.start()])
    const again = () => say(engine, 'tried', 'tried').catch(() => null)
    await expect.poll(again, { timeout: GIVE_UP_MS }).not.toBeNull()
    await say(await opened(), 'after')
    await expect
      .poll(() => [...follower.byPlace.values()], { timeout: GIVE_UP_MS })
      .toEqual(['before', 'tried', 'after'])
  })

  it('that is full refuses and says so, is read on, and takes entries again when there is room', async () => {
    etcd = await startEtcd(1, ['--quota-backend-bytes', String(16 * 1024 * 1024)])
    const engine = await opened()
    const follower = collect(engine)
    const fill = (id: string) => engine.append({ id, body: new Uint8Array(200 * 1024).fill(65) })
    let refused: unknown = null
    let taken = 0
    for (; refused === null && taken < 200; taken++)
      await fill(`fill-${taken}`).catch((error) => (refused = error))
    expect(refused).toMatchObject({ code: 'full', message: expect.stringContaining('--quota-backend-bytes') })
    const newest = await engine.newest()
    await expect.poll(() => follower.byPlace.size, { timeout: GIVE_UP_MS }).toBe(newest)
    await engine.trim(newest + 1)
    const { alarms } = (await ask('maintenance/alarm', { action: 'GET' })) as {
      alarms: { memberID: string }[]
    }
    for (const { memberID } of alarms)
      await ask('maintenance/alarm', { action: 'DEACTIVATE', memberID, alarm: 'NOSPACE' })
    expect(await say(engine, 'room')).toBe(newest + 1)
    await expect.poll(() => follower.byPlace.get(newest + 1), { timeout: GIVE_UP_MS }).toBe('room')
  })

  it('that is compacted by another program goes on: for those who follow, and for those who come', async () => {
    etcd = await startEtcd()
    const [writer, other] = [await opened(), await opened()]
    const follower = collect(other)
    for (let i = 0; i < 20; i++) {
      await say(writer, `w${i}`)
      const { header } = (await ask('kv/range', { key: b64('x') })) as { header: { revision: string } }
      await ask('kv/compaction', { revision: header.revision, physical: true })
    }
    await expect.poll(() => follower.byPlace.size, { timeout: GIVE_UP_MS }).toBe(20)
    const late = collect(await opened())
    await expect.poll(() => late.byPlace.size, { timeout: GIVE_UP_MS }).toBe(20)
    expect([follower.end, late.end]).toEqual([null, null])
  })

  it('whose keys are deleted, or made again, is another log: followers and writers are told', async () => {
    etcd = await startEtcd()
    const engine = await opened()
    await say(engine, 'before')
    const follower = collect(engine)
    await expect.poll(() => follower.byPlace.size, { timeout: GIVE_UP_MS }).toBe(1)
    await ask('kv/deleterange', { key: b64('transport-lab/'), range_end: b64('transport-lab0') })
    const next = await opened()
    expect(next.log).not.toBe(engine.log)
    await expect.poll(() => follower.end, { timeout: GIVE_UP_MS }).toMatch(/the log is gone/)
    await expect(say(engine, 'after')).rejects.toMatchObject({ code: 'other-log' })
    expect(await next.newest()).toBe(0)
    await expect(opened({ log: engine.log })).rejects.toMatchObject({ code: 'other-log' })
  })

  it('has what was erased nowhere that etcd can be asked for it', async () => {
    etcd = await startEtcd()
    const engine = await opened()
    const place = await say(engine, 'a secret that shall go')
    const revision = ((await ask('kv/range', { key: b64('x') })) as { header: { revision: string } }).header
      .revision
    await say(engine, 'end')
    await engine.erase(place)
    const past = await ask('kv/range', {
      key: b64('transport-lab/'),
      range_end: b64('transport-lab0'),
      revision,
    })
    expect(past.error).toMatch(/compacted/)
    const now = await ask('kv/range', { key: b64('transport-lab/'), range_end: b64('transport-lab0') })
    expect(JSON.stringify(now)).not.toContain(b64('a secret that shall go'))
  })

  it('has what was trimmed nowhere in its database, however much it is; and what is left is whole', async () => {
    etcd = await startEtcd()
    const engine = await opened()
    const COUNT = 6_000 // more than are removed at once
    // Past the lab, a hundred by each transaction: one by one they would take a minute.
    for (let first = 1; first <= COUNT; first += 100) {
      const success = Array.from({ length: 100 }, (_, i) => ({
        request_put: {
          key: b64(`transport-lab/e/${String(first + i).padStart(16, '0')}`),
          value: b64(`entry ${first + i}, ${'a secret that shall go '.repeat(20)}`),
        },
      }))
      await ask('kv/txn', { success })
    }
    await ask('kv/put', { key: b64('transport-lab/head'), value: b64(String(COUNT)) })
    const last = await say(engine, 'the last')
    const database = () => readFileSync(join(etcd!.servers[0]!.folder, 'member', 'snap', 'db'))
    expect(database().includes('a secret that shall go')).toBe(true)
    await engine.trim(last)
    expect(database().includes('a secret that shall go')).toBe(false)
    expect(database().length).toBeLessThan(200_000)
    const [late, behind] = [collect(engine), collect(engine, last - 1)]
    await expect.poll(() => behind.byPlace.get(last), { timeout: GIVE_UP_MS }).toBe('the last')
    await expect.poll(() => late.end, { timeout: GIVE_UP_MS }).toMatch(/entry 1 of the log is gone/)
    await engine.trim(last) // nothing is left to remove
    expect(await engine.newest()).toBe(last)
  })

  it.each([
    ['keys of another program', 'hello', /belong to another program; give the lab an etcd of its own/],
    [
      'a log of another version of the lab',
      'Transport Lab, log abc, format 99',
      /another version of the lab.*format is 99/,
    ],
    ['a log whose head is lost', 'Transport Lab, log abc, format 1', /has lost its key “head”/],
  ])('that has %s is refused by a line', async (_what, about, line) => {
    etcd = await startEtcd()
    await ask('kv/put', { key: b64('transport-lab/about'), value: b64(about) })
    await expect(opened()).rejects.toMatchObject({ code: 'unusable', message: expect.stringMatching(line) })
  })

  it('that wants credentials is told them, and says so to one that has none or wrong ones, without a password in the line', async () => {
    etcd = await startEtcd()
    await ask('auth/user/add', { name: 'root', password: 's3cret' })
    await ask('auth/role/add', { name: 'root' })
    await ask('auth/user/grant', { user: 'root', role: 'root' })
    await ask('auth/enable', {})
    const [server] = etcd.servers
    await expect(opened({ giveUpMs: 500 })).rejects.toMatchObject({
      message: expect.stringMatching(/wants credentials/),
    })
    const wrong = opened({ giveUpMs: 500 }, `etcd://root:wr0ng@127.0.0.1:${server!.port}`)
    await expect(wrong).rejects.toMatchObject({
      message: expect.stringMatching(/does not take these credentials/),
    })
    await expect(wrong).rejects.not.toMatchObject({ message: expect.stringMatching(/wr0ng/) })
    const engine = await opened({}, `etcd://root:s3cret@127.0.0.1:${server!.port}`)
    const follower = collect(engine)
    await say(engine, 'let in')
    await expect.poll(() => follower.byPlace.get(1), { timeout: GIVE_UP_MS }).toBe('let in')
  })

  it('that is not there, or speaks no TLS where it is wanted, is refused by a line that says what to do', async () => {
    const [port] = await freePorts(1)
    await expect(opened({ giveUpMs: 200 }, `etcd://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/no etcd answers at http:\/\/127.0.0.1.*start one \(etcd\)/),
    })
    etcd = await startEtcd()
    const secure = `etcds://lab:s3cret@127.0.0.1:${etcd.servers[0]!.port}`
    await expect(opened({ giveUpMs: 200 }, secure)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/speaks no TLS, or is going away; nothing was said to it/),
    })
  })
})

it.each([
  ['3.3.27', /this is etcd 3\.3\.27; 3\.4 or newer is needed/],
  ['x', /this is etcd x; 3\.4 or newer is needed/],
])('an etcd that says that it is of the version %s is refused by a line', async (version, line) => {
  pretended = createServer((_request, response) => response.end(JSON.stringify({ etcdserver: version })))
  pretended.listen(0, '127.0.0.1')
  await once(pretended, 'listening')
  const { port } = pretended.address() as AddressInfo
  await expect(opened({ giveUpMs: 200 }, `etcd://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'unusable',
    message: expect.stringMatching(line),
  })
})
