/** Rooms over HTTP: what is said when people come and go, what is kept, and what is not understood. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { KEEP_MESSAGES } from '../../store/store.ts'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../../verify/kit/test-user.ts'
import type { ChatMessage } from '../../wire/message.ts'

let server: ServerWithUsers
let ada: TestUser
let bob: TestUser
beforeEach(async () => {
  server = await startServerWithUsers()
  ada = await server.signIn('Ada')
  bob = await server.signIn('Bob')
})
afterEach(() => server.close())

async function group(title = 'Garden'): Promise<string> {
  const { status, body } = await ada.ask('POST', '/rooms', { kind: 'group', title })
  expect(status).toBe(201)
  return (body as { name: string }).name
}
async function withBob(): Promise<string> {
  const room = await group()
  expect(await ada.ask('PUT', `/rooms/${room}/members/Bob`, { role: 'invited' })).toMatchObject({
    status: 200,
  })
  expect(await bob.ask('POST', `/rooms/${room}/join`)).toMatchObject({ status: 200 })
  return room
}
const said = async (who: TestUser, room: string) => {
  const { body } = await who.ask('GET', `/rooms/${room}/messages`)
  return (body as { messages: ChatMessage[] }).messages
}
const roomsOf = async (who: TestUser) =>
  ((await who.ask('GET', '/rooms')).body as { rooms: { name: string; kind: string }[] }).rooms

describe('who is there', () => {
  it('is told when a member joins, and when a member leaves', async () => {
    const room = await withBob()
    await bob.ask('DELETE', `/rooms/${room}/members/Bob`)
    expect(await said(ada, room)).toMatchObject([
      { author: 'Bob', text: '(Bob has joined)', note: { kind: 'joined', person: 'Bob' } },
      { author: 'Bob', text: '(Bob has left)', note: { kind: 'left', person: 'Bob' } },
    ])
    expect((await said(ada, room)).every(({ authorId }) => /^[a-z0-9]{1,32}$/.test(authorId ?? ''))).toBe(
      true,
    )
  })

  it('is told once, however often the invited person accepts', async () => {
    const room = await withBob()
    await bob.ask('POST', `/rooms/${room}/join`)
    expect(await said(ada, room)).toHaveLength(1)
  })

  it('is not told of an invitation that is declined', async () => {
    const room = await group()
    await ada.ask('PUT', `/rooms/${room}/members/Bob`, { role: 'invited' })
    expect(await bob.ask('DELETE', `/rooms/${room}/members/Bob`)).toMatchObject({ status: 204 })
    expect(await said(ada, room)).toEqual([])
    expect(await roomsOf(bob)).toEqual([])
  })

  it('is found out by who belongs to it', async () => {
    const room = await withBob()
    const { body } = await bob.ask('GET', `/rooms/${room}/members`)
    expect(body).toEqual({
      members: [
        { id: expect.any(String), name: 'Ada', role: 'owner' },
        { id: expect.any(String), name: 'Bob', role: 'member' },
      ],
    })
  })
})

describe('the list of rooms', () => {
  it('has one’s own, and the public ones that are in use', async () => {
    const room = await withBob()
    await server.visitor.ask('POST', '/rooms/lobby/messages', { draftId: 'd', author: 'Eve', text: 'hi' })
    await server.visitor.ask('GET', '/rooms/looked-into/messages')
    const lobby = { name: 'lobby', kind: 'public' }
    expect(await roomsOf(bob)).toEqual([
      { name: room, kind: 'group', title: 'Garden', role: 'member', members: 2 },
      lobby,
    ])
    expect(await roomsOf(server.visitor)).toEqual([lobby])
  })
})

describe('a private conversation', () => {
  it('is made once: 201, and 200 from then on', async () => {
    const first = await ada.ask('POST', '/rooms', { kind: 'pair', with: 'Bob' })
    const second = await bob.ask('POST', '/rooms', { kind: 'pair', with: 'ada' })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body).toMatchObject({ name: (first.body as { name: string }).name, title: 'Ada' })
  })
})

describe('a room that everybody has left', () => {
  it('is gone, with what was said, and what was posted', async () => {
    const store = createMemoryStore()
    const hub = new Hub({ store })
    const kept = await startServerWithUsers({ hub })
    const owner = await kept.signIn('Ada')
    const { body } = await owner.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
    const { name } = body as { name: string }
    await owner.ask('POST', `/rooms/${name}/messages`, { draftId: 'd', text: 'secret' })
    await owner.post(`/rooms/${name}/files?name=a.txt&draftId=f`, 'text/plain', Buffer.from('secret'))
    expect([store.rooms, store.fileBytes()]).toEqual([1, 6])
    expect(await owner.ask('DELETE', `/rooms/${name}/members/Ada`)).toMatchObject({ status: 204 })
    expect(await owner.ask('GET', `/rooms/${name}/messages`)).toMatchObject({ code: 'not-found' })
    expect([store.rooms, store.fileBytes()]).toEqual([0, 0])
    expect(hub.room(name).lastSeq).toBe(0)
    await kept.close()
  })
})

describe('what is not understood', () => {
  it.each<[string, string, unknown, string]>([
    ['POST', '/rooms', { kind: 'party' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group', title: ' ' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group', title: 'Gar\u200bden' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group', title: '\u202enedraG' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group', title: 'x'.repeat(65) }, 'bad-request'],
    ['POST', '/rooms', { kind: 'group', title: 'x', colour: 'red' }, 'bad-request'],
    ['POST', '/rooms', { kind: 'pair', with: 7 }, 'bad-request'],
    ['POST', '/rooms', { kind: 'pair', with: 'Ada' }, 'bad-person'],
    ['POST', '/rooms', { kind: 'pair', with: 'Unknown' }, 'not-found'],
    ['POST', '/rooms', ['group'], 'bad-request'],
    ['PUT', '/rooms/ROOM/members/Bob', { role: 'king' }, 'bad-request'],
    ['PUT', '/rooms/ROOM/members/Bob', { role: '__proto__' }, 'bad-request'],
    ['PUT', '/rooms/ROOM/members/Bob', { role: 'invited', more: 1 }, 'bad-request'],
    ['PUT', '/rooms/ROOM/members/__proto__', { role: 'invited' }, 'not-found'],
    ['DELETE', '/rooms/ROOM/members/constructor', undefined, 'not-found'],
    ['GET', '/rooms/lobby/members', undefined, 'not-found'],
    ['POST', '/rooms/lobby/join', undefined, 'not-found'],
    ['POST', '/rooms', undefined, 'bad-json'],
  ])('%s %s %j: %s', async (method, path, body, code) => {
    const room = await group()
    expect(await ada.ask(method, path.replace('ROOM', room), body)).toMatchObject({ code })
  })

  it('needs a person who has signed in', async () => {
    for (const body of [
      { kind: 'group', title: 'x' },
      { kind: 'pair', with: 'Ada' },
    ]) {
      expect(await server.visitor.ask('POST', '/rooms', body)).toMatchObject({
        status: 401,
        code: 'not-signed-in',
      })
    }
  })

  it('is refused to a page of another origin', async () => {
    const room = await group()
    const at = `http://127.0.0.1:${server.port}/rooms/${room}/members/Ada`
    const headers = { ...ada.headers, origin: 'https://elsewhere.example' }
    expect((await fetch(at, { method: 'DELETE', headers })).status).toBe(403)
    expect((await fetch(at.replace('/Ada', ''), { headers: ada.headers })).status).toBe(200)
  })
})

describe('on a disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-groups-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('rooms, members, messages and files are there again after a restart', async () => {
    const file = join(folder, 'chat.sqlite')
    let store = openSqliteStore(file)
    let hub = new Hub({ store })
    let kept = await startServerWithUsers({ hub, records: store.records })
    const owner = await kept.signIn('Ada')
    const made = await owner.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
    const { name } = made.body as { name: string }
    await owner.ask('POST', `/rooms/${name}/messages`, { draftId: 'd', text: 'hello' })
    const { body } = await owner.post(
      `/rooms/${name}/files?name=a.txt&draftId=f`,
      'text/plain',
      Buffer.from('hi'),
    )
    const { note } = body as ChatMessage
    await kept.close()
    hub.close()

    store = openSqliteStore(file)
    hub = new Hub({ store })
    kept = await startServerWithUsers({ hub, records: store.records })
    const again = await kept.signedIn(owner)
    expect(await roomsOf(again)).toMatchObject([{ name, title: 'Garden', role: 'owner' }])
    expect((await said(again, name)).map(({ text }) => text)).toEqual(['hello', 'a.txt'])
    const id = note?.kind === 'file' ? note.file.id : ''
    const response = await fetch(`http://127.0.0.1:${kept.port}/rooms/${name}/files/${id}`, {
      headers: again.headers,
    })
    expect(await response.text()).toBe('hi')
    expect((await fetch(`http://127.0.0.1:${kept.port}/rooms/${name}/files/${id}`)).status).toBe(404)
    await kept.close()
    hub.close()
  })

  it('that is full takes no file, and there is no message of it; a small one it takes', async () => {
    const store = openSqliteStore(join(folder, 'full.sqlite'), { keep: KEEP_MESSAGES, maxPages: 60 })
    const hub = new Hub({ store })
    const full = await startServerWithUsers({ hub, records: store.records })
    const owner = await full.signIn('Ada')
    await owner.ask('POST', '/rooms/lobby/messages', { draftId: 'd', text: 'hello' })
    const url = '/rooms/lobby/files?name=a.txt&draftId=f'
    expect(await owner.post(url, 'text/plain', Buffer.alloc(500_000, 'x'))).toMatchObject({
      status: 503,
      code: 'not-stored',
    })
    expect((await said(owner, 'lobby')).map(({ text }) => text)).toEqual(['hello'])
    expect(store.fileBytes()).toBe(0)
    expect(await owner.post(url, 'text/plain', Buffer.from('small'))).toMatchObject({ status: 201 })
    await full.close()
    hub.close()
  })
})
