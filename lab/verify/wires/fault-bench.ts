/** For the tests of faults: one line over real sockets, with a client, a server, and a clock that a test turns. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../wire/clock.ts'
import { createRandom } from '../../wire/random.ts'
import type { SettingValues } from '../../wires/control.ts'
import { FAULTS } from '../../wires/faults/catalogue.ts'
import { settingsFrom } from '../../wires/faults/fault.ts'
import { Line } from '../../wires/line.ts'

export interface FaultBench {
  readonly line: Line
  readonly client: Socket
  /** The server's end. */
  readonly peer: Socket
  /** What has reached each end, as Latin-1. */
  readonly got: () => string
  readonly received: () => string
  /** Bytes that the fault has swallowed. */
  readonly dropped: () => number
  begin(fault: string, settings?: SettingValues, isNewcomer?: boolean): () => void
  close(): Promise<void>
}

/** @param clock by which faults take their time */
export async function openFaultBench(clock: Clock): Promise<FaultBench> {
  const servers: Server[] = []
  const listen = (onSocket: (socket: Socket) => void) =>
    new Promise<number>((resolve) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket)
      servers.push(server)
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  const texts = { got: '', received: '' }
  const peers = deferred<Socket>()
  const lines = deferred<Line>()
  let dropped = 0

  const serverPort = await listen((peer) => {
    peer.on('error', () => {})
    peer.setEncoding('latin1').on('data', (text: string) => (texts.received += text))
    peers.resolve(peer)
  })
  const lanePort = await listen((client) => {
    const server = connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const line = new Line({ client, server })
    line.toServer.onDropped = line.toClient.onDropped = (bytes) => (dropped += bytes)
    lines.resolve(line)
  })
  const client = connect({ port: lanePort, host: '127.0.0.1', noDelay: true })
  client.on('error', () => {})
  client.setEncoding('latin1').on('data', (text: string) => (texts.got += text))
  const [peer, line] = await Promise.all([peers.promise, lines.promise])

  return {
    ...{ line, client, peer },
    got: () => texts.got,
    received: () => texts.received,
    dropped: () => dropped,
    begin(name, given = {}, isNewcomer = true) {
      const fault = FAULTS.find(({ about }) => about.name === name)!
      const run = fault.begin(settingsFrom(fault.about, given), { clock, random: createRandom(7) })
      return run.touch(line, isNewcomer) ?? (() => {})
    },
    async close() {
      for (const socket of [client, peer]) socket.destroy()
      line.drop('end')
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

/** Node 20 has no Promise.withResolvers. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
