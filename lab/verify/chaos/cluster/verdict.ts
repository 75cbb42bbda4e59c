/**
 * The verdict over a cluster: what servers promised to people and did not keep, and whose fault it was.
 *
 * Each server's log is judged as that of a single server is (../verdict.ts). Beyond it, all servers must have the same, and the
 * same as one that begins with nothing and reads the engine's log from its beginning: the witness. And what the engine has told
 * the servers is held against what it has in the end. What an engine has lost, no server can have; of what came after it, or
 * where servers that were given different entries begin to differ, nothing is said.
 */
import type { ChatMessage, Draft } from '../../../wire/message.ts'
import { type History, judge, type Kind, type Reader, type Violation } from '../verdict.ts'
import type { KeptEntry } from './engine/nodes.ts'
import type { Told } from './people.ts'
import { draftIn, type EngineRecord } from './server/recorder.ts'
import type { ServerState } from './state.ts'

export interface RoomHistory extends Pick<History, 'published' | 'acknowledged'> {
  readonly readers: readonly ClusterReader[]
}

export interface ClusterReader extends Reader {
  /** Of the cursor that it has in the end; empty for one that was given none. */
  readonly epoch: string
}

export interface ClusterHistory {
  /** By room. */
  readonly rooms: ReadonlyMap<string, RoomHistory>
  readonly told: Told
  readonly servers: readonly ServerState[]
  readonly witness: ServerState
  /** The whole log, as the engine gives it. */
  readonly entries: readonly KeptEntry[]
  /** What it has told each server. */
  readonly records: readonly EngineRecord[]
  readonly isOver: boolean
}

export interface ClusterVerdict {
  /** What we have lost, doubled, reordered or made up. */
  readonly ours: readonly Violation[]
  /** What the engine had said, and is not so. */
  readonly engine: readonly Violation[]
}

type Blame = (kind: Kind, what: string) => void

export function judgeCluster(history: ClusterHistory): ClusterVerdict {
  const ours: Violation[] = []
  const engine: Violation[] = []
  const blame: Blame = (kind, what) => void ours.push({ kind, what })
  const lost = judgeEngine(history, (kind, what) => void engine.push({ kind, what }))
  judgeEntries(history, blame)
  const isOver = history.isOver && engine.length === 0
  for (const [room, about] of history.rooms) judgeRoom(room, about, history, { lost, isOver }, blame)
  if (engine.length > 0) return { ours, engine }
  for (const { name, trouble } of [...history.servers, history.witness])
    if (trouble !== null && isOver) blame('lost', `${name}: ${trouble}`)
  judgePeople(history, blame)
  return { ours, engine }
}

/** @returns the drafts in entries that the engine had, and has no more where they were */
function judgeEngine({ entries, records }: ClusterHistory, blame: Blame): Set<string> {
  const at = new Map(entries.map((entry) => [entry.position, entry]))
  // What was trimmed is no loss. Of that, only what servers were given can be compared.
  const oldest = entries[0]?.position ?? 1
  const firstGiven = new Map<number, string>()
  const isSo = (position: number, digest: string) => {
    if (position >= oldest) return at.get(position)?.digest === digest
    if (!firstGiven.has(position)) firstGiven.set(position, digest)
    return firstGiven.get(position) === digest
  }
  const drafts = new Map<string, readonly string[]>()
  for (const { tried } of records)
    for (const { digest, drafts: all } of tried.values()) drafts.set(digest, all)
  const lost = new Set<string>()
  const miss = (digest: string | undefined) => {
    for (const draft of drafts.get(digest ?? '') ?? []) lost.add(draft)
  }
  const blamed = new Set<string>()
  for (const { tried, acknowledged, got } of records) {
    for (const { id, position } of acknowledged) {
      if (position < oldest || at.get(position)?.id === id) continue
      blame('lost', `the engine acknowledged entry ${id} as ${position} and ${has(at.get(position))} there`)
      miss(tried.get(id)?.digest)
    }
    for (const { position, digest } of got) {
      const name = `${position} ${digest}`
      if (blamed.has(name) || isSo(position, digest)) continue
      blamed.add(name)
      blame('lost', `the engine gave an entry as ${position} and ${has(at.get(position))} there`)
      miss(digest)
    }
  }
  const ids = new Map<string, number>()
  for (const { id, position } of entries) {
    const before = ids.get(id)
    if (before !== undefined)
      blame('duplicated', `the engine has entry ${id} as ${before} and as ${position}`)
    ids.set(id, position)
  }
  return lost
}

const has = (entry: KeptEntry | undefined) => (entry ? `has ${entry.id}` : 'has nothing of it')

/** An entry that is tried again is the same one, and says so by its id. */
function judgeEntries({ entries }: ClusterHistory, blame: Blame): void {
  const known = new Map<string, KeptEntry>()
  for (const entry of entries) {
    const before = known.get(entry.digest)
    if (before && before.id !== entry.id)
      blame(
        'duplicated',
        `the log has one entry twice, as ${before.position} and as ${entry.position}, under two ids`,
      )
    known.set(entry.digest, entry)
  }
}

