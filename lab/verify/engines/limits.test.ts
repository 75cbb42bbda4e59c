/** Several labs on one log, and a client that goes from one to the next: it gets what one of them would give. The clock is turned by hand. */
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SILENT_MS } from '../../server/limits/shared/counts.ts'
import { TELL_MS } from '../../server/limits/shared/link.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import { dial, exchange, requestText } from '../attacks/raw.ts'
import { createBrowserLike, PASSPHRASE, tokenOf } from '../kit/browser-like.ts'
import { createManualClock, type ManualClock } from '../kit/manual-clock.ts'
import { comesTrue, type LabOfMany, type Labs, startLabs } from './labs.ts'

const PER_SECOND = 10
const BURST = 20
const CAP = 8

let labs: Labs | null = null
const sockets: Socket[] = []
let count = 0
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await labs?.close()
  labs = null
})

async function start(isBehindProxy = true): Promise<{ all: readonly LabOfMany[]; clock: ManualClock }> {
  const clock = createManualClock()
  labs = await startLabs(3, undefined, {
    options: {
      ...{ clock, messagesPerSecond: PER_SECOND },
      // Each request comes from the address that it names.
      ...(isBehindProxy && { trust: trustFrom(['1']) }),
      ...(!isBehindProxy && { connections: { perAddress: CAP, total: 1_000 } }),
    },
  })
  // Only a server that is not behind counts what comes by the log.
  await expect.poll(() => labs!.all.map(({ hub }) => hub.readiness?.status)).toEqual(['ok', 'ok', 'ok'])
  return { all: labs.all, clock }
}

const EVE = '203.0.113.7'
let addresses = 0
const another = () => `198.51.${100 + Math.floor(addresses / 250)}.${addresses++ % 250}`

/** Posts so many drafts, one after the other. @returns how many of them were within the limit */
async function post(
  { server }: LabOfMany,
  times: number,
  from: () => string = () => EVE,
  token?: string,
  text = 'more',
): Promise<number> {
  let taken = 0
  for (let i = 0; i < times; i++) {
    const { status } = await fetch(`${server.url}/rooms/lobby/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': from(),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ draftId: `d${count++}`, text, ...(token === undefined && { author: 'eve' }) }),
    })
    if (status !== 429) taken++
  }
  return taken
}

describe('the limit on messages', () => {
  it('of an address is one over all servers', async () => {
    const { all, clock } = await start()
    expect(await post(all[0]!, 15)).toBe(15)
    await clock.pass(TELL_MS)
    expect(await post(all[1]!, 10)).toBe(5)
    await clock.pass(TELL_MS)
    expect(await post(all[2]!, 10)).toBeLessThanOrEqual(2)
    await clock.pass(10_000)
    expect(await post(all[2]!, 30)).toBe(BURST)
  })

  it('of an address counts what was refused for another reason too', async () => {
    const { all, clock } = await start()
    expect(await post(all[0]!, BURST, () => EVE, undefined, '')).toBe(BURST)
    await clock.pass(TELL_MS)
    expect(await post(all[1]!, 5)).toBe(0)
  })

  it('of a person who has many addresses is one too, and by the log alone', async () => {
    const { all, clock } = await start()
    const token = await tokenOf(all[0]!.server.url, 'Eve')
    await clock.pass(5_000)
    expect(await post(all[0]!, 15, another, token)).toBe(15)
    await labs!.settle()
    // The clock stands still: no notice has been given.
    expect(await post(all[1]!, 10, another, token)).toBe(5)
    await labs!.settle()
    expect(await post(all[2]!, 10, another, token)).toBe(0)
  })

  it('of a person is charged once for what comes by the log and was admitted before', async () => {
    const { all, clock } = await start()
    const token = await tokenOf(all[0]!.server.url, 'Eve')
    await clock.pass(5_000)
    expect(await post(all[0]!, 8, another, token)).toBe(8)
    await labs!.settle()
    await clock.pass(TELL_MS)
    // 8 are charged, and not 16.
    expect(await post(all[1]!, BURST, another, token)).toBeGreaterThanOrEqual(BURST - 8)
  })

  it('of a person counts by notice what does not come by the log', async () => {
    const { all, clock } = await start()
    const token = await tokenOf(all[0]!.server.url, 'Eve')
    await clock.pass(5_000)
    expect(await post(all[0]!, BURST, another, token, '')).toBe(BURST)
    await clock.pass(TELL_MS)
    expect(await post(all[1]!, 5, another, token)).toBe(0)
  })
})

it('tries to sign in are counted over all servers', async () => {
  const { all, clock } = await start()
  await tokenOf(all[0]!.server.url, 'Emmy')
  await labs!.settle()
  await clock.pass(5_000)
  const statuses: number[] = []
  for (let i = 0; i < 15; i++) {
    const from = { 'x-forwarded-for': EVE }
    const { server } = all[i % 3]!
    const body = { name: 'Emmy', passphrase: `no ${PASSPHRASE}` }
    statuses.push((await createBrowserLike(server.url).ask('POST', '/session', body, from)).status)
    await clock.pass(TELL_MS)
  }
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)])
})

describe('the connections of an address', () => {
  const ask = (lab: LabOfMany) =>
    exchange(lab.server.port, requestText(lab.server.port, 'GET /healthz', ['Connection: close']))
  const take = async ({ server }: LabOfMany, many: number) => {
    for (let i = 0; i < many; i++) {
      const socket = await dial(server.port)
      socket.resume()
      socket.write(requestText(server.port, 'GET /transports/sse/rooms/lobby/events'))
      sockets.push(socket)
    }
  }

  it('are capped over all servers, and those of a server that ends or falls silent are free again', async () => {
    const { all, clock } = await start(false)
    await take(all[0]!, 3)
    await take(all[1]!, CAP - 3)
    await expect.poll(() => all.map(({ hub }) => hub.followers)).toEqual([3, CAP - 3, 0])
    await clock.pass(TELL_MS)
    for (const lab of all) expect(await ask(lab)).toMatchObject({ statuses: [503], isClosed: true })
    expect((await ask(all[2]!)).text).toContain('too-many-connections')
    sockets[0]!.destroy()
    await expect.poll(() => all[0]!.hub.followers).toBe(2)
    await clock.pass(TELL_MS)
    expect(await ask(all[2]!)).toMatchObject({ statuses: [200] })
    await all[1]!.stop()
    await clock.pass(SILENT_MS)
    for (const lab of [all[0]!, all[2]!]) expect(await ask(lab)).toMatchObject({ statuses: [200] })
  })
})

it('files on their way are counted by address over all servers', async () => {
  const { all, clock } = await start()
  const begin = async ({ server }: LabOfMany) => {
    const socket = await dial(server.port)
    sockets.push(socket)
    let text = ''
    socket.on('data', (data) => (text += data))
    const path = '/rooms/lobby/files?draftId=f1&author=eve&name=a.txt'
    const head = ['Content-Type: text/plain', 'Content-Length: 100', `X-Forwarded-For: ${EVE}`]
    socket.write(`${requestText(server.port, `POST ${path}`, head)}half`)
    return { socket, status: () => /HTTP\/1\.1 (\d{3})/.exec(text)?.[1] }
  }
  for (let i = 0; i < 4; i++) await begin(all[i % 2]!)
  await expect
    .poll(async () => {
      await clock.pass(TELL_MS)
      const { socket, status } = await begin(all[2]!)
      await comesTrue(() => status() !== undefined, 100) // one that is let in waits for the rest of its bytes
      socket.destroy()
      return status()
    })
    .toBe('429')
})
