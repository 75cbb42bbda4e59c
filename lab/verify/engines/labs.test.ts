/** Several labs on one log: any reader at any server, over every transport, with nothing lost, doubled, renumbered or called a gap. */
import { afterEach, describe, expect, it } from 'vitest'
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import { createServerMetrics } from '../../server/observe/server-metrics.ts'
import { holdConversation } from './conversation.ts'
import { type LabOfMany, type Labs, startLabs } from './labs.ts'

const LIMIT_MS = 120_000

let labs: Labs
afterEach(() => labs.close())

/** Those that have a server; one that chooses among them has none. */
const transports = [...DESCRIPTORS].flatMap(([name, { carriedBy }]) =>
  typeof carriedBy === 'object' ? [] : [name],
)

const get = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, response }
}
const post = (url: string, draftId: string) =>
  fetch(`${url}/rooms/lobby/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ draftId, author: 'ada', text: draftId }),
  })

describe.each(transports)(
  'a reader over %s that goes to another server each time',
  { timeout: LIMIT_MS },
  (transport) => {
    it('gets every message once, in order and without a gap, while servers fall behind, one is stopped, and one begins', async () => {
      labs = await startLabs(3)
      const { findings, said, hops } = await holdConversation(labs, {
        transport,
        async trouble(round) {
          if (round === 2) await labs.all[0]!.stop()
          if (round === 3) await labs.start()
        },
      })
      expect(findings).toEqual([])
      expect(said).toBeGreaterThan(30)
      expect(hops).toBeGreaterThan(3)
    })
  },
)

describe('a poll that goes from server to server', () => {
  it('is held at each of them, although each counts its own readers', async () => {
    labs = await startLabs(2)
    const poll = async (lab: number, since: string) => {
      const { body } = await get(
        `${labs.all[lab]!.server.url}/transports/long-polling/rooms/lobby/messages?tab=clientthathops&wait=0.05${since}`,
      )
      return body as { cursor: string; here?: unknown }
    }
    let cursor = ''
    for (const lab of [0, 1]) cursor = `&since=${(await poll(lab, cursor)).cursor}`
    // Each server has counted it, and told it so, by now.
    const asked = performance.now()
    for (const lab of [0, 1, 0, 1]) {
      const page = await poll(lab, cursor)
      expect(page.here).toBeUndefined()
      cursor = `&since=${page.cursor}`
    }
    expect(performance.now() - asked).toBeGreaterThan(4 * 45)
  })
})

describe('labs whose engine is away', () => {
  it('take nothing, say when to try again, and let read; and the same draft is one message when the engine is back', async () => {
    labs = await startLabs(2)
    const [left, right] = labs.all.map(({ server }) => server.url) as [string, string]
    expect((await post(left, 'before')).status).toBe(201)
    for (const { engine } of labs.all) engine.isAway = true
    const refused = await post(left, 'meanwhile')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      503,
      expect.stringMatching(/^\d+$/),
    ])
    expect(await refused.json()).toMatchObject({ code: 'not-stored' })
    expect((await get(`${left}/healthz`)).body).toMatchObject({ status: 'ok', behind: 0 })
    const { body } = await get(`${left}/transports/short-polling/rooms/lobby/messages`)
    expect(body).toMatchObject({ messages: [{ seq: 1, text: 'before' }] })
    for (const { engine } of labs.all) engine.isAway = false
    expect((await post(right, 'meanwhile')).status).toBe(201)
    expect(await (await post(left, 'meanwhile')).json()).toMatchObject({ seq: 2 })
  })

  it('or full, take nothing and say so', async () => {
    labs = await startLabs(1)
    labs.all[0]!.engine.isFull = true
    const refused = await post(labs.all[0]!.server.url, 'a')
    expect(await refused.json()).toMatchObject({
      code: 'not-stored',
      message: expect.stringContaining('full'),
    })
  })
})

describe('a lab that is behind the others', () => {
  it('holds a short poll from ahead of it, answers a long poll in time, and tells neither of a gap', async () => {
    labs = await startLabs(2)
    const [left, right] = labs.all.map(({ server }) => server.url) as [string, string]
    await post(left, 'a')
    await labs.settle()
    labs.all[1]!.engine.isHeldBack = true
    await post(left, 'b')
    const at = (url: string, transport: string, query: string) =>
      get(`${url}/transports/${transport}/rooms/lobby/messages?${query}`)
    const { cursor } = (await at(left, 'short-polling', '')).body as { cursor: string }
    expect((await at(right, 'long-polling', `wait=0&since=${cursor}`)).body).toEqual({
      ...{ messages: [], cursor, gap: false, more: false },
    })
    let isAnswered = false
    const held = at(right, 'short-polling', `since=${cursor}`).finally(() => (isAnswered = true))
    const history = get(`${right}/rooms/lobby/messages?before=${cursor}`)
    await at(right, 'short-polling', '')
    expect(isAnswered).toBe(false)
    labs.all[1]!.engine.isHeldBack = false
    expect((await held).body).toMatchObject({ messages: [], cursor, gap: false })
    expect((await history).body).toMatchObject({ messages: [{ text: 'a' }, { text: 'b' }], gap: false })
  })

  it('says so at /healthz, and is ready again when it has caught up', async () => {
    labs = await startLabs(2)
    const [, lab] = labs.all
    const health = () => get(`${lab!.server.url}/healthz`)
    await labs.settle()
    expect((await health()).body).toEqual({ status: 'ok', applied: 0, behind: 0, behindMs: 0 })
    lab!.engine.isHeldBack = true
    await post(labs.all[0]!.server.url, 'a')
    await expect.poll(async () => (await health()).status, { timeout: 30_000, interval: 100 }).toBe(503)
    expect((await health()).body).toEqual({
      status: 'behind',
      applied: 0,
      behind: 1,
      behindMs: expect.any(Number),
    })
    lab!.engine.isHeldBack = false
    expect((await health()).body).toEqual({ status: 'ok', applied: 1, behind: 0, behindMs: 0 })
  })

  it('takes an edit of a message that its author has read at another server', async () => {
    labs = await startLabs(2)
    const [left, right] = labs.all as [LabOfMany, LabOfMany]
    const ada = await signIn(left)
    await labs.settle()
    right.engine.isHeldBack = true
    expect((await ada(left, 'POST', '/rooms/lobby/messages', { draftId: 'a', text: 'a' })).status).toBe(201)
    let isAnswered = false
    const note = { kind: 'edited', seq: 1 }
    const edit = ada(right, 'POST', '/rooms/lobby/messages', { draftId: 'e', text: 'A', note }).finally(
      () => (isAnswered = true),
    )
    for (let i = 0; i < 3; i++) await get(`${right.server.url}/healthz`)
    expect(isAnswered).toBe(false)
    right.engine.isHeldBack = false
    expect(await (await edit).json()).toMatchObject({ seq: 2, note })
  })
})

/** @returns asks any of the labs as that person: one cookie for all of them */
async function signIn({ server }: LabOfMany) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Ada' })
  const response = await fetch(`${server.url}/session`, { method: 'POST', headers, body })
  const [cookie = ''] = response.headers.getSetCookie().map((one) => one.split(';')[0])
  return (lab: LabOfMany, method: string, path: string, json?: object) =>
    fetch(`${lab.server.url}${path}`, {
      ...{ method, headers: { cookie, ...(json && headers) } },
      ...(json && { body: JSON.stringify(json) }),
    })
}

it('GET /metrics of a lab tells how far it is in the log, and how long its entries were underway', async () => {
  const metrics = createServerMetrics()
  labs = await startLabs(2, undefined, {
    hubOptions: { onRoundTrip: (ms) => metrics.cameBack(ms) },
    options: { metrics },
  })
  const [left, right] = labs.all as [LabOfMany, LabOfMany]
  await post(left.server.url, 'a')
  await post(right.server.url, 'b')
  await labs.settle()
  const text = await (await fetch(`${right.server.url}/metrics`)).text()
  const sample = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  expect(['position', 'behind_entries', 'ready'].map((name) => sample(`lab_log_${name}`))).toEqual([2, 0, 1])
  expect(
    ['behind_seconds', 'entries_applied_total', 'reconnects_total'].map((name) => sample(`lab_log_${name}`)),
  ).toEqual([0, 2, 0])
  // The last lab that was started with these metrics listens: it has heard of both labs’ entries.
  expect(sample('lab_log_round_trip_seconds_count')).toBe(2)
  expect(sample('lab_log_round_trip_seconds_sum')).toBeGreaterThan(0)
})

describe('a person', () => {
  it('who signs in at one lab is signed in at all, keeps the name there, and is signed out everywhere at once', async () => {
    labs = await startLabs(3)
    const [left, right, third] = labs.all as [LabOfMany, LabOfMany, LabOfMany]
    const ada = await signIn(left)
    const who = async (lab: LabOfMany) =>
      ((await (await ada(lab, 'GET', '/session')).json()) as { person: { name: string } | null }).person?.name
    expect(await Promise.all(labs.all.map(who))).toEqual(['Ada', 'Ada', 'Ada'])
    const said = await ada(right, 'POST', '/rooms/lobby/messages', { draftId: 'a', text: 'a' })
    expect(await said.json()).toMatchObject({ author: 'Ada', authorId: expect.any(String) })
    // A stranger at a third lab may not write under that name.
    const stranger = await fetch(`${third.server.url}/rooms/lobby/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 's', author: 'ada', text: 's' }),
    })
    expect(await stranger.json()).toMatchObject({ code: 'name-taken' })
    const stream = await ada(third, 'GET', '/transports/sse/rooms/lobby/events')
    const ended = stream.text()
    expect((await ada(left, 'DELETE', '/session')).status).toBe(204)
    await ended
    expect(await Promise.all(labs.all.map(who))).toEqual([undefined, undefined, undefined])
  })

  it('is there again at a lab that begins behind the others, with the rooms that are theirs', async () => {
    labs = await startLabs(1)
    const [first] = labs.all as [LabOfMany]
    const ada = await signIn(first)
    const made = await ada(first, 'POST', '/rooms', { kind: 'group', title: 'Garden' })
    const { name } = (await made.json()) as { name: string }
    const said = await ada(first, 'POST', `/rooms/${name}/messages`, { draftId: 'a', text: 'a' })
    expect(said.status).toBe(201)
    const late = await labs.start()
    const read = await ada(late, 'GET', `/rooms/${name}/messages`)
    expect(await read.json()).toMatchObject({ messages: [{ seq: 1, text: 'a' }] })
    expect((await ada(late, 'DELETE', `/rooms/${name}/members/Ada`)).status).toBe(204)
    await labs.settle()
    expect(labs.all.map(({ hub }) => hub.room(name).lastSeq)).toEqual([0, 0])
  })
})
