/** News of a person's own rooms reaches them on the transport they read by, in whichever room they read, and reaches no other reader. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../../verify/kit/test-user.ts'
import type { Page } from '../../wire/message.ts'

const TIMEOUT = { timeout: 10_000, interval: 10 }

let server: ServerWithUsers
let ada: TestUser
let bob: TestUser
let room: string
beforeEach(async () => {
  server = await startServerWithUsers()
  ada = await server.signIn('Ada')
  bob = await server.signIn('Bob')
  const { body } = await ada.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
  room = (body as { name: string }).name
})
afterEach(() => server.close())

const invite = () => ada.ask('PUT', `/rooms/${room}/members/Bob`, { role: 'invited' })

describe.each(OVER_HTTP)('over %s', (name) => {
  /** A reader in the lobby, who counts how often they were told. */
  async function read(who: TestUser) {
    const client = await who.client(name, 'lobby', true)
    const told: number[] = []
    client.onRooms((version) => told.push(version))
    client.connect()
    await expect.poll(() => client.here, TIMEOUT).not.toBeNull()
    return { client, told }
  }

  it('an invitation is pushed to the one who is invited, and to no other reader', async () => {
    const [his, hers] = [await read(bob), await read(ada)]
    const visitor = await read(server.visitor)
    await expect.poll(() => his.told.length, TIMEOUT).toBe(1) // how it stands, once after connecting
    await expect.poll(() => hers.told.length, TIMEOUT).toBe(1)
    await invite()
    await expect.poll(() => his.told.length, TIMEOUT).toBe(2)
    // What comes later has come by the same way: nothing was on its way to the others.
    await ada.ask('POST', '/rooms/lobby/messages', { draftId: 'd', text: 'done' })
    for (const { client } of [his, hers, visitor]) {
      await expect.poll(() => client.figures.received, TIMEOUT).toBe(1)
    }
    expect([his.told.length, hers.told.length, visitor.told.length]).toEqual([2, 1, 0])
  })

  it('every change of what one is in a room is told once: joined, made moderator, sent away, and a room that is gone', async () => {
    const { told } = await read(bob)
    const changes = [
      invite,
      () => bob.ask('POST', `/rooms/${room}/join`),
      () => ada.ask('PUT', `/rooms/${room}/members/Bob`, { role: 'moderator' }),
      () => ada.ask('DELETE', `/rooms/${room}/members/Bob`),
      invite,
      () => ada.ask('DELETE', `/rooms/${room}/members/Ada`), // the last one: the room is gone
      () => ada.ask('POST', '/rooms', { kind: 'pair', with: 'Bob' }),
    ]
    await expect.poll(() => told.length, TIMEOUT).toBe(1)
    for (const [index, change] of changes.entries()) {
      expect((await change()).code).toBeNull()
      await expect.poll(() => told.length, TIMEOUT).toBe(2 + index)
    }
    expect(new Set(told).size).toBe(told.length)
  })

  it('what has changed while one was away is told on coming back', async () => {
    const { client, told } = await read(bob)
    await expect.poll(() => told.length, TIMEOUT).toBe(1)
    client.disconnect()
    await invite()
    client.connect()
    await expect.poll(() => told.length, TIMEOUT).toBe(2)
  })
})

it('pages are those of everybody for who has no tab or has not signed in, and tell what is known no second time', async () => {
  const page = async (who: TestUser, query: string) =>
    (await who.ask('GET', `/transports/short-polling/rooms/lobby/messages${query}`)).body as Page
  expect(await page(bob, '')).not.toHaveProperty('rooms')
  expect(await page(server.visitor, '?tab=v')).not.toHaveProperty('rooms')
  const first = await page(bob, '?tab=b')
  expect(first.rooms).toEqual(expect.any(Number))
  const second = await page(bob, `?tab=b&since=${first.cursor}`)
  expect(second).not.toHaveProperty('rooms')
  expect(await page(bob, `?since=${second.cursor}`)).toMatchObject({ gap: false, messages: [] })
  await invite()
  expect((await page(bob, `?tab=b&since=${second.cursor}`)).rooms).toBe(first.rooms! + 1)
})
