/**
 * What the engine has told one server, written down beside it: the verdict holds it against the engine's own log at the end,
 * and so tells what the engine has lost from what we have.
 *
 * It stands directly at the engine, below whatever is wrong with a server. A line is with the operating system before the
 * server goes on, so a kill -9 takes none of it.
 */
import { createHash } from 'node:crypto'
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PeerEvent } from '../../../../hub/shared/copy/peers.ts'
import type { Engine, Position } from '../../../../store/engine/engine.ts'
import { trimmable } from '../copies/archived.ts'

/** What one server was told, over all its lives. */
export interface EngineRecord {
  /** Entries that were given to the engine, by id; whether they came into the log or not. */
  readonly tried: ReadonlyMap<string, Tried>
  /** Entries that the engine has acknowledged. */
  readonly acknowledged: readonly { readonly id: string; readonly position: Position }[]
  /** Digests of the entries that the engine has given, by their places; each place may have been given several times. */
  readonly got: readonly { readonly position: Position; readonly digest: string }[]
  /** Why the log could not be followed any further; null unless that was so. */
  readonly ended: string | null
}

export interface WholeRecord extends EngineRecord {
  /** How often it has taken a copy of another server, and trimmed the log. */
  readonly copies: number
  readonly trims: number
}

export interface Tried {
  readonly digest: string
  /** The drafts in it, as {@link draftIn} names them. */
  readonly drafts: readonly string[]
}

export const digestOf = (body: Uint8Array): string =>
  createHash('sha256').update(body).digest('base64').slice(0, 22)

export const draftIn = (room: string, { author, draftId }: { author: string; draftId: string }): string =>
  `${room} ${author} ${draftId}`

/** Writes what a server does with others into that file. */
export function peerNotes(file: string): (event: PeerEvent) => void {
  const descriptor = openSync(file, 'a')
  return ({ kind }) => void writeSync(descriptor, `${JSON.stringify(['peer', kind])}\n`)
}

/** The same engine, of which every word is written into that file. */
export function recorded(engine: Engine, file: string): Engine {
  const descriptor = openSync(file, 'a')
  const note = (...line: readonly unknown[]) => void writeSync(descriptor, `${JSON.stringify(line)}\n`)
  return {
    log: engine.log,
    async append(entry) {
      note('tried', entry.id, digestOf(entry.body), draftsIn(entry.body))
      const position = await engine.append(entry)
      note('acknowledged', entry.id, position)
      return position
    },
    follow: (after, follower) =>
      engine.follow(after, {
        onEntry(position, body) {
          note('got', position, digestOf(body))
          follower.onEntry(position, body)
        },
        onEnd(why) {
          note('ended', why.message)
          follower.onEnd(why)
        },
      }),
    trim: (before) => engine.trim(trimmable(before, dirname(file))),
    erase: (position) => engine.erase(position),
    newest: () => engine.newest(),
    close: () => engine.close(),
  }
}

/** A piece of a change that is longer than an entry has none: nothing that chaos writes is so long. */
function draftsIn(body: Uint8Array): string[] {
  const [head = '', ...rest] = Buffer.from(body).toString().split('\n')
  if (head.includes('"piece"')) return []
  const changes = JSON.parse(rest.join('\n')) as { kind: string; room: string; draft: never }[]
  return changes.flatMap(({ kind, room, draft }) => (kind === 'publish' ? [draftIn(room, draft)] : []))
}

type Line =
  | readonly ['tried', id: string, digest: string, drafts: string[]]
  | readonly ['acknowledged', id: string, position: Position]
  | readonly ['got', position: Position, digest: string]
  | readonly ['ended', why: string]
  | readonly ['peer', kind: PeerEvent['kind']]

export function readRecord(file: string): WholeRecord {
  const tried = new Map<string, Tried>()
  const acknowledged: { id: string; position: Position }[] = []
  const got: { position: Position; digest: string }[] = []
  let ended: string | null = null
  const events = { taken: 0, trimmed: 0, given: 0, waits: 0 }
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const text of lines.filter(Boolean)) {
    const line = JSON.parse(text) as Line
    if (line[0] === 'tried') tried.set(line[1], { digest: line[2], drafts: line[3] })
    else if (line[0] === 'acknowledged') acknowledged.push({ id: line[1], position: line[2] })
    else if (line[0] === 'got') got.push({ position: line[1], digest: line[2] })
    else if (line[0] === 'peer') events[line[1]]++
    else ended = line[1]
  }
  return { tried, acknowledged, got, ended, copies: events.taken, trims: events.trimmed }
}
