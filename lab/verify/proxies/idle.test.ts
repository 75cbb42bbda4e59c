/**
 * Proxies that cut a line on which nothing comes: what our heartbeats are for, and what happens without.
 *
 * The proxies' limit is set to some seconds, and the heartbeat to less. That a line has lasted is counted in
 * heartbeats that came over it, and not in time: a busy machine makes the test longer, and not red.
 */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { apache, installs, KINDS, lighttpd } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import type { ProxyKind } from './proxy.ts'
import { openProxyBench, type ProxyBench, TIMEOUT } from './proxy-bench.ts'

/** The proxy's limit, in seconds: long enough for a machine that stands still for a moment. */
const LIMIT_S = 3
/** In milliseconds. */
const HEARTBEAT_MS = 250
/** Heartbeats in twice the limit. */
const ENOUGH = (2 * LIMIT_S * 1_000) / HEARTBEAT_MS
/** A heartbeat that never comes, as far as a test can see, in milliseconds. */
const NEVER_MS = 3_600_000
const STREAMS: readonly TransportName[] = OVER_HTTP.filter((name) => !name.endsWith('polling'))
const ROOM = 'quiet'

const benches: ProxyBench[] = []
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()))
})
async function open(kind: ProxyKind, heartbeatMs: number): Promise<ProxyBench> {
  const bench = await openProxyBench(kind, { changes: kind.idleLimit(LIMIT_S), lab: { heartbeatMs } })
  benches.push(bench)
  return bench
}

// Varnish is not among them: its limits are two, one of a parameter of the program and not of its file.
const LIMITED: readonly ProxyKind[] = [...KINDS, ...[apache, lighttpd].filter(installs)]
const installed = LIMITED.filter(({ program }) => find(program))
for (const { program } of KINDS) if (!find(program)) skipLoudly(program, program)

describe(`where a line is cut after ${LIMIT_S} s of silence`, { timeout: 60_000 }, () => {
  it('heartbeats keep streams, and short holds keep polls', async () => {
    await Promise.all(
      installed.map(async (kind) => {
        const bench = await open(kind, HEARTBEAT_MS)
        const socket = bench.openSocket(bench.at(`/transports/websocket/rooms/${ROOM}/socket`, 'wss'))
        const stream = await bench.fetch(bench.at(`/transports/sse/rooms/${ROOM}/events`))
        let pulses = 0
        socket.on('message', (data) => (pulses += String(data).includes('heartbeat') ? 1 : 0))
        const [polls] = await Promise.all([
          pollThrice(bench, LIMIT_S * 0.6),
          expect.poll(() => pulses, TIMEOUT).toBeGreaterThanOrEqual(ENOUGH),
          countHeartbeats(stream, ENOUGH),
        ])
        expect(polls, kind.program).toEqual([200, 200, 200])
        socket.terminate()
      }),
    )
  })

  it('without heartbeats streams are cut, and readers come back without a loss', async () => {
    await Promise.all(
      installed.map(async (kind) => {
        const bench = await open(kind, NEVER_MS)
        const socket = bench.openSocket(bench.at(`/transports/websocket/rooms/${ROOM}/socket`, 'wss'))
        const closed = once(socket, 'close')
        const clients = await bench.joinAll(STREAMS, ROOM)
        expect((await closed)[0], kind.program).toBe(1006) // no close frame: neither end has said goodbye
        for (const { name, client } of clients)
          await expect.poll(() => client.figures.reconnects, { ...TIMEOUT, message: name }).toBeGreaterThan(0)
        bench.server.say(ROOM, 'still here?')
        await bench.allHaveRead(['still here?'])
        bench.expectUnharmed()
      }),
    )
  })

  it('a poll that is held for longer than the limit gets an answer that is not ours', async () => {
    await Promise.all(
      installed.map(async (kind) => {
        const bench = await open(kind, NEVER_MS)
        expect(await pollOnce(bench, 20), kind.program).toBeOneOf([502, 504])
      }),
    )
  })
})

/** @returns the status of a poll for which there is nothing to say */
async function pollOnce(bench: ProxyBench, waitS: number): Promise<number> {
  const url = bench.at(`/transports/long-polling/rooms/${ROOM}/messages`)
  const { cursor } = (await (await bench.fetch(url)).json()) as { readonly cursor: string }
  const answer = await bench.fetch(`${url}?since=${cursor}&wait=${waitS}`)
  await answer.text()
  return answer.status
}

async function pollThrice(bench: ProxyBench, waitS: number): Promise<number[]> {
  const statuses: number[] = []
  while (statuses.length < 3) statuses.push(await pollOnce(bench, waitS))
  return statuses
}

/** Reads until so many comments have come; a stream that ends before that has failed. */
async function countHeartbeats(stream: Response, enough: number): Promise<void> {
  const reader = stream.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while ((text.match(/^:$/gm)?.length ?? 0) < enough) {
    const { done, value } = await reader.read()
    expect(done, `the stream ended after ${text.length} bytes`).toBe(false)
    text += decoder.decode(value, { stream: true })
  }
}
