/**
 * `npm run bench:echo`: what a bare WebSocket costs, by hand and by the `ws` package, beside raw TCP.
 *
 * Memory: a server process of its own each round; a fifth of the connections come first, so that code which runs for
 * the first time, and a heap that grows, are no part of it; garbage is collected until RSS no longer falls; then the
 * rest comes. CPU: all servers are alive at once and take turns, in another order each round; the server's own
 * `cpuUsage` over the messages of its turn. What is compared is the ratio of two in the same round, and the median of
 * those. Everything runs compiled, as one would deploy it.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { ECHOES } from '../../lab/app/echo/options.ts'
import { compiled } from '../../lab/command/compiled/compiled.js'
import { runCommandLine, type Values } from '../../lab/command/options/command-line.ts'
import { say } from '../../lab/command/terminal.ts'
import { median, ratioOf, spread } from '../measure/statistics.ts'
import { exchange, FLOOR, openMany } from './load.ts'
import { LINE } from './options.ts'
import type { Question } from './server.ts'

const SUBJECTS = [FLOOR, ...ECHOES]
const FIRST_PART = 0.2
/**
 * V8 lets its young generation grow while objects survive in it, up to 32 MB, and gives none of it back to a process
 * that is measured at once. Those megabytes are paid once by a process and not for each connection, so the heap begins
 * with them, and the server has touched all of them before it counts.
 */
const FULL_GROWN = ['--min-semi-space-size=16', '--max-semi-space-size=16']
/** Connections that talk. */
const TALKERS = 50
/** Messages on the way on each: one, as in a conversation, and many, as in a burst. */
const WINDOWS = [1, 16]

async function start(file: string, name: string) {
  const child = fork(file, [name], { execArgv: ['--expose-gc', '--enable-source-maps', ...FULL_GROWN] })
  const [port] = (await once(child, 'message')) as [number]
  return {
    port,
    async ask(question: Question): Promise<number> {
      const answer = once(child, 'message')
      child.send(question)
      return (await answer)[0] as number
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function idleBytes(file: string, name: string, connections: number): Promise<number> {
  const server = await start(file, name)
  const few = Math.ceil(connections * FIRST_PART)
  const first = await openMany(server.port, name, few)
  const before = await server.ask('settle')
  const rest = await openMany(server.port, name, connections - few)
  const after = await server.ask('settle')
  for (const socket of [...first, ...rest]) socket.destroy()
  await server.stop()
  return (after - before) / rest.length
}

const samples = new Map<string, number[]>()
const note = (key: string, value: number) => samples.set(key, [...(samples.get(key) ?? []), value])

type Settings = Values<(typeof LINE)['options']>

async function measure({ rounds, connections, messages, bytes: payload }: Settings): Promise<number> {
  const file = await compiled('benchmarks/echo/server.ts')
  for (let round = 0; round < rounds; round++)
    for (const name of turned(SUBJECTS, round)) note(`idle ${name}`, await idleBytes(file, name, connections))

  for (const window of WINDOWS) {
    const seats = []
    for (const name of SUBJECTS) {
      const server = await start(file, name)
      const sockets = await openMany(server.port, name, TALKERS)
      await exchange(sockets, name, { messages: messages / 4, bytes: payload, window }) // warm
      seats.push({ name, server, sockets })
    }
    for (let round = 0; round < rounds; round++) {
      for (const { name, server, sockets } of turned(seats, round)) {
        const before = await server.ask('cpu')
        await exchange(sockets, name, { messages, bytes: payload, window })
        note(`cpu ${window} ${name}`, ((await server.ask('cpu')) - before) / messages)
      }
    }
    for (const { server, sockets } of seats) {
      for (const socket of sockets) socket.destroy()
      await server.stop()
    }
  }

  report(rounds, 'RSS per idle connection, KB', 'idle', (bytes) => (bytes / 1_000).toFixed(2))
  for (const window of WINDOWS)
    report(
      rounds,
      `CPU per message of ${payload} bytes, µs, ${window} at a time on ${TALKERS} connections`,
      `cpu ${window}`,
      (us) => us.toFixed(2),
    )
  return 0
}

function report(rounds: number, title: string, key: string, show: (value: number) => string): void {
  say(`\n${title}; medians of ${rounds} rounds`)
  for (const name of SUBJECTS) {
    const own = samples.get(`${key} ${name}`)!
    const against = SUBJECTS.filter((other) => other !== name).map((other) => {
      const ratio = ratioOf(own, samples.get(`${key} ${other}`)!, 'lower')!
      const [low, high] = ratio.spread
      return `${ratio.median.toFixed(2)} × ${other} (${low.toFixed(2)}–${high.toFixed(2)})`
    })
    const [low, high] = spread(own)
    say(
      `  ${name.padEnd(18)} ${show(median(own)).padStart(7)} (${show(low)}–${show(high)})   ${against.join('   ')}`,
    )
  }
}

function turned<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

await runCommandLine(LINE, ({ values }) => measure(values))
