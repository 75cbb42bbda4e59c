/**
 * What a reader meets whose requests reach two servers in turn: at Socket.IO in two processes, and at two labs on one log. Each cell
 * of the table in chapter 13 is a line here.
 *
 * Socket.IO's clients speak their protocol by hand (Engine.IO 4, Socket.IO 5: https://socket.io/docs/v4/), so that each
 * request is seen to go where it goes. Two servers in one process share nothing but that process; an adapter, which is how
 * Socket.IO's own servers tell each other, is left out: it needs an engine of its own beside them.
 */
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Labs, startLabs } from './labs.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Peer {
  readonly io: Server
  readonly port: number
}

/** With what it has for readers who come back: it remembers what they missed. */
async function startPeer(): Promise<Peer> {
  const http: HttpServer = createServer()
  const io = new Server(http, { serveClient: false, connectionStateRecovery: {} })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => io.close())
  return { io, port: (http.address() as AddressInfo).port }
}

const startPeers = async (): Promise<[Peer, Peer]> => [await startPeer(), await startPeer()]

const polling = (port: number, session = '') =>
  `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling${session}`

/** A client over WebSocket that has connected, and all that it was sent. */
async function openClient(port: number, recover = ''): Promise<{ socket: WebSocket; packets: string[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  closing.push(() => socket.terminate())
  const packets: string[] = []
  socket.on('error', () => {})
  socket.on('message', (data) => packets.push(String(data)))
  socket.on('open', () => socket.send(`40${recover}`))
  await expect.poll(() => packets.some((packet) => packet.startsWith('40'))).toBe(true)
  return { socket, packets }
}

const events = (packets: readonly string[]) => packets.filter((packet) => packet.startsWith('42'))

describe('Socket.IO 4.8.4 in two processes, without sticky sessions', () => {
  it('refuses a poll that reaches the other: a session is of one process', async () => {
    const [left, right] = await startPeers()
    const opened = await (await fetch(polling(left.port))).text()
    const { sid } = JSON.parse(opened.slice(1)) as { readonly sid: string }
    const next = await fetch(polling(right.port, `&sid=${sid}`), { method: 'POST', body: '40' })
    expect(next.status).toBe(400)
    expect(await next.json()).toEqual({ code: 1, message: 'Session ID unknown' })
    // At the one that knows it, the same poll is good.
    const stayed = await fetch(polling(left.port, `&sid=${sid}`), { method: 'POST', body: '40' })
    expect(stayed.status).toBe(200)
  })

  it('gives a client over WebSocket nothing of what is said at the other', async () => {
    const [left, right] = await startPeers()
    const { packets } = await openClient(left.port)
    right.io.emit('said', 'at the right one')
    left.io.emit('said', 'at the left one')
    await expect.poll(() => events(packets)).not.toEqual([])
    expect(events(packets)).toHaveLength(1)
    expect(events(packets)[0]).toContain('at the left one')
  })

  it('gives back what was missed at the same server, and not at the other', async () => {
    const [left, right] = await startPeers()
    const { socket, packets } = await openClient(left.port)
    left.io.emit('said', 'seen')
    await expect.poll(() => events(packets)).toHaveLength(1)
    const pid = /"pid":"([^"]+)"/.exec(packets.find((packet) => packet.startsWith('40'))!)?.[1]
    const offset = /,"([^"]+)"\]$/.exec(events(packets)[0]!)?.[1]
    expect([pid, offset].every((one) => one !== undefined)).toBe(true)
    socket.terminate()
    await expect.poll(() => left.io.sockets.sockets.size).toBe(0)
    left.io.emit('said', 'missed')
    const recover = JSON.stringify({ pid, offset })

    const elsewhere = await openClient(right.port, recover)
    right.io.emit('said', 'after')
    await expect.poll(() => events(elsewhere.packets)).toHaveLength(1)
    expect(events(elsewhere.packets)[0]).toContain('after')
    const back = await openClient(left.port, recover)
    await expect.poll(() => events(back.packets)).toHaveLength(1)
    expect(events(back.packets)[0]).toContain('missed')
  })
})

describe('two labs on one log, without sticky sessions', () => {
  interface Page {
    readonly messages: readonly { readonly text: string }[]
    readonly cursor: string
    readonly gap: boolean
  }
  let drafts = 0

  async function start(): Promise<{ labs: Labs; ports: readonly number[] }> {
    const labs = await startLabs(2)
    closing.push(() => labs.close())
    return { labs, ports: labs.all.map(({ server }) => server.port) }
  }
  const say = async (port: number, text: string) => {
    const body = JSON.stringify({ draftId: `d${drafts++}`, author: 'Ada', text })
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(`http://127.0.0.1:${port}/rooms/hall/messages`, {
      ...{ method: 'POST', headers, body },
    })
    expect(status).toBe(201)
  }
  const poll = async (port: number, cursor: string | null): Promise<Page> => {
    const since = cursor === null ? 'wait=0' : `since=${cursor}&wait=20`
    const url = `http://127.0.0.1:${port}/transports/long-polling/rooms/hall/messages?${since}`
    return (await (await fetch(url)).json()) as Page
  }

  it('a poll goes on at the other, and gets what was said at either', async () => {
    const { ports } = await start()
    await say(ports[0]!, 'begun')
    let { cursor } = await poll(ports[0]!, null)
    for (const [i, text] of ['one', 'two', 'three', 'four'].entries()) {
      const asked = poll(ports[(i + 1) % 2]!, cursor)
      await say(ports[i % 2]!, text)
      const page = await asked
      expect([page.messages.map((message) => message.text), page.gap]).toEqual([[text], false])
      cursor = page.cursor
    }
  })

  it('gives back what was missed, at the other, when the first has died', async () => {
    const { labs, ports } = await start()
    await say(ports[0]!, 'seen')
    const { cursor } = await poll(ports[0]!, null)
    await say(ports[0]!, 'missed')
    await labs.all[0]!.stop()
    const page = await poll(ports[1]!, cursor)
    expect([page.messages.map(({ text }) => text), page.gap]).toEqual([['missed'], false])
  })
})
