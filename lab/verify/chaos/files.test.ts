/**
 * Files on a server that is killed in the middle of taking them: each that was acknowledged is there, each
 * that is announced is whole, and nothing else lies on the disk.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'libsql'
import { afterAll, expect, it } from 'vitest'
import { MAX_FILE_BYTES } from '../../wire/limits.ts'
import type { ChatMessage, Page } from '../../wire/message.ts'
import { anySeed, createRandom } from '../../wire/random.ts'
import { createServerProcess } from './server-process.ts'

const seed = Number(process.env.SEED ?? anySeed())
const KILLS = 4
/** As many as the server takes at once from one address. */
const WRITERS = 4
const LIMIT_MS = 240_000

const folder = mkdtempSync(join(tmpdir(), 'lab-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(`what is announced is there, and what is there is announced (SEED=${seed})`, {
  timeout: LIMIT_MS,
}, async () => {
  const random = createRandom(seed)
  const server = createServerProcess(['lab/verify/chaos/lean-server.ts', folder])
  const acknowledged = new Map<string, string>()
  let tried = 0

  async function write(life: AbortSignal): Promise<void> {
    while (!life.aborted) {
      const size = Math.ceil(random() ** 2 * MAX_FILE_BYTES)
      const bytes = Buffer.alloc(size, `${tried++} `)
      const query = new URLSearchParams({ name: 'a.txt', draftId: `f${tried}`, author: 'Eve' })
      const url = `http://127.0.0.1:${server.port}/rooms/lobby/files?${query}`
      try {
        const response = await fetch(url, {
          ...{ method: 'POST', body: bytes, headers: { 'content-type': 'text/plain' }, signal: life },
        })
        const message = (await response.json()) as ChatMessage
        // Four of a megabyte in flight, and a room holds 32: sooner or later it is full.
        if (response.status === 413) return
        if (response.status === 201 && message.note?.kind === 'file') {
          acknowledged.set(message.note.file.id, hashOf(bytes))
        }
      } catch {
        return // it was killed
      }
    }
  }
  for (let kill = 0; kill < KILLS; kill++) {
    await server.start()
    const life = new AbortController()
    const before = acknowledged.size
    const writing = Array.from({ length: WRITERS }, () => write(life.signal))
    // Somewhere in the middle of what comes after the first few.
    await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before)
    await pause(random() * 60)
    await server.kill()
    life.abort()
    await Promise.all(writing)
  }

  await server.start()
  const at = `http://127.0.0.1:${server.port}/rooms/lobby`
  const announced = new Map<string, string>()
  for (let before = ''; ; ) {
    const page = (await (await fetch(`${at}/messages${before}`)).json()) as Page
    for (const { note } of page.messages) {
      if (note?.kind !== 'file')
        throw new Error('a message without a file, in a room into which only files were sent')
      const response = await fetch(`${at}/files/${note.file.id}`)
      expect(response.status, `${note.file.id} is announced`).toBe(200)
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(bytes.length).toBe(note.file.size)
      announced.set(note.file.id, hashOf(bytes))
    }
    if (!page.more) break
    before = `?before=${page.cursor}`
  }
  await server.stop()

  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS)
  for (const [id, hash] of acknowledged) expect(announced.get(id), `${id} was acknowledged`).toBe(hash)
  const db = new Database(join(folder, 'chat.sqlite'))
  expect(db.prepare('SELECT count(*) AS files FROM files').get()).toMatchObject({ files: announced.size })
  db.close()
})

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