function judgeRoom(
  room: string,
  about: RoomHistory,
  { servers, witness }: ClusterHistory,
  { lost, isOver }: { lost: ReadonlySet<string>; isOver: boolean },
  blame: Blame,
): void {
  const logs = [...servers, witness].map(({ rooms }) => rooms.get(room)?.log ?? [])
  const end =
    lost.size === 0 ? Number.POSITIVE_INFINITY : Math.min(firstLost(room, about, lost), firstDifferent(logs))
  const upTo = (messages: readonly ChatMessage[]) => messages.filter(({ seq }) => seq < end)
  const isBefore = (place: number | null) => (place ?? 0) < end
  const acknowledged = upTo(about.acknowledged)
  const readers = about.readers.map((reader) => ({
    ...reader,
    shown: untilFirst(reader.shown, end),
    gaps: reader.gaps.filter(({ after, before }) => isBefore(after) && isBefore(before)),
  }))
  const { published } = about
  const truth = witness.rooms.get(room)
  const log = upTo(truth?.log ?? [])
  for (const violation of judge({ published, acknowledged, readers, log, isOver }))
    blameIn(room, violation, blame)
  for (const { name, epoch } of about.readers)
    if (epoch !== '' && epoch !== truth?.epoch)
      blame('lost', `${room}: ${name} has a cursor of the epoch ${epoch}, and the log is ${truth?.epoch}`)
  for (const { name, rooms } of servers) {
    const state = rooms.get(room)
    if (state?.epoch !== truth?.epoch)
      blame(
        'lost',
        `${room}: ${name} has the epoch ${state?.epoch}, and others ${truth?.epoch}: a cursor of one is a gap at the other`,
      )
    const own = upTo(state?.log ?? [])
    const isSame = JSON.stringify(own) === JSON.stringify(log)
    if (!isSame && isOver) compare(`${room}: ${name}`, own, log, published, acknowledged, blame)
  }
}

/** What was shown before anything was that is after the engine's first loss. */
function untilFirst(shown: readonly ChatMessage[], end: number): readonly ChatMessage[] {
  const first = shown.findIndex(({ seq }) => seq >= end)
  return first < 0 ? shown : shown.slice(0, first)
}

/** The first number, in this room, of what the engine has lost. */
function firstLost(room: string, { acknowledged, readers }: RoomHistory, lost: ReadonlySet<string>): number {
  const known = [...acknowledged, ...readers.flatMap(({ shown }) => shown)]
  return known.reduce(
    (least, message) => (lost.has(draftIn(room, message)) ? Math.min(least, message.seq) : least),
    Number.POSITIVE_INFINITY,
  )
}

/** The first number under which not all of them have the same. */
function firstDifferent(logs: readonly (readonly ChatMessage[])[]): number {
  const [first = [], ...others] = logs.map((log) => log.map((message) => JSON.stringify(message)))
  const i = first.findIndex((message, index) => others.some((log) => log[index] !== message))
  return i < 0 ? first.length + 1 : i + 1
}

/** A server whose log is another than the witness's: in which ways. */
function compare(
  who: string,
  own: readonly ChatMessage[],
  log: readonly ChatMessage[],
  published: readonly Draft[],
  acknowledged: readonly ChatMessage[],
  blame: Blame,
): void {
  for (const { kind, what } of judge({ published, acknowledged, readers: [], log: own, isOver: false }))
    blame(kind, `${who}: ${what}`)
  const there = new Set(own.map(({ author, draftId }) => `${author}\0${draftId}`))
  const missing = log.filter(({ author, draftId }) => !there.has(`${author}\0${draftId}`))
  if (missing.length > 0)
    blame(
      'lost',
      `${who} has not ${missing.length} messages of the log, the first of which is ${missing[0]!.seq}`,
    )
  const i = log.findIndex((message, index) => JSON.stringify(message) !== JSON.stringify(own[index]))
  const different =
    i < 0
      ? `${own.length - log.length} more at the end`
      : `${saying(own[i])} as ${i + 1}, and the log has ${saying(log[i])}`
  blame('reordered', `${who} has ${different}`)
}

const saying = (message: ChatMessage | undefined) =>
  message ? `${message.draftId} of ${message.publishedAt}` : 'nothing'

const blameIn = (room: string, { kind, what }: Violation, blame: Blame) => blame(kind, `${room}: ${what}`)

/** Who came is known everywhere, with their rooms and what they said; and all servers have the same. */
function judgePeople({ told, servers, witness }: ClusterHistory, blame: Blame): void {
  const truth = new Set(witness.records)
  for (const { name, records, privateWords } of [...servers, witness]) {
    const own = new Set(records)
    const other = witness.records.find((line) => !own.has(line))
    const more = records.find((line) => !truth.has(line))
    if (other) blame('lost', `${name} has not the record ${other}`)
    if (more) blame('phantom', `${name} has the record ${more}, which the log has not`)
    const people = records.filter((line) => line.startsWith('person '))
    for (const person of told.names)
      if (!people.some((line) => line.includes(`"name":${JSON.stringify(person)}`)))
        blame('lost', `${name} does not know ${person}, who has come`)
    for (const [room, text] of told.words) {
      const count = privateWords.get(room)?.filter((one) => one === text).length ?? 0
      if (count !== 1)
        blame(count === 0 ? 'lost' : 'duplicated', `${name} has “${text}” ${count} times in ${room}`)
    }
  }
}
