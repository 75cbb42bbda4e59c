/**
 * Files on their way into a room, one after the other, each with its outcome: sent, or why not. One that is
 * refused does not keep the others back. It knows no document.
 *
 * An upload whose answer was lost may have arrived. So its draft id is kept, by what was to be sent where, and
 * the same file to the same room is the same draft until an answer has come: the server says it once (the
 * protocol's "sending twice is safe"). After an answer, the same file again is meant as another.
 */

import { request } from '../../lab/client/http.ts'
import { type Platform, randomId } from '../../lab/client/platform.ts'
import { cut } from '../../lab/wire/cut.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { FILE_TYPES } from '../../lab/wire/file-types.ts'
import { MAX_FILE_BYTES, MAX_NAME_LENGTH } from '../../lab/wire/limits.ts'
import { isolated, withoutHidden } from '../../lab/wire/names.ts'
import { bytes } from '../words.ts'
import type { Writer } from './me.ts'

/** Files that are sent at one go. A user who drops a whole disk did not mean to. */
export const MAX_AT_ONCE = 20
/** How often a file is tried again when the server has too much to do, and how long it may ask us to wait. */
const MAX_TRIES = 5
const MAX_PAUSE_S = 10

export interface Outcome {
  readonly name: string
  /** Why it was not sent; null when it was. */
  readonly problem: string | null
}

/** Where a file goes, and as whom: what was so when it was given to us, whatever the page says by then. */
export interface Destination {
  readonly room: string
  readonly writer: Writer
}

export interface UploadsOptions {
  /** Of the server, as `http://host:port`. */
  readonly origin: string
  readonly platform: Pick<Platform, 'fetch' | 'clock'>
  /** Where draft ids outlast a reload of the page; null for a browser that keeps nothing. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null
  /** Called with what was refused: it may mean that I am not who I was. */
  readonly onRefused?: (error: ChatError) => void
}

export interface Uploads {
  /** Sends them, in their order. @returns what became of each, in the same order */
  send(files: readonly File[], to: Destination): Promise<Outcome[]>
}

export function createUploads({ origin, platform, memory, onRefused = () => {} }: UploadsOptions): Uploads {
  const drafts = new Map<string, string>()

  function draftOf(key: string): string {
    const draftId = drafts.get(key) ?? memory?.getItem(key) ?? randomId()
    drafts.set(key, draftId)
    try {
      memory?.setItem(key, draftId)
    } catch {} // it is full: then a reload forgets it
    return draftId
  }
  function forget(key: string): void {
    drafts.delete(key)
    memory?.removeItem(key)
  }

  async function post(file: File, { room, writer }: Destination): Promise<void> {
    checkFile(file)
    const body = await contentOf(file)
    const name = nameFor(file)
    const key = `upload ${digest(JSON.stringify([room, writer.name, name, file.type]), new Uint8Array(body))}`
    // With the author even when a person has signed in: a server that takes them for another person by now refuses it.
    const query = new URLSearchParams({ name, draftId: draftOf(key), author: writer.name })
    const url = new URL(`/rooms/${room}/files?${query}`, origin)
    try {
      await patiently(async () => {
        await writer.check()
        return request({ platform }, url, { method: 'POST', headers: { 'content-type': file.type }, body })
      })
      forget(key)
    } catch (thrown) {
      const error = ChatError.from(thrown)
      if (!error.retryable) forget(key)
      onRefused(error)
      throw thrown
    }
  }

  /** A server that has too much to do says when to come again. */
  async function patiently(act: () => Promise<Response>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await (await act()).text() // to its end, or the connection is not free for the next
        return
      } catch (thrown) {
        const { code, retryAfterS = 1 } = ChatError.from(thrown)
        if (code !== 'too-many-requests' || tries === MAX_TRIES || retryAfterS > MAX_PAUSE_S) throw thrown
        await new Promise<void>((resolve) => platform.clock.after(retryAfterS * 1_000, resolve))
      }
    }
  }

  return {
    async send(files, to) {
      const outcomes: Outcome[] = []
      for (const [index, file] of files.entries()) {
        const problem =
          index < MAX_AT_ONCE
            ? await post(file, to).then(
                () => null,
                (thrown: unknown) => ChatError.from(thrown).message,
              )
            : `only ${MAX_AT_ONCE} files are taken at once`
        outcomes.push({ name: withoutHidden(file.name), problem })
      }
      return outcomes
    },
  }
}

/** What the server would refuse is refused before it is sent. @throws ChatError */
function checkFile({ size, type }: File): void {
  if (size > MAX_FILE_BYTES) {
    throw new ChatError('too-large', `this file has ${bytes(size)}, and ${bytes(MAX_FILE_BYTES)} is the most`)
  }
  if (!FILE_TYPES.has(type)) {
    throw new ChatError('wrong-type', 'only PNG, JPEG, GIF, WebP, PDF and plain text are taken')
  }
  if (size === 0) throw new ChatError('bad-draft', 'this file is empty')
}

/** @throws ChatError for what only looks like a file, such as a folder, or is gone meanwhile */
async function contentOf(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer()
  } catch (cause) {
    throw new ChatError('bad-draft', 'this could not be read: is it a folder, or gone meanwhile?', { cause })
  }
}

/**
 * The file's own name, without what no name may have, and cut in its middle when it is longer than a name may
 * be: its ending says what it is.
 */
function nameFor(file: File): string {
  const name = withoutHidden(file.name).replace(/[/\\]/g, '_').trim() || 'file'
  if (name.length <= MAX_NAME_LENGTH) return name
  const ending = /\.[^.]{1,8}$/.exec(name)?.[0] ?? ''
  return `${cut(name, MAX_NAME_LENGTH - ending.length - 1)}…${ending}`
}

/**
 * A short name for a content. No cryptography, which a page that came by plain http does not have: two contents
 * with one digest would only be told apart by the server, which refuses the second.
 */
function digest(what: string, content: Uint8Array): string {
  const all = new TextEncoder().encode(what)
  let [one, two] = [0x811c9dc5, 0x9e3779b9]
  for (const part of [all, content]) {
    for (const byte of part) {
      one = Math.imul(one ^ byte, 0x01000193)
      two = Math.imul(two ^ byte, 0x85ebca6b) ^ (two >>> 13)
    }
  }
  return `${(one >>> 0).toString(36)}${(two >>> 0).toString(36)}${content.length.toString(36)}`
}

/** What became of them, in few sentences: those that were sent together, those that were not by their reasons. */
export function outcomesInWords(outcomes: readonly Outcome[]): string[] {
  const byProblem = new Map<string | null, string[]>()
  for (const { name, problem } of outcomes) byProblem.set(problem, [...(byProblem.get(problem) ?? []), name])
  const sent = byProblem.get(null) ?? []
  byProblem.delete(null)
  return [
    ...[...byProblem].map(([problem, names]) => `Not sent: ${names.map(isolated).join(', ')}: ${problem}.`),
    ...(sent.length > 0 ? [`Sent: ${sent.map(isolated).join(', ')}.`] : []),
  ]
}
