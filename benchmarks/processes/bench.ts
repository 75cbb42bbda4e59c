/** One subject on the bench: its server in one process, its subscribers in others, and what passes between. */
import { compiled } from '../../lab/command/compiled/compiled.js'
import type { Settings } from '../settings.ts'
import type { Subject } from '../subjects/subject.ts'
import type { Answered, LoadApi, OpenInput, RequestInput, ServerApi } from './apis.ts'
import { type Listening, listening } from './listening.ts'
import { type Remote, startProcess } from './remote.ts'

export type LoadProcess = Remote<LoadApi>

export interface Bench {
  readonly subject: Subject
  readonly server: Remote<ServerApi>
  /** The same server in a new process: for what depends on a process's past, as its memory does. */
  fresh<T>(use: (bench: Bench) => Promise<T>): Promise<T>
  /** Subscribers, ready to hear what comes from now on. */
  gather(count: number, options?: Partial<OpenInput>): Promise<Listening>
  /** autocannon against the lab's room. Only for subjects that have one. */
  ask(input: Pick<RequestInput, 'kind' | 'connections' | 'durationMs' | 'since'>): Promise<Answered>
  stop(): Promise<void>
}

/** Connections under way at once, where that is not the question. */
const AT_ONCE = 100

/** Each process runs as `npm start` does: compiled, with the lines of the source in its stack traces. */
const FLAGS = ['--expose-gc', '--enable-source-maps']

export async function startLoad(count: number): Promise<LoadProcess[]> {
  const file = await compiled('benchmarks/processes/load.ts')
  return Array.from({ length: count }, (_, i) => startProcess<LoadApi>(`load process ${i + 1}`, file, FLAGS))
}

export async function startBench(
  subject: Subject,
  settings: Pick<Settings, 'payload' | 'pollMs' | 'headers' | 'seed'>,
  load: readonly LoadProcess[],
  delayMs = 0,
): Promise<Bench> {
  const file = await compiled('benchmarks/processes/server.ts')
  const server = startProcess<ServerApi>(`the server of ${subject.name}`, file, FLAGS)
  const { port, program } = await server.call('listen', { subject: subject.name, delayMs })
  if (program !== null) server.owns(program)
  const { payload, pollMs, headers, seed } = settings

  return {
    subject,
    server,
    async fresh(use) {
      const other = await startBench(subject, settings, load, delayMs)
      try {
        return await use(other)
      } finally {
        await other.stop()
      }
    },

    async gather(count, options = {}) {
      const since = options.since ?? (await server.call('place')).since
      const input: OpenInput = {
        subject: subject.name,
        port,
        count,
        atOnce: AT_ONCE,
        since,
        headers,
        pollMs,
        resume: false,
        untilFirst: false,
        seed,
        ...options,
      }
      const parts = await Promise.all(
        shares(count, load.length).map(async (share, i) => {
          const process = load[i]!
          const opened = await process.call('open', { ...input, count: share, seed: seed + i })
          return { process, share, opened }
        }),
      )
      return listening(parts, server, settings)
    },

    ask: ({ kind, connections, durationMs, since }) =>
      load[0]!.call('request', {
        kind,
        port,
        path: subject.roomPath,
        since,
        connections,
        durationMs,
        payload,
        headers,
      }),
    stop: server.stop,
  }
}

/** `count` in as equal parts as can be, none of them empty. */
function shares(count: number, parts: number): number[] {
  const used = Math.min(count, parts)
  return Array.from({ length: used }, (_, i) => Math.floor((count + i) / used))
}
