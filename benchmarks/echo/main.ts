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
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSync } from 'esbuild'
import { ECHOES } from '../../lab/app/echo/options.ts'
import { median, ratioOf, spread } from '../measure/statistics.ts'
import { exchange, FLOOR, openMany } from './load.ts'
import type { Question } from './server.ts'

const HELP = `Measures the echo servers of npm run echo beside raw TCP: memory of an idle connection, CPU of a message.

  npm run bench:echo -- [options]

  --rounds N        rounds, each subject once in each; 5 unless given
  --connections N   idle connections whose memory is measured; 4000 unless given
  --messages N      messages of each turn; 200000 unless given
  --bytes N         payload of a message; 125 unless given
  --help            this text
`

const number = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    ...{ rounds: number, connections: number, messages: number, bytes: number },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const SUBJECTS = [FLOOR, ...ECHOES]
const ROUNDS = count('rounds', 5, 50)
const CONNECTIONS = count('connections', 4_000, 20_000)
const MESSAGES = count('messages', 200_000, 10_000_000)
const BYTES = count('bytes', 125, 1_000_000)
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

const folder = mkdtempSync(join(tmpdir(), 'bench-echo-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

function count(
  name: 'rounds' | 'connections' | 'messages' | 'bytes',
  otherwise: number,
  most: number,
): number {
  const text = values[name] ?? String(otherwise)
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  console.error(`bench:echo: --${name} must be a whole number from 1 to ${most}, not ${JSON.stringify(text)}`)
  process.exit(2)
}

function compile(): string {
  const root = join(import.meta.dirname, '../..')
  buildSync({
    absWorkingDir: root,
    entryPoints: ['benchmarks/echo/server.ts'],
    ...{
      outfile: join(folder, 'server.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    },
    // `ws` lies beside the project and not beside the compiled file.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(`${root}/`)})`,
    },
    logLevel: 'error',
  })
  return join(folder, 'server.mjs')
}

async function start(file: string, name: string) {
  const child = fork(file, [name], { execArgv: ['--expose-gc', ...FULL_GROWN] })
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

async function idleBytes(file: string, name: string): Promise<number> {
  const server = await start(file, name)
  const few = Math.ceil(CONNECTIONS * FIRST_PART)
  const first = await openMany(server.port, name, few)
  const before = await server.ask('settle')
  const rest = await openMany(server.port, name, CONNECTIONS - few)
  const after = await server.ask('settle')
  for (const socket of [...first, ...rest]) socket.destroy()
  await server.stop()
  return (after - before) / rest.length
}

const samples = new Map<string, number[]>()
const note = (key: string, value: number) => samples.set(key, [...(samples.get(key) ?? []), value])

const file = compile()
for (let round = 0; round < ROUNDS; round++)
  for (const name of turned(SUBJECTS, round)) note(`idle ${name}`, await idleBytes(file, name))

for (const window of WINDOWS) {
  const seats = []
  for (const name of SUBJECTS) {
    const server = await start(file, name)
    const sockets = await openMany(server.port, name, TALKERS)
    await exchange(sockets, name, { messages: MESSAGES / 4, bytes: BYTES, window }) // warm
    seats.push({ name, server, sockets })
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, server, sockets } of turned(seats, round)) {
      const before = await server.ask('cpu')
      await exchange(sockets, name, { messages: MESSAGES, bytes: BYTES, window })
      note(`cpu ${window} ${name}`, ((await server.ask('cpu')) - before) / MESSAGES)
    }
  }
  for (const { server, sockets } of seats) {
    for (const socket of sockets) socket.destroy()
    await server.stop()
  }
}

report('RSS per idle connection, KB', 'idle', (bytes) => (bytes / 1_000).toFixed(2))
for (const window of WINDOWS)
  report(
    `CPU per message of ${BYTES} bytes, µs, ${window} at a time on ${TALKERS} connections`,
    `cpu ${window}`,
    (us) => us.toFixed(2),
  )
process.exit(0)

function report(title: string, key: string, show: (value: number) => string): void {
  console.log(`\n${title}; medians of ${ROUNDS} rounds`)
  for (const name of SUBJECTS) {
    const own = samples.get(`${key} ${name}`)!
    const against = SUBJECTS.filter((other) => other !== name).map((other) => {
      const ratio = ratioOf(own, samples.get(`${key} ${other}`)!, 'lower')!
      const [low, high] = ratio.spread
      return `${ratio.median.toFixed(2)} × ${other} (${low.toFixed(2)}–${high.toFixed(2)})`
    })
    const [low, high] = spread(own)
    console.log(
      `  ${name.padEnd(18)} ${show(median(own)).padStart(7)} (${show(low)}–${show(high)})   ${against.join('   ')}`,
    )
  }
}

function turned<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}
