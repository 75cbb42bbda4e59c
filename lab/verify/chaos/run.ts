/**
 * One run: a server that is killed again and again, a writer and a reader on every transport, lines
 * that break, and a history of all that was said, promised and shown.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { Settings } from '../../client/transport.ts'
import { parsePage } from '../../wire/codec.ts'
import type { ChatMessage, Draft, Page } from '../../wire/message.ts'
import { between, createRandom } from '../../wire/random.ts'
import { openProxy } from '../../wires/proxy.ts'
import { createTestClient, type TestClient } from '../kit/test-client.ts'
import { FAULTS, pickFault, type World } from './faults.ts'
import { createServerProcess } from './server-process.ts'
import { type History, judge, type Violation } from './verdict.ts'

export interface ChaosOptions {
  readonly seed: number
  /** How long things go wrong. Coming back to order takes a few seconds more. */
  readonly durationMs: number
  /** How many write on each transport at once; 1 unless given. */
  readonly writers?: number
  /** Ends things going wrong before that. */
  readonly isEnough?: (soFar: Tally) => boolean
  /** A TypeScript file that starts a server, and what it is told. */
  readonly server: readonly string[]
  /** Folders that are removed when this process is killed; by the server, since no other process is left. */
  readonly temporary?: readonly string[]
  /** Asked after each restart, of what is wrong by then: ends the run. It costs reading the log each time. */
  readonly stopAt?: (violations: readonly Violation[]) => boolean
  /** Ends the run early; the verdict is on what has happened by then. */
  readonly signal?: AbortSignal
  readonly onProgress?: (soFar: Tally) => void
}

export interface Tally {
  readonly elapsedMs: number
  readonly published: number
  readonly acknowledged: number
  readonly shown: number
  readonly kills: number
  /** How often each fault happened. */
  readonly faults: Readonly<Record<string, number>>
}

export interface Outcome extends Tally {
  readonly violations: readonly Violation[]
}

const ROOM = 'lobby'
/** How often a writer's line is cut on purpose while the acknowledgement is on its way. */
const LOST_ACKNOWLEDGEMENTS = 0.1
/** How long the clients may take to come to rest. What is not there by then is lost. */
const SETTLE_MS = 15_000
/** How long a fault waits for its moment. */
const NEXT_MS = 3_000
const RETRY_MS = 50
/** Clients wait this part of their usual time before they try again, or a run would mostly be waiting. */
const RETRY_SHARE = 0.05

/** Readers ask often; writers hardly, so that what passes on a writer's line is mostly acknowledgements. */
const READER: Settings = { intervalMs: 20, holdMs: 20_000 }
const WRITER: Settings = { intervalMs: 1_000, holdMs: 20_000 }

