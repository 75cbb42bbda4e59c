/** A transport that is no HTTP: handed in, on a port of its own, and treated like all the others. */
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { buildLab, type LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { createAccounts } from '../../people/accounts.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { ChatError } from '../../wire/errors.ts'
import { createServerMetrics } from '../observe/server-metrics.ts'
import { Pump } from '../transport-kit/pump.ts'
import type { TcpTransport } from '../transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../transport-kit/shutdown.ts'
import { IDENTIFY_MS, ListenError } from './listeners.ts'

const LIMIT_MS = 10_000

/** One line of JSON says who comes, each further one is a draft; pages and answers come back as lines. */
const lines: TcpTransport = {
  carriedBy: 'tcp',
  refuse: (socket, error) => void socket.write(`${JSON.stringify(error)}\n`),
  open(lab) {
    const listeners = shutdownListenersOn(lab.shutdown)
    return (socket) => {
      let take = begin
      createInterface(socket).on('line', (line) => {
        try {
          take(JSON.parse(line))
        } catch (error) {
          if (!(error instanceof ChatError)) throw error
          lab.metrics.refused(error, { address: socket.remoteAddress ?? '' })
          send(error)
          socket.end()
        }
      })
      function send(value: object) {
        socket.write(`${JSON.stringify(value)}\n`)
      }
      function begin({ room = '', token = null, clientId = null }: Record<string, string | null>) {
        const peer = lab.peerOf(socket, { room: room ?? '', token, clientId })
        const reader = lab.gateway.openReader(peer, room ?? '')
        const writer = lab.gateway.openWriter(peer, room ?? '')
        const onEnd = (why: ChatError) => void socket.end(`${JSON.stringify(why)}\n`)
        const pump = new Pump(reader, null, socket, { onPage: send, onEnd }, lab.metrics)
        listeners.add({ onShutdown: () => void socket.end('{"goAway":true}\n') })
        socket.once('close', () => pump.stop())
        take = (draft) => void writer.publish(draft).then((message) => send({ accepted: message }), send)
      }
    }
  },
}

const open: { close(): Promise<unknown> | unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function start(options: LabOptions = {}, transport: TcpTransport = lines) {
  const hub = new Hub()
  const metrics = createServerMetrics()
  const listening: [string, AddressInfo][] = []
  const app = await buildLab({
    ...{ hub, metrics },
    transports: new Map([['lines', transport]]),
    listen: [{ name: 'lines', host: '127.0.0.1', port: 0 }],
    onListening: (name, address) => listening.push([name, address]),
    ...options,
  })
  open.push(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, hub, metrics, listening, port: listening[0]?.[1].port ?? 0 }
}

/** A client, and all the lines that have come. */
function come(port: number, hello?: object) {
  const socket: Socket = connect(port, '127.0.0.1')
  const got: Record<string, unknown>[] = []
  createInterface(socket).on('line', (line) => got.push(JSON.parse(line) as Record<string, unknown>))
  socket.on('error', () => {})
  const say = (value: object) => socket.write(`${JSON.stringify(value)}\n`)
  if (hello) say(hello)
  open.push({ close: () => socket.destroy() })
  return { socket, got, say, closed: once(socket, 'close') }
}

const until = (isSo: () => void) => vi.waitFor(isSo, { timeout: LIMIT_MS })

describe('a transport that is carried by TCP', () => {
  it('reads and writes in the same rooms by the same rules', { timeout: 2 * LIMIT_MS }, async () => {
    const { app, hub, port } = await start()
    const ada = come(port, { room: 'lobby' })
    await until(() => expect(hub.followers).toBe(1))
    ada.say({ draftId: 'd1', author: 'Ada', text: 'by a socket' })
    await until(() => expect(ada.got.some(({ accepted }) => accepted)).toBe(true))
    const http = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/rooms/lobby/messages`
    const history = (await (await fetch(http)).json()) as { messages: { text: string }[] }
    expect(history.messages.map(({ text }) => text)).toEqual(['by a socket'])
    ada.say({ draftId: 'd2', author: 'Ada', text: '' })
    await until(() => expect(ada.got.at(-1)).toMatchObject({ code: 'bad-draft' }))
    ada.socket.destroy()
    await until(() => expect(hub.followers).toBe(0))
  })

  it('signs in by a token, which is refused when it does not hold, or in another room', async () => {
    const records = createMemoryRecords()
    const accounts = createAccounts(records)
    const { person } = accounts.signInAsGuest('Ada', null)
    const { secret } = accounts.giveToken(person, { label: 't', scopes: ['read', 'write'], room: 'lobby' })
    const { port } = await start({ records, accounts, signIn: true })
    const ada = come(port, { room: 'lobby', token: secret })
    ada.say({ draftId: 'd1', text: 'it is me' })
    await until(() =>
      expect(ada.got.at(-1)?.accepted ?? ada.got.at(-2)?.accepted).toMatchObject({ authorId: person.id }),
    )
    const eve = come(port, { room: 'lobby', token: `${secret}x` })
    await until(() => expect(eve.got).toMatchObject([{ code: 'not-signed-in' }]))
    const elsewhere = come(port, { room: 'garden', token: secret })
    await until(() => expect(elsewhere.got).toMatchObject([{ code: 'not-allowed' }]))
    const visitor = come(port, { room: 'lobby' })
    visitor.say({ draftId: 'd2', author: 'Eve', text: 'unsigned' })
    await until(() => expect(visitor.got.at(-1)).toMatchObject({ code: 'not-signed-in' }))
  })

  it('counts its writers against the rate limit of all transports', async () => {
    const { port } = await start({ messagesPerSecond: 1 })
    const ada = come(port, { room: 'lobby' })
    for (let n = 0; n < 4; n++) ada.say({ draftId: `d${n}`, author: 'Ada', text: 'hi' })
    await until(() => expect(ada.got.some(({ code }) => code === 'too-many-requests')).toBe(true))
  })

  it('counts its connections against the same caps, and says why it turns one away', async () => {
    const { app, port, metrics } = await start({ connections: { perAddress: 2, total: 10 } })
    const first = come(port, { room: 'lobby' })
    await until(() => expect(first.got).toHaveLength(1))
    const http = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    open.push({ close: () => http.destroy() })
    await once(http, 'connect')
    await until(() => expect(metrics.connections.sockets.size).toBe(2))
    const third = come(port)
    await third.closed
    expect(third.got).toMatchObject([{ code: 'too-many-connections' }])
    expect(metrics.refusals.get('too-many-connections')).toBe(1)
    first.socket.destroy()
    await until(() => expect(metrics.connections.sockets.size).toBe(1))
    const fourth = come(port, { room: 'lobby' })
    await until(() => expect(fourth.got).toHaveLength(1))
  })

  it('tells its readers that the server closes, and takes no more', async () => {
    const { app, port } = await start()
    const ada = come(port, { room: 'lobby' })
    await until(() => expect(ada.got).toHaveLength(1))
    await app.close()
    await ada.closed
    expect(ada.got.at(-1)).toEqual({ goAway: true })
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  it('lets a connection go that does not say whose it is', { timeout: IDENTIFY_MS + LIMIT_MS }, async () => {
    const { port, metrics } = await start()
    const silent = come(port)
    await silent.closed
    expect(silent.got).toEqual([])
    await until(() => expect(metrics.connections.sockets.size).toBe(0))
  })

  it('is logged and cut where it fails, and the server goes on', async () => {
    const failures: unknown[] = []
    const broken: TcpTransport = {
      carriedBy: 'tcp',
      open: () => () => {
        throw new Error('a fault of ours')
      },
    }
    const logger = {
      info() {},
      warn() {},
      refused() {},
      failed: (error: unknown) => void failures.push(error),
    }
    const { port } = await start({ metrics: createServerMetrics(logger) }, broken)
    await come(port).closed
    expect(failures).toEqual([new Error('a fault of ours')])
  })

  it('does not listen unless it is asked for, and one without a server half is no harm', async () => {
    const { listening } = await start({
      listen: [],
      transports: new Map<string, TcpTransport | { carriedBy: 'transports' }>([
        ['lines', lines],
        ['auto', { carriedBy: 'transports' }],
      ]),
    })
    expect(listening).toEqual([])
  })

  it('says which port could not be had', async () => {
    const { port } = await start()
    const listen = [{ name: 'lines', host: '127.0.0.1', port }]
    const second = start({ listen })
    await expect(second).rejects.toThrow(ListenError)
    await expect(second).rejects.toThrow(`lines cannot listen on 127.0.0.1:${port} (EADDRINUSE)`)
  })
})
