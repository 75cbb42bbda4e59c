/** The log on a real NATS that is killed, has no majority, or loses the stream: what was acknowledged is there, once and in order. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../store/engine/engine.ts'
import { type NatsOptions, openNatsEngine } from '../../store/engine/nats.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { say } from './case.ts'
import { NATS, type Nats, type NatsServer, startNats } from './nats-server.ts'
import { collect, GIVE_UP_MS, more, writeThrough } from './through-trouble.ts'

const LIMIT_MS = 240_000
const STREAM = 'TRANSPORT_LAB'
if (NATS === null) skipLoudly('nats-server', 'nats-server')

let nats: Nats | null = null
const open: Engine[] = []
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close()
  await nats?.stop()
  nats = null
})

async function opened(options: NatsOptions = {}): Promise<Engine> {
  const engine = await openNatsEngine(nats!.address, { giveUpMs: GIVE_UP_MS, ...options })
  open.push(engine)
  return engine
}

async function manager() {
  const connection = await connect({
    servers: nats!.address.split(',').map((one) => one.replace('nats://', '')),
  })
  const jsm = await jetstreamManager(connection, { timeout: 20_000 })
  return { jsm, close: () => connection.close() }
}

async function leader(): Promise<NatsServer> {
  const { jsm, close } = await manager()
  try {
    let name: string | undefined
    await expect
      .poll(async () => {
        name = (await jsm.streams.info(STREAM)).cluster?.leader
        return name
      })
      .toMatch(/^n\d$/)
    return nats!.servers[Number(name!.slice(1))]!
  } finally {
    await close()
  }
}

describe.runIf(NATS)('a log on a NATS', { timeout: LIMIT_MS }, () => {
  it('of one server that is killed twice loses nothing that was acknowledged, and each server goes on by itself', async () => {
    nats = await startNats()
    const [server] = nats.servers
    const { told, reconnects } = await writeThrough(opened, async (acknowledged) => {
      for (let kills = 0; kills < 2; kills++) {
        await more(acknowledged, 50)
        await server!.kill()
        await server!.start()
      }
      await more(acknowledged, 50)
    })
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told).toEqual(told.map((_, i) => (i % 2 === 0 ? 'away' : 'back')))
    expect(Math.min(...reconnects)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...reconnects)).toBe(2)
  })

  it('of three servers whose leader is killed loses nothing that was acknowledged', async () => {
    nats = await startNats(3)
    await writeThrough(
      (options) => opened({ replicas: 3, ...options }),
      async (acknowledged) => {
        await more(acknowledged, 50)
        const server = await leader()
        await server.kill()
        await more(acknowledged, 50)
        await server.start()
        await more(acknowledged, 50)
      },
    )
  })

  it('without a majority takes nothing and says so; with it again, the entry that was tried is there once', async () => {
    nats = await startNats(3)
    const engine = await opened({ replicas: 3, giveUpMs: 3_000 })
    const patient = await opened({ replicas: 3 })
    const first = await say(patient, 'before')
    const [a, b] = nats.servers
    await Promise.all([a!.kill(), b!.kill()])
    await expect(say(engine, 'tried', 'tried')).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all([a!.start(), b!.start()])
    const place = await say(patient, 'tried', 'tried')
    const end = await say(patient, 'end')
    const follower = collect(patient)
    await expect.poll(() => follower.byPlace.get(end), { timeout: GIVE_UP_MS }).toBe('end')
    expect([...follower.byPlace]).toEqual([
      [first, 'before'],
      [place, 'tried'],
      [end, 'end'],
    ])
  })

  it('whose stream is made again under way is another log: a follower is told, and does not wait at its old place', async () => {
    nats = await startNats()
    const engine = await opened({ giveUpMs: 1_000 })
    for (const word of ['ada', 'ben', 'cleo']) await say(engine, word)
    const follower = collect(engine)
    await expect.poll(() => follower.byPlace.size).toBe(3)
    const { jsm, close } = await manager()
    await jsm.streams.delete(STREAM)
    await close()
    const again = await opened()
    expect(again.log).not.toBe(engine.log)
    await expect.poll(() => follower.end, { timeout: GIVE_UP_MS }).toContain(`the log ${engine.log} is gone`)
    await expect(say(engine, 'for the old log')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await again.newest()).toBe(0)
  })

  it('has what was erased on no disk, and goes on behind it after a restart', async () => {
    nats = await startNats()
    const [server] = nats.servers
    const engine = await opened()
    await say(engine, 'what stays')
    const last = await say(engine, 'what must not stay')
    const onDisk = () => filesIn(server!.folder).some((file) => readFileSync(file).includes('must not stay'))
    await expect.poll(onDisk).toBe(true)
    await engine.erase(last)
    await expect.poll(onDisk).toBe(false)
    await server!.kill()
    await server!.start()
    const next = await say(engine, 'next')
    expect(next).toBe(last + 1)
    const follower = collect(engine, last)
    await expect.poll(() => follower.byPlace.get(next)).toBe('next')
  })
})

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
