/** Takes a copy of another server's store into this server's own, whole or not at all. */
import { createCopyReader } from '../../../store/copy.ts'
import type { Requests } from '../../../store/engine/requests/requests.ts'
import type { LogPlace, Replacement, Store } from '../../../store/store.ts'
import { pieceIn, toBytes } from './questions.ts'

export interface TakeOptions {
  readonly requests: Pick<Requests, 'ask' | 'copyBytes'>
  readonly store: Pick<Store, 'replace'>
  /** The name of the log that both must follow. */
  readonly log: string
  /** Where this server is: an older copy would take back what its readers have seen. */
  readonly applied: number
  /** Names this server, and this copy. */
  readonly self: string
  readonly copy: string
  /** How long one answer may take, in milliseconds. */
  readonly answerMs: number
  readonly signal: AbortSignal
  /** The place of the copy is known: the log is needed from there on. */
  readonly onPlace: (place: LogPlace) => void
  /** The store has it, in the same turn: what is in memory has to follow. */
  readonly onTaken: (place: LogPlace) => void
}

export interface Taken {
  readonly applied: number
  readonly messages: number
  readonly bytes: number
}

/** No other server's copy is smaller by much: it is not tried again before that server has been begun again. */
export class CopyTooLarge extends Error {
  override readonly name = 'CopyTooLarge'
  constructor(most: number) {
    super(
      `it has more than ${Math.floor(most / 1_048_576)} MiB, the most that goes through this engine; ` +
        'stop this server and one that has the conversation, copy the folder of that one, and start both',
    )
  }
}

/** How often a piece is asked for. */
const TRIES = 3

/** @throws Error with a line that says why there is none: then the store is as it was */
export async function takeFrom(server: string, options: TakeOptions): Promise<Taken> {
  const { requests, store, copy, signal, onPlace, onTaken } = options
  const reader = createCopyReader()
  let replacement: Replacement | null = null
  const abort = () => replacement?.abort()
  signal.addEventListener('abort', abort)
  let [messages, bytes] = [0, 0]
  try {
    for (let index = 0; ; index++) {
      const piece = await pieceFrom(server, index, options)
      await new Promise<void>((resolve) => void setImmediate(resolve)) // a turn for each piece
      signal.throwIfAborted()
      bytes += piece.bytes.length
      if (bytes > (requests.copyBytes ?? Number.POSITIVE_INFINITY))
        throw new CopyTooLarge(requests.copyBytes!)
      const parts = reader.read(piece.bytes)
      if (!replacement && reader.place) {
        check(reader.place, options)
        onPlace(reader.place)
        replacement = store.replace()
      }
      for (const part of parts) {
        replacement!.add(part)
        if (part.kind === 'messages') messages += part.append.messages.length
      }
      if (piece.head.digest === undefined) continue
      reader.end(piece.head.digest)
      if (!replacement || !reader.place) throw new Error(`the copy of the server ${server} is empty`)
      replacement.commit(reader.place)
      onTaken(reader.place)
      return { applied: reader.place.applied, messages, bytes }
    }
  } finally {
    signal.removeEventListener('abort', abort)
    abort()
    void requests.ask(server, toBytes({ kind: 'done', copy }), 1).catch(() => {})
  }
}

async function pieceFrom(server: string, index: number, options: TakeOptions) {
  const { requests, copy, self, answerMs, signal } = options
  const question = toBytes({ kind: 'piece', from: self, copy, index })
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    try {
      const piece = pieceIn(await requests.ask(server, question, answerMs))
      if (piece?.head.index === index) return piece
      throw new Error(`the server ${server} gives something else than a copy`)
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

function check({ log, applied }: LogPlace, options: TakeOptions): void {
  if (log !== options.log)
    throw new Error(`the copy is of the log ${log}, and this server’s is ${options.log}`)
  if (applied < options.applied)
    throw new Error(`the copy ends at ${applied}, and this server has been at ${options.applied}`)
}