export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const { seed, durationMs, writers: each = 1, signal, onProgress } = options
  const random = createRandom(seed)
  const server = createServerProcess(options.server, options.temporary)
  const published: Draft[] = []
  const acknowledged: ChatMessage[] = []
  const faults: Record<string, number> = {}
  const waiting = { acknowledged: new Set<() => void>(), shown: new Set<() => void>() }
  const begun = performance.now()
  let shown = 0
  let isQuiet = false

  const tell = (what: keyof typeof waiting) => {
    for (const resolve of waiting[what]) resolve()
    waiting[what].clear()
  }
  signal?.addEventListener('abort', () => {
    tell('acknowledged')
    tell('shown')
  })
  const tally = (): Tally => ({
    elapsedMs: performance.now() - begun,
    published: published.length,
    acknowledged: acknowledged.length,
    shown,
    kills: Object.entries(faults).reduce((sum, [name, n]) => (name.startsWith('kill') ? sum + n : sum), 0),
    faults: { ...faults },
  })
  /** What people have been told by now, held against the log as it is a little later: it may only be longer. */
  async function verdict(isOver: boolean): Promise<Violation[]> {
    const told: Pick<History, 'acknowledged' | 'readers'> = {
      acknowledged: [...acknowledged],
      readers: testClients.map(({ name, messages, gaps, client }) => ({
        name,
        shown: [...messages],
        gaps: [...gaps],
        repeated: client.figures.duplicates,
      })),
    }
    const log = await readLog(server.port!)
    return judge({ ...told, published, log, isOver })
  }

  async function join(transport: TransportName, part: string, settings: Settings): Promise<TestClient> {
    const proxy = await openProxy(() => server.port)
    const testClient = createTestClient({
      name: `${part} on ${transport}`,
      transport: await loadClient(transport, settings),
      baseUrl: new URL(`/transports/${transport}/rooms/${ROOM}/`, `http://127.0.0.1:${proxy.port}`),
      since: null,
      random: () => RETRY_SHARE * random(),
      proxy,
      cut: proxy.cut,
      retryMs: RETRY_MS,
    })
    testClient.client.onMessage(() => {
      shown++
      tell('shown')
    })
    testClient.client.connect()
    return testClient
  }

  async function write({ name: author, client, wire }: TestClient): Promise<void> {
    for (let n = 1; !isQuiet; n++) {
      const padding = '·'.repeat(random() < 0.05 ? between(random, 1, 3_000) : 0)
      const draft = { draftId: `${author} ${n}`, author, text: `${n} from the ${author}${padding}` }
      published.push(draft)
      if (random() < LOST_ACKNOWLEDGEMENTS) wire.cutAfter('toClient', between(random, 1, 60))
      acknowledged.push(await client.send(draft.text, draft.draftId))
      tell('acknowledged')
      await pause(between(random, 0, 10))
    }
  }

  const world: World = {
    random,
    server,
    get testClients() {
      return testClients
    },
    next: (what) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        waiting[what].add(resolve)
        setTimeout(resolve, NEXT_MS).unref() // a server that says nothing any more must not hold us up
      }),
  }

  const testClients: TestClient[] = []
  try {
    await server.start()
    const readers = await Promise.all(OVER_HTTP.map((name) => join(name, 'reader', READER)))
    const parts = Array.from({ length: each }, (_, i) => (i === 0 ? 'writer' : `writer ${i + 1}`))
    const writers = await Promise.all(
      OVER_HTTP.flatMap((name) => parts.map((part) => join(name, part, WRITER))),
    )
    testClients.push(...readers, ...writers)
    // A client that is closed rejects what it had not sent; by then it is counted as unanswered.
    const writing = Promise.all(writers.map((writer) => write(writer).catch(() => {})))

    while (performance.now() - begun < durationMs && !signal?.aborted) {
      const fault = pickFault(random, FAULTS)
      await fault.act(world)
      faults[fault.name] = (faults[fault.name] ?? 0) + 1
      onProgress?.(tally())
      if (options.isEnough?.(tally())) break
      if (!options.stopAt || !/^(kill|graceful)/.test(fault.name)) continue
      const violations = await verdict(false)
      if (options.stopAt(violations)) return { ...tally(), violations }
    }

    isQuiet = true
    for (const { wire } of testClients) healLine(wire)
    await Promise.race([writing, pause(SETTLE_MS, null, { ref: false })])
    // What is only in the server's memory does not count.
    await server.kill()
    await server.start()
    const { length } = await readLog(server.port!)
    const deadline = performance.now() + SETTLE_MS
    while (testClients.some(({ messages }) => messages.length < length) && performance.now() < deadline)
      await pause(10)
    return { ...tally(), violations: await verdict(true) }
  } finally {
    isQuiet = true
    for (const { client, wire } of testClients) {
      client.close()
      await wire.close()
    }
    await server.kill()
  }
}

/** Ends all that the faults of lines have begun. */
export function healLine(wire: TestClient['wire']): void {
  wire.cutAfter('toServer', Number.POSITIVE_INFINITY)
  wire.cutAfter('toClient', Number.POSITIVE_INFINITY)
  wire.slice(null)
  wire.flow()
  wire.dropSilent()
}

/** The whole log, from its end to its beginning, past all proxies. */
export async function readLog(port: number, room = ROOM): Promise<ChatMessage[]> {
  const pages: (readonly ChatMessage[])[] = []
  const url = new URL(`http://127.0.0.1:${port}/rooms/${room}/messages`)
  for (let page: Page | null = null; page === null || page.more; ) {
    if (page) url.searchParams.set('before', page.cursor)
    page = parsePage(await (await fetch(url)).json())
    pages.push(page.messages)
  }
  return pages.reverse().flat()
}
