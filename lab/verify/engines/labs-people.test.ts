/** Several labs whose rooms and people are in one log: what is changed of people at one of them decides what is said and read at another. */
import { afterEach, describe, expect, it } from 'vitest'
import { labOnLog } from '../../app/lab-on-log.ts'
import { createMemoryBus, type MemoryBus } from '../../store/engine/bus.ts'
import { createMemoryLog, type MemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { type Store, StoreError } from '../../store/store.ts'
import type { ChatMessage, Page } from '../../wire/message.ts'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../kit/test-user.ts'
import { type ControlledEngine, controlled } from './controlled.ts'

const TIMEOUT = { timeout: 20_000, interval: 10 }

interface Lab {
  readonly server: ServerWithUsers
  readonly store: Store
  readonly engine: ControlledEngine
  readonly hub: ReturnType<typeof labOnLog>['hub']
  close(): Promise<void>
}

const open: Lab[] = []
afterEach(async () => {
  for (const lab of open.splice(0)) await lab.close()
})

async function labOn(log: MemoryLog, bus?: MemoryBus, store = createMemoryStore()): Promise<Lab> {
  const engine = controlled(log.open())
  const options = labOnLog({ engine, store, bus: bus?.open() })
  const server = await startServerWithUsers(options)
  const lab: Lab = {
    ...{ server, store, engine, hub: options.hub },
    async close() {
      await server.close()
      await options.hub.close()
    },
  }
  open.push(lab)
  return lab
}
async function twoLabs(bus?: MemoryBus): Promise<[Lab, Lab]> {
  const log = createMemoryLog()
  return [await labOn(log, bus), await labOn(log, bus)]
}
const settled = (...labs: Lab[]) => Promise.all(labs.map(({ hub }) => hub.caughtUp()))
const say = (user: TestUser, room: string, text: string) =>
  user.ask('POST', `/rooms/${room}/messages`, { draftId: text, text })
const saidIn = async (user: TestUser, room: string) => {
  const { body } = await user.ask('GET', `/rooms/${room}/messages`)
  return (body as { messages: ChatMessage[] }).messages.map(({ author, text }) => `${author}: ${text}`)
}
/** A room of Ada, who is at one lab, and Ben, who is at the other. */
async function withBoth(left: Lab, right: Lab) {
  const ada = await left.server.signIn('Ada')
  const ben = await right.server.signedIn(await left.server.signIn('Ben'))
  const { body } = await ada.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
  const room = (body as { name: string }).name
  await ada.ask('PUT', `/rooms/${room}/members/Ben`, { role: 'invited' })
  expect(await ben.ask('POST', `/rooms/${room}/join`)).toMatchObject({ status: 200 })
  return { ada, ben, room }
}

describe('a private room on one log', () => {
  it('is read and written at every lab by those who belong to it, and by no other user', async () => {
    const [left, right] = await twoLabs()
    const { ada, ben, room } = await withBoth(left, right)
    expect(await say(ada, room, 'hello')).toMatchObject({ status: 201 })
    expect(await say(ben, room, 'hi')).toMatchObject({ status: 201 })
    await settled(left, right)
    const all = ['Ben: (Ben has joined)', 'Ada: hello', 'Ben: hi']
    expect([await saidIn(ada, room), await saidIn(ben, room)]).toEqual([all, all])
    for (const { server } of [left, right])
      expect(await server.visitor.ask('GET', `/rooms/${room}/messages`)).toMatchObject({ code: 'not-found' })
  })

  it('takes no word of a member who was sent away, though their lab has not heard of it yet', async () => {
    const [left, right] = await twoLabs()
    const { ada, ben, room } = await withBoth(left, right)
    await settled(left, right)
    right.engine.isHeldBack = true
    expect(await ada.ask('DELETE', `/rooms/${room}/members/Ben`)).toMatchObject({ status: 204 })
    const before = right.engine.appended
    const late = say(ben, room, 'too late')
    await expect.poll(() => right.engine.appended, TIMEOUT).toBe(before + 1)
    right.engine.isHeldBack = false
    expect(await late).toMatchObject({ status: 404, code: 'not-found' })
    await settled(left, right)
    expect(await saidIn(ada, room)).toEqual(['Ben: (Ben has joined)', 'Ben: (Ben has left)'])
  })

  it('is forgotten at every lab in the entry in which its last member leaves, and what comes behind it is refused', async () => {
    const [left, right] = await twoLabs()
    const { ada, ben, room } = await withBoth(left, right)
    await say(ada, room, 'secret')
    await ben.ask('DELETE', `/rooms/${room}/members/Ben`)
    await settled(left, right)
    expect([left, right].map(({ store }) => store.rooms)).toEqual([1, 1])
    right.engine.isHeldBack = true
    const before = left.engine.appended
    expect(await ada.ask('DELETE', `/rooms/${room}/members/Ada`)).toMatchObject({ status: 204 })
    expect(left.engine.appended).toBe(before + 1)
    const sent = right.engine.appended
    const late = say(await right.server.signedIn(ada), room, 'too late')
    await expect.poll(() => right.engine.appended, TIMEOUT).toBe(sent + 1)
    right.engine.isHeldBack = false
    expect(await late).toMatchObject({ code: 'not-found' })
    await settled(left, right)
    for (const { store, hub } of [left, right])
      expect([store.rooms, store.open(room).newest, hub.room(room).lastSeq]).toEqual([0, 0, 0])
  })
})

it('a lab that begins again has the rooms and the people that its store has, and goes on from there', async () => {
  const log = createMemoryLog()
  const [left, right] = [await labOn(log), await labOn(log)]
  const { ada, ben, room } = await withBoth(left, right)
  await say(ada, room, 'before')
  await settled(left, right)
  const before = right.store.place()
  await right.close()
  open.splice(open.indexOf(right), 1)
  await say(ada, room, 'meanwhile')
  await ada.ask('PUT', `/rooms/${room}/members/Ben`, { role: 'moderator' })
  const again = await labOn(log, undefined, right.store)
  await settled(again)
  expect(again.store.place()!.applied).toBeGreaterThan(before!.applied)
  const benAgain = await again.server.signedIn(ben)
  expect((await saidIn(benAgain, room)).at(-1)).toBe('Ada: meanwhile')
  expect((await benAgain.ask('GET', `/rooms/${room}/members`)).body).toMatchObject({
    members: [{ role: 'owner' }, { name: 'Ben', role: 'moderator' }],
  })
  const records = ({ store }: Lab) =>
    ['person', 'session', 'room'].map((kind) => [...store.records.all(kind)].sort())
  expect(records(again)).toEqual(records(left))
})

it('a lab whose disk is full keeps neither message nor person of an entry, and takes it again when there is room', async () => {
  const log = createMemoryLog()
  const left = await labOn(log)
  const store = createMemoryStore()
  let isFull = false
  const full: Store = {
    ...store,
    get rooms() {
      return store.rooms
    },
    append(...entry) {
      if (isFull) throw new Error('the disk is full')
      store.append(...entry)
    },
  }
  const right = await labOn(log, undefined, full)
  await settled(left, right)
  isFull = true
  const ada = await left.server.signIn('Ada')
  await expect.poll(() => right.hub.readiness?.status, TIMEOUT).toBe('behind')
  expect([...store.records.all('person')]).toEqual([])
  expect(await right.server.visitor.ask('POST', '/session', { name: 'Ben' })).toMatchObject({
    ...{ code: 'not-stored', body: { message: 'this could not be stored; try again later' } },
  })
  isFull = false
  await settled(left, right)
  expect(await (await right.server.signedIn(ada)).ask('GET', '/session')).toMatchObject({
    body: { person: { name: 'Ada' } },
  })
  // A change of its own that it could not keep when it came back is decided by the log once, and not against itself.
  isFull = true
  const own = right.server.visitor.ask('POST', '/session', { name: 'Cy' })
  await expect.poll(() => right.hub.readiness?.status, TIMEOUT).toBe('behind')
  isFull = false
  expect(await own).toMatchObject({ status: 201 })
})

it('a lab with people of its own is not let onto a log', () => {
  const store = createMemoryStore()
  store.records.put([
    { kind: 'person', id: 'p1', value: { name: 'Ada', kind: 'guest', isUsed: true, hash: null, madeAt: 0 } },
  ])
  expect(() => labOnLog({ engine: createMemoryLog().open(), store })).toThrow(StoreError)
})

it('a reader counts once over both labs, and a poll that goes from one to the other is held at each', async () => {
  const [left, right] = await twoLabs(createMemoryBus())
  const ada = await left.server.signIn('Ada')
  const users = [ada, await right.server.signedIn(ada)]
  const poll = async (lab: number, since: string, wait: number) =>
    (
      await users[lab]!.ask(
        'GET',
        `/transports/long-polling/rooms/lobby/messages?tab=clientthathops&wait=${wait}${since}`,
      )
    ).body as Page
  let cursor = ''
  const next = async (lab: number, wait = 0.05) => {
    const page = await poll(lab, cursor, wait)
    cursor = `&since=${page.cursor}`
    return page
  }
  const first = await next(0)
  expect(first.here?.people).toMatchObject([{ name: 'Ada' }])
  await expect.poll(() => next(1).then(({ here }) => here), TIMEOUT).toBeUndefined()
  for (const lab of [0, 1, 0, 1]) expect((await next(lab)).here).toBeUndefined()
})
