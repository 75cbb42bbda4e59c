/**
 * A real HAProxy, with the files that docs/deploy publishes, before two labs of which one drains: until HAProxy has found that out by its checks, that lab answers
 * 503, and no client sees it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createFront } from '../../cluster/front/front.ts'
import type { Program } from '../../cluster/machine/program.ts'
import { freePorts } from '../kit/network/ports.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { type LabOfMany, type Labs, startLabs } from './labs.ts'

const HAPROXY = find('haproxy')
if (HAPROXY === null) skipLoudly('haproxy', 'haproxy')

const folder = mkdtempSync(join(tmpdir(), 'lab-haproxy-'))
let labs: Labs | undefined
let front: Program | undefined
afterEach(async () => {
  await front?.kill()
  await labs?.close()
  rmSync(folder, { recursive: true, force: true })
})

const headers = { 'content-type': 'application/json' }
const statusOf = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  await response.body?.cancel()
  return response.status
}

/** What comes to a reader by SSE, until its stream ends. */
async function readTo(texts: string[], url: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, { signal })
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body!) texts.push(decoder.decode(chunk))
  } catch {} // it is cut at the end of the test
  return response.status
}

it.runIf(HAPROXY)(
  'a lab that drains behind HAProxy is seen by no client: what it refuses is answered by the other',
  { timeout: 60_000 },
  async () => {
    const [port] = await freePorts(1)
    labs = await startLabs(2, undefined, { options: { origins: [`http://127.0.0.1:${port}`] } })
    const [left, right] = labs.all as [LabOfMany, LabOfMany]
    front = createFront('haproxy', {
      ...{ file: HAPROXY!, folder, port: port!, control: 1, onProcess: () => {} },
      servers: [left, right].map(({ server }) => Number(new URL(server.url).port)),
    })
    await front.start()
    const url = `http://127.0.0.1:${port}`
    const at = `${url}/transports`
    const say = (to: string, text: string) =>
      statusOf(`${to}/rooms/lobby/messages`, {
        ...{ method: 'POST', headers },
        body: JSON.stringify({ draftId: text, author: 'ada', text }),
      })

    // Each of them asks new requests without pause: a page, a poll, a stream that is opened, and a message.
    const seen: Record<string, number[]> = { page: [], poll: [], stream: [], post: [] }
    let said = 0
    const round = async () => {
      const opening = new AbortController()
      const opened = await fetch(`${at}/sse/rooms/lobby/events`, { signal: opening.signal })
      seen.stream!.push(opened.status)
      opening.abort()
      seen.page!.push(await statusOf(`${url}/rooms/lobby/messages`))
      seen.poll!.push(await statusOf(`${at}/short-polling/rooms/lobby/messages`))
      // Five requests in all, so that each kind comes to each of the two labs.
      for (let i = 0; i < 2; i++) seen.post!.push(await say(url, `m${said++}`))
    }
    const texts: string[] = []
    const staying = new AbortController()
    const reader = readTo(texts, `${at}/sse/rooms/lobby/events`, staying.signal)
    const [before, after] = [left, right].map(
      ({ engine }) =>
        () =>
          engine.appended,
    )
    while (before!() < 3 || after!() < 3) await round() // by both of them, in turn

    expect(
      await statusOf(`${left.server.url}/drain`, { method: 'POST', headers, body: '{"withinMs":2000}' }),
    ).toBe(202)
    // It refuses, and HAProxy has not yet looked.
    expect(await statusOf(`${left.server.url}/transports/sse/rooms/lobby/events`)).toBe(503)
    expect(await say(left.server.url, 'refused')).toBe(503)
    const rounds = seen.page!.length
    const begun = performance.now()
    // As long as its checks take, and as long again without the first.
    while (performance.now() - begun < 4_000) await round()
    expect(seen.page!.length - rounds).toBeGreaterThan(10)
    const others = Object.entries(seen).map(([what, all]) => [what, all.filter((one) => one >= 300)])
    expect(Object.fromEntries(others)).toEqual({ page: [], poll: [], stream: [], post: [] })

    await left.stop()
    for (let i = 0; i < 5; i++) await round()
    expect(
      Object.values(seen)
        .flat()
        .filter((one) => one >= 300),
    ).toEqual([])
    // Each message is there once, though some were sent again by HAProxy.
    const last = await right.hub.room('lobby').publish({ draftId: 'last', author: 'ada', text: 'last' })
    expect(last.seq).toBe(said + 1)
    staying.abort()
    expect(await reader).toBe(200)
    expect(texts.join('')).toContain('m0')
  },
)
