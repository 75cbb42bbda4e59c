/**
 * What a lane costs: the server's CPU time for each delivery, at its own port, behind a proxy without a tap, and at a lane
 * whose records are not read.
 *
 *     node --import tsx lab/verify/wires/cost.ts [readers] [messages] [rounds]
 *
 * It measures as the benchmark's fan-out does (benchmarks/scenarios/fan-out.ts): server and readers in processes of their own, user
 * and system time from before the first message until all have arrived. The three take turns, so that a machine that is busy for a
 * while is busy for all.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { LANES } from '../../../transports/descriptors.ts'
import { buildLab } from '../../app/build-lab.ts'
import { say } from '../../command/terminal.ts'
import { Hub } from '../../hub/hub.ts'
import { createLanes } from '../../server/wires/lanes.ts'
import { openProxy } from '../../wires/proxy.ts'
import { readingAddresses } from '../fifth/reading-address.ts'

const KINDS = ['own port', 'proxy without a tap', 'lane'] as const
type Kind = (typeof KINDS)[number]
/** Between two messages, so that each wakes every reader by itself. */
const BEAT_MS = 20
/** One stream per reader, whose pages are plain text: the transport that is read at this address. */
const NAME = [...(await readingAddresses())].find(([, { path }]) => path === 'events')![0]
const PATH = `/transports/${NAME}/rooms/bench/events`
const MARK = '"seq":'

if (process.send) await serve()
else await measure()

async function serve(): Promise<void> {
  const hub = new Hub()
  const lanes = createLanes({ names: LANES, firstPort: 0 })
  const app = await buildLab({ hub, lanes })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await lanes.open()
  const { port } = app.server.address() as AddressInfo
  const proxy = await openProxy(() => port)
  const lane = lanes.at.find(({ name }) => name === NAME)!
  const cpuUs = () => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
  let sent = 0
  process.on('disconnect', () => process.exit())
  process.on('message', async (messages: number) => {
    const before = cpuUs()
    for (let n = 0; n < messages; n++) {
      const draft = { draftId: `d${sent++}`, author: 'bench', text: 'x'.repeat(64) }
      hub.room('bench').publish(draft)
      await pause(BEAT_MS)
    }
    process.send!(before)
  })
  process.on('SIGUSR2', () => process.send!(cpuUs()))
  process.send!([port, proxy.port, lane.port])
}

async function measure(): Promise<void> {
  const [readers = 200, messages = 50, rounds = 7] = process.argv.slice(2).map(Number)
  const server = fork(import.meta.filename, [], { execArgv: ['--import', 'tsx'] })
  const ports = (await answer(server)) as number[]
  const figures = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [index, kind] of KINDS.entries()) {
      const us = await fanOut(server, ports[index]!, readers, messages)
      if (round >= 0) figures.get(kind)!.push(us) // the first warms up
    }
  }
  server.kill()
  const median = (kind: Kind) => figures.get(kind)!.sort((a, b) => a - b)[Math.floor(rounds / 2)]!
  const [own, plain, lane] = KINDS.map(median) as [number, number, number]
  for (const kind of KINDS) say(`${kind.padEnd(20)} ${median(kind).toFixed(2)} µs per delivery`)
  say(
    `the tap: ${(((lane - plain) / plain) * 100).toFixed(1)} % of a proxy's, ${(((lane - plain) / own) * 100).toFixed(1)} % of the server's own`,
  )
}

async function fanOut(server: ChildProcess, port: number, count: number, messages: number): Promise<number> {
  const sockets: Socket[] = []
  let heard = 0
  for (let n = 0; n < count; n++) {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    sockets.push(socket)
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
    await once(socket, 'data')
    socket.on('data', (text: string) => (heard += text.split(MARK).length - 1))
  }
  await pause(100)
  heard = 0
  server.send(messages)
  const before = (await answer(server)) as number
  while (heard < count * messages) await pause(5)
  server.kill('SIGUSR2')
  const after = (await answer(server)) as number
  for (const socket of sockets) socket.destroy()
  await pause(100)
  return (after - before) / (count * messages)
}

async function answer(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message')
  return message
}
