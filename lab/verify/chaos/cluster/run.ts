/**
 * One run over a cluster: several servers on one engine, readers and writers on every transport, and three kinds of trouble
 * beside each other: of the servers, of the engine, and of the lines of clients. Each draws its chance from the same seed.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TransportName } from '../../../../transports/manifest.ts'
import type { EngineName } from '../../../cluster/engine/node.ts'
import type { ChatMessage, Draft } from '../../../wire/message.ts'
import { between, createRandom, type Random } from '../../../wire/random.ts'
import type { TestClient } from '../../kit/test-client.ts'
import { FAULTS_OF_LINES, type Fault, pickFault } from '../faults.ts'
import { healLine, type Tally } from '../run.ts'
import { CARRIED, openClients, ROOMS, roomOf } from './clients.ts'
import { FAULTS_OF_COPIES } from './copies/faults.ts'
import { writeLog } from './copies/written-log.ts'
import { keepArchive } from './engine/archive.ts'
import { startEtcdNodes } from './engine/etcd-nodes.ts'
import { heal, startEngineNodes } from './engine/nodes.ts'
import {
  type ClusterWorld,
  FAULTS_BETWEEN_NODES,
  FAULTS_OF_LABS,
  FAULTS_OF_THE_NODES,
  FAULTS_OF_THE_ONLY_NODE,
  FAULTS_OF_WAYS,
} from './faults.ts'
import { type ClusterLab, createClusterLab, isReady } from './labs.ts'
import { bringPeople } from './people.ts'
import { readRecord } from './server/recorder.ts'
import { recordIn } from './server/serve.ts'
import { epochIn, readRooms, readStore, type ServerState } from './state.ts'
import { type ClusterVerdict, judgeCluster, type RoomHistory } from './verdict.ts'

export interface ClusterOptions {
  readonly seed: number
  /** How long things go wrong. To come back to order takes up to a minute more. */
  readonly durationMs: number
  readonly labs: number
  /** NATS unless given. */
  readonly engine?: EngineName
  readonly engines: 1 | 3
  /** Whether nodes of the engine are cut off from each other too; they are, unless this says no. Members of etcd cannot be. */
  readonly splits?: boolean
  /** Whether the log is trimmed under way, and servers lose their disks and begin from copies; not unless given. */
  readonly trims?: boolean
  /** How many write on each transport at once; 1 unless given. Every second of them goes from server to server. */
  readonly writers?: number
  /** Where the servers keep what they have. */
  readonly folder: string
  /** A TypeScript file that starts a server, and what it is told first; the sound one unless given. */
  readonly server?: readonly string[]
  readonly temporary?: readonly string[]
  /** How long clients and servers may take to come to rest, in milliseconds. What is not there by then is lost. */
  readonly settleMs?: number
  /** Ends things going wrong before their time. */
  readonly isEnough?: (soFar: Tally) => boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (soFar: Tally) => void
  /** Told of each process of the engine, and of its end. */
  readonly onProcess?: (pid: number, isThere: boolean) => void
}

export interface ClusterOutcome extends Tally, ClusterVerdict {
  /** Persons who have come, and were told so. */
  readonly people: number
  /** Entries of the engine's log. */
  readonly entries: number
  readonly readers: number
  /** How often a server has taken a copy of another, and how often the log was trimmed. */
  readonly copies: number
  readonly trims: number
}

export const SOUND_SERVER: readonly string[] = ['lab/verify/chaos/cluster/server/server.ts']
const WITNESS: readonly string[] = ['lab/verify/chaos/cluster/server/witness.ts']

/** As in a run over one server (../run.ts). */
const LOST_ACKNOWLEDGEMENTS = 0.1
const NEXT_MS = 3_000
const SETTLE_MS = 90_000
const LOOK_MS = 50
/** Between two troubles of the engine: it needs some time to find a leader, or hardly anything would be written. */
const ENGINE_REST_MS = [500, 4_000] as const

/** Every so many troubles of servers, one loses its disk, so that a short run has such a one too. */
const COPIES_EVERY = 3

