/** Starts a server to be attacked, and asks it how it is. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LabOptions } from '../../app/build-lab.ts'

export interface ServerUnderTestOptions
  extends Pick<LabOptions, 'origins' | 'messagesPerSecond' | 'connections' | 'signIn' | 'tls'> {
  /** A folder in which what is said, and by whom, is kept; nothing is kept unless given. */
  readonly data?: string
  /** Whether it does all that `npm start` does only when asked: log requests, trust the proxies of this machine, listen for TCP. */
  readonly withAll?: boolean
}

/** Stands in files that are there and are not to be had. */
export const SECRET = 'not for you'

export interface Figures {
  /** Bytes of memory that the process has from the operating system. */
  readonly rss: number
  /** Bytes that are in use after a collection: the heap, and the buffers outside of it. */
  readonly held: number
  /** Readers that follow a room. */
  readonly followers: number
  /** What has been put on Object.prototype. */
  readonly polluted: readonly string[]
}

/** What the process is asked over its channel. */
export type Question = { readonly ask: 'figures' } | { readonly ask: 'heap'; readonly file: string }

/** What the process says when it listens. */
export interface Started {
  readonly port: number
  /** Of transports that have a port of their own, by name. */
  readonly ports: Readonly<Record<string, number>>
}

export interface ServerUnderTest extends Started {
  readonly at: string
  /** All that it wrote to its output; nothing, when nothing went wrong. */
  readonly said: () => string
  readonly isAlive: () => boolean
  figures(): Promise<Figures>
  /** Writes all that its heap still reaches, for heap-snapshot.ts to read; the process stands still meanwhile. */
  heapSnapshot(file: string): Promise<void>
  stop(): Promise<void>
}

export async function startServerUnderTest(options: ServerUnderTestOptions = {}): Promise<ServerUnderTest> {
  const child = fork(join(import.meta.dirname, 'server-under-test-process.ts'), [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (said += data))
  const { port, ports } = (await answerOf(child, () => said)) as Started
  const ask = async (question: Question): Promise<unknown> => {
    const answer = answerOf(child, () => said)
    child.send(question)
    return answer
  }

  return {
    port,
    ports,
    at: `127.0.0.1:${port}`,
    said: () => said,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    figures: async () => (await ask({ ask: 'figures' })) as Figures,
    heapSnapshot: async (file) => void (await ask({ ask: 'heap', file })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function answerOf(child: ChildProcess, said: () => string): Promise<unknown> {
  const stop = new AbortController()
  const { signal } = stop
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`the server under test has died: ${code ?? by}\n${said()}`)
      }),
    ])
  } finally {
    stop.abort()
  }
}
