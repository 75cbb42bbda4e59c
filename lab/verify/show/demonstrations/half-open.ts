/** A line that dies without a word: a socket that believes it is open, and a client that listens for heartbeats. */
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import { loadClient } from '../../../../transports/load-client.ts'
import { openProxy, type TcpProxy } from '../../../wires/proxy.ts'
import { createSkippingClock, type SkippingClock } from '../../kit/clock.ts'
import { createTestClient } from '../../kit/test-client.ts'
import { startTestServer } from '../../kit/test-server.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { missing, numbersInWords, type Recorder, valuesOf } from '../recording.ts'

/** Three times what the lab's client takes for dead. */
const SILENCE_MS = 90_000
const LIMIT_MS = 10_000

interface Client {
  readonly clock: SkippingClock
  /** What it says of its line. */
  state(): string
  close(): void
}

interface Listener {
  onText(text: string): void
  onState(state: string): void
}

type Connect = (proxy: TcpProxy, listener: Listener) => Promise<Client>

/** @param listensMs how long it may take to hear what was written into the silence; a limit, no wait, where it is heard */
const side = (name: string, connect: Connect, listensMs: number): Side => ({
  name,
  async play({ note, timeBy }: Recorder) {
    const server = await startTestServer()
    const proxy = await openProxy(() => server.port)
    const heard = new Set<number>()
    const client = await connect(proxy, {
      onText(text) {
        heard.add(Number(text))
        note('client', `gets number ${text}`, 'heard', Number(text))
      },
      onState: (state) => note('client', `is now: ${state}`),
    })
    timeBy(client.clock.now)
    const say = (number: number) => {
      note('server', `writes number ${number}`, 'written', number)
      server.say('tea', String(number))
    }
    try {
      await until(() => server.hub.room('tea').followers > 0)
      say(1)
      await until(() => heard.has(1))
      proxy.silence()
      note('network', 'goes silent, without a word')
      say(2)
      await pause(20)
      client.clock.skip(SILENCE_MS)
      await until(() => heard.has(2), listensMs)
      note('client', `says after ${SILENCE_MS / 1_000} s: ${client.state()}`)
    } finally {
      client.close()
      await proxy.close()
      await server.close()
    }
  },
})

async function until(isSo: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  for (const deadline = performance.now() + limitMs; !isSo() && performance.now() < deadline; ) await pause(5)
}

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']

const connectBare: Connect = async (proxy, { onText, onState }) => {
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/transports/websocket/rooms/tea/socket`)
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes)) as { page?: { messages: { text: string }[] } }
    for (const { text } of frame.page?.messages ?? []) onText(text)
  })
  socket.on('error', () => {})
  socket.on('open', () => onState('OPEN'))
  return {
    clock: createSkippingClock(),
    state: () => STATES[socket.readyState]!,
    close: () => socket.terminate(),
  }
}

const connectLab: Connect = async (proxy, { onText, onState }) => {
  const { client, clock } = createTestClient({
    ...{ name: 'Ada', transport: await loadClient('websocket'), since: null, random: Math.random },
    baseUrl: new URL(`http://127.0.0.1:${proxy.port}/transports/websocket/rooms/tea/`),
    ...{ proxy, cut: () => proxy.cut() },
  })
  client.onMessage(({ text }) => onText(text))
  client.onState(({ status }) => onState(status))
  client.connect()
  return { clock, state: () => client.state.status, close: () => client.close() }
}

export const halfOpen: Demonstration = {
  name: 'half-open',
  script: 'The network between a client and the server goes silent. Neither end is told.',
  defect: { collection: 'contract', name: 'the signal reaches the handshake only' },
  broken: side('waits for the socket to close', connectBare, 100),
  sound: side('gives up a line without heartbeats', connectLab, LIMIT_MS),
  judge(recording) {
    const lost = missing(valuesOf(recording, 'written'), valuesOf(recording, 'heard'))
    return lost.length > 0
      ? { isBroken: true, words: `${numbersInWords(lost)} never comes, and the client does not know` }
      : {
          isBroken: false,
          words: 'the client leaves the dead line, comes back by its cursor, and has missed nothing',
        }
  },
}