export async function runCluster(options: ClusterOptions): Promise<ClusterOutcome> {
  const { seed, durationMs, engines, signal, onProgress, temporary = [], settleMs = SETTLE_MS } = options
  const splits = engines > 1 && options.splits !== false && options.engine !== 'etcd'
  const chance = (part: number) => createRandom(seed * 16 + part)
  const rooms = new Map(
    ROOMS.map((room) => [room as string, { published: [] as Draft[], acknowledged: [] as ChatMessage[] }]),
  )
  const faults: Record<string, number> = {}
  const waiting = { acknowledged: new Set<() => void>(), shown: new Set<() => void>() }
  let begun = performance.now()
  const quiet = new AbortController()
  let shown = 0

  const count = (what: 'published' | 'acknowledged') =>
    [...rooms.values()].reduce((sum, room) => sum + room[what].length, 0)
  const tally = (): Tally => ({
    elapsedMs: performance.now() - begun,
    published: count('published'),
    acknowledged: count('acknowledged'),
    shown,
    kills: Object.entries(faults).reduce((sum, [name, n]) => (name.startsWith('kill') ? sum + n : sum), 0),
    faults: { ...faults },
  })
  const tell = (what: keyof typeof waiting) => {
    for (const resolve of waiting[what]) resolve()
    waiting[what].clear()
  }

  const startNodes = options.engine === 'etcd' ? startEtcdNodes : startEngineNodes
  const engine = await startNodes(engines, options.labs, {
    within: options.folder,
    ...(options.onProcess && { onProcess: options.onProcess }),
  })
  const archive = options.trims ? await keepOrStop() : null
  const trims = archive !== null
  const lab = (name: string, number: number, command: readonly string[], address: string) =>
    createClusterLab({
      ...{ name, lab: number, command, address, temporary, folder: options.folder },
      ...{ replicas: engines, random: chance(number), trims: () => trims && !quiet.signal.aborted },
    })
  const labs = Array.from({ length: options.labs }, (_, i) =>
    lab(`server ${i + 1}`, i, options.server ?? SOUND_SERVER, engine.addressFor(i)),
  )
  const written = join(options.folder, 'log.jsonl')
  const [command, itsLog] = trims ? [WITNESS, written] : [SOUND_SERVER, engine.addressFor(0)]
  const witness = lab('a server that begins with nothing', options.labs, command, itsLog)
  const clients = await openClients(labs, chance(15))

  async function keepOrStop() {
    try {
      return await keepArchive(engine, engines, options.folder)
    } catch (error) {
      await engine.stop()
      throw error
    }
  }

  async function write(
    { name: author, client }: TestClient,
    wire: TestClient['wire'] | null,
    room: string,
    random: Random,
  ) {
    const { published, acknowledged } = rooms.get(room)!
    for (let n = 1; !quiet.signal.aborted; n++) {
      const draft = {
        draftId: `${author} ${n}`,
        author,
        text: `${n} from the ${author}${'·'.repeat(random() < 0.05 ? between(random, 1, 3_000) : 0)}`,
      }
      published.push(draft)
      if (random() < LOST_ACKNOWLEDGEMENTS) wire?.cutAfter('toClient', between(random, 1, 60))
      acknowledged.push(await client.send(draft.text, draft.draftId))
      tell('acknowledged')
      await pause(between(random, 0, 10))
    }
  }

  const happened = (name: string) => {
    faults[name] = (faults[name] ?? 0) + 1
  }

  async function trouble<W>(
    world: W,
    random: Random,
    kindsFor: (turn: number) => readonly Fault<W>[],
    restMs: readonly [number, number],
  ): Promise<void> {
    for (let turn = 1; !quiet.signal.aborted; turn++) {
      const fault = pickFault(random, kindsFor(turn))
      if ((await fault.act(world)) === false) continue
      happened(fault.name)
      onProgress?.(tally())
      if (options.isEnough?.(tally())) quiet.abort()
      await lasting(between(random, ...restMs))
    }
  }
  const lasting = (ms: number) => pause(ms, undefined, { signal: quiet.signal }).catch(() => {})
  const worldOf = (random: Random): ClusterWorld => ({
    ...{ random, labs, engine, lasting, happened },
    next: (what) =>
      new Promise((resolve) => {
        if (quiet.signal.aborted) return resolve()
        waiting[what].add(resolve)
        setTimeout(resolve, NEXT_MS).unref()
      }),
  })

  const joined: { readonly client: TestClient; readonly room: string }[] = []
  async function joinAll() {
    const writing: Promise<void>[] = []
    const join = async (
      transport: TransportName,
      part: 'reader' | 'writer',
      number: number,
      home: number | null,
    ) => {
      const client = await clients.join({ transport, part, number, home })
      client.client.onMessage(() => {
        shown++
        tell('shown')
      })
      client.client.connect()
      joined.push({ client, room: roomOf(transport) })
      return client
    }
    for (const [i, transport] of CARRIED.entries()) {
      await join(transport, 'reader', 1, i % labs.length)
      await join(transport, 'reader', 1, null)
      for (let number = 1; number <= (options.writers ?? 1); number++) {
        const home = (i + number) % 2 === 0 ? null : (i + number) % labs.length
        const writer = await join(transport, 'writer', number, home)
        const wire = home === null ? null : writer.wire
        writing.push(write(writer, wire, roomOf(transport), chance(100 + joined.length)).catch(() => {}))
      }
    }
    return Promise.all(writing)
  }

  let people: ReturnType<typeof bringPeople> | null = null
  try {
    await Promise.all(labs.map((one) => one.start()))
    begun = performance.now() // an engine takes its time to form
    const writing = joinAll()
    people = bringPeople(labs, chance(14))
    const end = setTimeout(() => quiet.abort(), durationMs)
    signal?.addEventListener('abort', () => quiet.abort())
    if (signal?.aborted) quiet.abort()
    const [ofLabs, ofEngine, ofLines] = [chance(11), chance(12), chance(13)]
    await Promise.all([
      trouble(
        worldOf(ofLabs),
        ofLabs,
        (turn) => (trims && turn % COPIES_EVERY === 0 ? FAULTS_OF_COPIES : FAULTS_OF_LABS),
        [0, 300],
      ),
      trouble(
        worldOf(ofEngine),
        ofEngine,
        () => [
          ...(engines > 1 ? FAULTS_OF_THE_NODES : FAULTS_OF_THE_ONLY_NODE),
          ...FAULTS_OF_WAYS,
          ...(splits ? FAULTS_BETWEEN_NODES : []),
        ],
        ENGINE_REST_MS,
      ),
      trouble({ random: ofLines, testClients: clients.lines }, ofLines, () => FAULTS_OF_LINES, [20, 200]),
    ])
    clearTimeout(end)

    for (const { wire } of clients.lines) healLine(wire)
    heal(engine.wires)
    await Promise.race([writing, pause(settleMs, null, { ref: false })])
    await people.stop()
    // What is only in a server's memory does not count.
    await Promise.all(labs.map((one) => one.server.kill()))
    await Promise.all(labs.map((one) => one.start().catch(() => {})))
    const ofLabsInTheEnd = await Promise.all(labs.map((one) => settle(one, settleMs)))
    const whole = await archive?.entries()
    if (archive && whole) writeLog(written, archive.log, whole)
    await witness.start().catch(() => {})
    const truth = await settle(witness, settleMs)
    const states = [...ofLabsInTheEnd, truth]
    await until(settleMs, () =>
      joined.every(({ client, room }) => client.messages.length >= lengthOf(truth, room)),
    )
    const entries = whole ?? (await engine.entries())
    const records = [...labs, witness].map(({ folder }) => readRecord(recordIn(folder)))
    const sum = (what: 'copies' | 'trims') => records.reduce((count, record) => count + record[what], 0)
    const outcome = {
      ...tally(),
      people: people.told.names.length,
      entries: entries.length,
      readers: joined.length,
      ...{ copies: sum('copies'), trims: sum('trims') },
    }
    const readersOf = (room: string): RoomHistory['readers'] =>
      joined
        .filter((one) => one.room === room)
        .map(({ client: { name, messages, gaps, client } }) => ({
          ...{ name, shown: [...messages], gaps: [...gaps], repeated: client.figures.duplicates },
          epoch: epochIn(client.cursor),
        }))
    const of = Array.from(rooms, ([room, said]) => [room, { ...said, readers: readersOf(room) }] as const)
    await clients.close()
    await Promise.all([...labs, witness].map((one) => one.server.kill()))
    const stateOf = (one: ClusterLab, i: number): ServerState => ({ ...states[i]!, ...readStore(one) })
    const verdict = judgeCluster({
      rooms: new Map(of),
      ...{ told: people.told, entries, isOver: true },
      servers: labs.map(stateOf),
      witness: stateOf(witness, labs.length),
      records,
    })
    return { ...outcome, ...verdict }
  } finally {
    quiet.abort()
    await people?.stop()
    await clients.close()
    await Promise.all([...labs, witness].map((one) => one.server.kill()))
    await archive?.stop()
    await engine.stop()
  }
}

const lengthOf = ({ rooms }: Pick<ServerState, 'rooms'>, room: string) => rooms.get(room)?.log.length ?? 0

/** What a server gives, once it says that it has all. */
async function settle(
  lab: ClusterLab,
  limitMs: number,
): Promise<Pick<ServerState, 'name' | 'rooms' | 'trouble'>> {
  const { name, folder, server } = lab
  if (server.port === null) {
    const { ended } = readRecord(recordIn(folder))
    return { name, rooms: new Map(), trouble: `does not start (${ended ?? 'the engine does not answer'})` }
  }
  const isThere = await until(limitMs, () => isReady(lab))
  const { ended } = readRecord(recordIn(folder))
  const trouble = isThere
    ? null
    : `it does not come to the end of the log${ended === null ? '' : `: ${ended}`}`
  return { name, rooms: await readRooms(lab), trouble }
}

/** @returns whether it has come true in that time */
async function until(limitMs: number, isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const begun = performance.now()
  while (!(await isSo())) {
    if (performance.now() - begun > limitMs) return false
    await pause(LOOK_MS)
  }
  return true
}
