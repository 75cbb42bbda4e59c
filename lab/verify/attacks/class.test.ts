/** Attempts to hold a class without leave, to see what learners tell their teacher, to tell in another's name, and to fill the memory. */
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_CLASSES, MAX_LEARNERS } from '../../server/wires/class/classes.ts'
import type { LanesOptions } from '../../server/wires/lanes.ts'
import type { ClassView, Given } from '../../wires/class/control.ts'
import { MAX_SETTING_CHARS } from '../../wires/class/control.ts'
import { TEACHER_HEADER } from '../../wires/control.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'

let bench: LanesBench
afterEach(() => bench?.close())
const start = async (options: Partial<LanesOptions> = {}) => {
  bench = await startWithLanes(options)
}

/** A client that is not on this machine, as far as the server can tell: documentation's own address (RFC 5737). */
const FAR_AWAY = { addressOf: () => '203.0.113.9' }
const ROOM = '/wires/classes/tea'
const REPORT = { name: 'Ada', ledger: [], guess: null }

type Headers = Readonly<Record<string, string>>

/** By a lane's port, which hands its client's address on. */
const send = (method: string, path: string, body?: unknown, headers: Headers = {}, far = false) =>
  fetch(`${far ? bench.laneOf('sse') : bench.server.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
const give = (setting = '?zoom=2', path = ROOM) => send('PUT', path, { setting })
const view = async (path = ROOM) => (await (await send('GET', path)).json()) as ClassView
const errorOf = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { readonly code: string; readonly message: string }),
})

describe('a class without leave', () => {
  it('is not held, seen or ended from another machine without the token', async () => {
    await start(FAR_AWAY)
    await give()
    for (const more of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { [TEACHER_HEADER]: '' },
      { [TEACHER_HEADER]: `${bench.teacher.token}x` },
      { authorization: `Bearer ${bench.teacher.token}` },
    ] as Headers[])
      for (const [method, body] of [['PUT', { setting: '?words=1' }], ['GET'], ['DELETE']] as const) {
        const response = await send(method, ROOM, body, more, true)
        expect([401, 403], `${method} ${JSON.stringify(more)}`).toContain(response.status)
      }
    expect(await view()).toMatchObject({ setting: '?zoom=2' })
    const told = await errorOf(await send('GET', ROOM, undefined, {}, true))
    expect(told).toMatchObject({ status: 403, code: 'not-allowed' })
    expect(told.message).toContain('the teacher’s token')
  })

  it('is for the teacher’s token, from anywhere', async () => {
    await start(FAR_AWAY)
    const token = { [TEACHER_HEADER]: bench.teacher.token }
    expect((await send('PUT', ROOM, { setting: '?words=1' }, token, true)).status).toBe(200)
    expect((await send('GET', ROOM, undefined, token, true)).status).toBe(200)
    expect((await send('DELETE', ROOM, undefined, token, true)).status).toBe(204)
    expect((await view()).given).toBeNull()
  })

  it('is not held by a page of another origin, which a teacher has open', async () => {
    await start()
    const response = await send('PUT', ROOM, { setting: '?words=1' }, { origin: 'https://evil.example' })
    expect(response.status).toBe(403)
    expect((await view()).given).toBeNull()
  })

  it('is not held in a private room, or in one that cannot be', async () => {
    await start()
    for (const room of [`~${'a'.repeat(20)}`, 'No%20Way', '..%2fadmin'])
      expect([400, 404], room).toContain((await give('', `/wires/classes/${room}`)).status)
  })
})

describe('what a learner tells', () => {
  it('is seen by the teacher and by no other learner', async () => {
    await start()
    await give()
    const [ada, grace] = [await bench.visitor(), await bench.visitor()]
    const told = { ...REPORT, guess: { scenario: 'tunnel', guess: 1, verdict: 'none yet' } }
    await send('POST', `${ROOM}/mine`, told, { cookie: ada })
    const answer = await (
      await send('POST', `${ROOM}/mine`, { ...REPORT, name: 'Grace' }, { cookie: grace })
    ).json()
    expect(Object.keys(answer as Given).sort()).toEqual(['given', 'setting'])
    expect((await view()).learners).toMatchObject([told, { name: 'Grace' }])
    await send('DELETE', `${ROOM}/mine`, undefined, { cookie: grace })
    expect((await view()).learners).toMatchObject([told])
  })

  it('is under the name by which the room knows them: not under that of a member, nor under another one once signed in', async () => {
    await start()
    await give()
    const cookie = await bench.visitor()
    const signUp = await send('POST', '/session', { name: 'Grace' })
    const guest = signUp.headers.get('set-cookie')!.split(';')[0]!
    expect(signUp.status).toBe(201)
    await send('POST', `${ROOM}/mine`, { ...REPORT, name: 'Another One' }, { cookie: guest })
    expect((await view()).learners.map(({ name }) => name)).toEqual(['Grace'])
    const stolen = await errorOf(await send('POST', `${ROOM}/mine`, { ...REPORT, name: 'Grace' }, { cookie }))
    expect([401, 409]).toContain(stolen.status)
    expect((await view()).learners).toHaveLength(1)
  })

  it('is not taken from one of whom nothing is known, and is dropped where no class is held', async () => {
    await start()
    expect((await send('POST', `${ROOM}/mine`, REPORT)).status).toBe(401)
    const answer = await send('POST', `${ROOM}/mine`, REPORT, { cookie: await bench.visitor() })
    expect(await answer.json()).toEqual({ given: null, setting: '' })
    expect((await view()).learners).toEqual([])
  })

  it.each([
    ['{', 400, 'bad-json', ''],
    [{}, 400, 'bad-request', 'name'],
    [{ ...REPORT, name: ' ' }, 400, 'bad-request', 'name: must be 1 to'],
    [{ ...REPORT, ledger: [{ lane: 'sse' }] }, 400, 'bad-request', 'ledger.0.delivered'],
    [
      {
        ...REPORT,
        ledger: Array(33).fill({ lane: 'x', delivered: 0, inLog: 0, lost: 0, doubled: 0, reordered: 0 }),
      },
      400,
      'bad-request',
      'ledger: at most 32 lanes',
    ],
    [{ ...REPORT, guess: { scenario: 'x', guess: -1, verdict: 'right' } }, 400, 'bad-request', 'guess.guess'],
    [{ ...REPORT, more: 1 }, 400, 'bad-request', 'more'],
    [{ ...REPORT, name: 'x'.repeat(20_000) }, 413, 'too-large', ''],
  ])(
    'that is wrong or too large is refused in a clear line, and nothing of it is kept: %#',
    async (body, status, code, words) => {
      await start()
      await give()
      const error = await errorOf(await send('POST', `${ROOM}/mine`, body, { cookie: await bench.visitor() }))
      expect(error).toMatchObject({ status, code })
      expect(error.message).toContain(words)
      expect((await view()).learners).toEqual([])
    },
  )
})

describe('the memory of classes', () => {
  it.each([
    ['?'.padEnd(MAX_SETTING_CHARS + 1, 'x'), `setting: at most ${MAX_SETTING_CHARS} characters`],
    ['lanes=sse', 'setting: this is not the query of an address'],
    ['?a b', 'setting: this is not the query of an address'],
    ['?\u202e', 'setting: this is not the query of an address'],
  ])('holds no setting that is too long or is none: %#', async (setting, words) => {
    await start()
    const error = await errorOf(await give(setting))
    expect(error).toMatchObject({ status: 400, code: 'bad-request', message: words })
    expect((await view()).given).toBeNull()
  })

  it('holds so many classes and learners, and says so to the next one', async () => {
    await start()
    for (let n = 0; n < MAX_CLASSES; n++)
      expect((await give('', `/wires/classes/room-${n}`)).status).toBe(200)
    const full = await errorOf(await give())
    expect(full).toMatchObject({ status: 429, code: 'too-many-requests' })
    expect(full.message).toContain('end one first')
    const cookies = await Promise.all(Array.from({ length: MAX_LEARNERS + 1 }, () => bench.visitor()))
    const statuses = []
    for (const cookie of cookies)
      statuses.push((await send('POST', '/wires/classes/room-0/mine', REPORT, { cookie })).status)
    expect(statuses).toEqual([...Array(MAX_LEARNERS).fill(200), 429])
  })
})
