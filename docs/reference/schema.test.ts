/** The schema of messages, against what really travels, what our own parser says, and what may come later. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../../lab/verify/kit/test-user.ts'
import { parseDraft, parsePage } from '../../lab/wire/codec.ts'
import { FILE_TYPES } from '../../lab/wire/file-types.ts'
import { MAX_FILE_BYTES, MAX_NAME_LENGTH, MAX_TEXT_BYTES } from '../../lab/wire/limits.ts'
import type { ChatMessage, Page } from '../../lab/wire/message.ts'
import { root } from './examples.ts'
import { MESSAGE_SCHEMA_FILE, messageSchema } from './message-schema.ts'

const text = readFileSync(join(root, MESSAGE_SCHEMA_FILE), 'utf8')
const schema = JSON.parse(text)
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false })
ajv.addSchema(schema)
const validator = (name: string) => {
  const check = ajv.getSchema(`${schema.$id}#/$defs/${name}`)
  if (!check) throw new Error(`the schema has no ${name}`)
  return (value: unknown) => (check(value) ? [] : check.errors)
}
const errorsInPage = validator('Page')
const errorsInMessage = validator('ChatMessage')
const errorsInDraft = validator('Draft')

it('is a schema, under a name with a version', () => {
  expect(ajv.validateSchema(schema)).toBe(true)
  expect(schema.$id).toMatch(/\/\d+\.\d+$/)
})

it('is what lab/wire makes (npm run docs:sync)', () => {
  expect(text).toBe(messageSchema())
})

it('has the limits that the source has', () => {
  const { name, Draft, ChatMessage, FileRef } = schema.$defs
  expect(name.maxLength).toBe(MAX_NAME_LENGTH)
  expect(Draft.properties.text.maxLength).toBe(MAX_TEXT_BYTES)
  expect(ChatMessage.properties.text.maxLength).toBe(MAX_TEXT_BYTES)
  expect(FileRef.properties.size.maximum).toBe(MAX_FILE_BYTES)
  expect(FileRef.properties.type.enum).toEqual([...FILE_TYPES.keys()])
})

describe('real traffic', () => {
  let server: ServerWithUsers
  let ada: TestUser
  let page: Page
  beforeAll(async () => {
    server = await startServerWithUsers()
    ada = await server.signIn('Ada')
    const bob = await server.signIn('Bob')
    const made = await ada.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
    const room = `/rooms/${(made.body as { name: string }).name}`
    const say = (text: string, note?: object) =>
      ada.ask('POST', `${room}/messages`, { draftId: text, text, ...(note && { note }) })
    await say('one')
    await say('two')
    await say('better', { kind: 'edited', seq: 1 })
    await say('(removed)', { kind: 'removed', seq: 2 })
    await ada.ask('PUT', `${room}/members/Bob`, { role: 'invited' })
    await bob.ask('POST', `${room}/join`)
    await ada.post(`${room}/files?name=a.txt&draftId=f`, 'text/plain', Buffer.from('hi'))
    await bob.ask('DELETE', `${room}/members/Bob`)
    page = (await ada.ask('GET', `${room}/messages`)).body as Page
  })
  afterAll(() => server.close())

  it('of every kind there is fits', () => {
    const kinds = page.messages.map(({ note, text }) => note?.kind ?? (text === '' ? 'erased' : 'text'))
    expect(kinds).toEqual(['text', 'erased', 'edited', 'removed', 'joined', 'file', 'left'])
    expect(errorsInPage(page)).toEqual([])
  })

  it('says who is here as the schema and the parser expect', async () => {
    const path = '/transports/short-polling/rooms/hall/messages?tab=adas'
    const first = (await ada.ask('GET', path)).body as Page
    expect(first.here?.people.map(({ name }) => name)).toEqual(['Ada'])
    expect(errorsInPage(first)).toEqual([])
    expect(parsePage(first)).toEqual(first)
    for (const here of [null, [], {}, { ...first.here, visitors: -1 }, { ...first.here, people: 1 }]) {
      expect(errorsInPage({ ...first, here })).not.toEqual([])
      expect(() => parsePage({ ...first, here })).toThrow(expect.objectContaining({ code: 'bad-answer' }))
    }
  })

  it('of a sender who has not signed in fits too', async () => {
    const { body } = await server.visitor.ask('POST', '/rooms/lobby/messages', {
      ...{ draftId: 'd', author: 'Eve', text: 'hi' },
    })
    expect(errorsInMessage(body)).toEqual([])
    expect(body).not.toHaveProperty('authorId')
  })

  it.each<[string, (message: ChatMessage) => object]>([
    ['without a number', ({ seq: _, ...message }) => message],
    ['with a number of nothing', (message) => ({ ...message, seq: 0 })],
    ['with a time in seconds and a half', (message) => ({ ...message, publishedAt: 1.5 })],
    ['with an author of spaces', (message) => ({ ...message, author: '  ' })],
    ['with a line break in the author', (message) => ({ ...message, author: 'a\nb' })],
    ['with an id of large letters', (message) => ({ ...message, authorId: 'ADA' })],
    ['with an edit of nothing', (message) => ({ ...message, note: { kind: 'edited' } })],
    ['with a member’s joining without a name', (message) => ({ ...message, note: { kind: 'joined' } })],
    ['with a note of no kind', (message) => ({ ...message, note: { seq: 1 } })],
    [
      'with a file of a type that is not taken',
      (message) => ({
        ...message,
        note: { kind: 'file', file: { id: 'x'.repeat(20), name: 'a', type: 'text/html', size: 1 } },
      }),
    ],
  ])('%s would not fit', (_what, spoil) => {
    expect(errorsInMessage(spoil(page.messages[0]!))).not.toEqual([])
  })

  it('of a later version still fits, and is still read: unknown kinds and fields pass', () => {
    const later = {
      ...page,
      mood: 'good',
      messages: [{ ...page.messages[0]!, stars: 5, note: { kind: 'pinned', until: 7 } }],
    }
    expect(errorsInPage(later)).toEqual([])
    expect(parsePage(later).messages).toEqual([page.messages[0]])
  })
})

it('takes and refuses the drafts that the server takes and refuses', () => {
  const mostly = <T, U>(right: T, ...wrong: readonly fc.Arbitrary<U>[]) =>
    fc.oneof({ weight: 8, arbitrary: fc.constant(right) }, ...wrong)
  const odd = fc.constantFrom<unknown>(7, null, '', ' ', 'a\u0085b', 'ä'.repeat(64), 'x'.repeat(65))
  const name = mostly('Ada', odd, fc.string({ maxLength: 70, unit: 'binary-ascii' }))
  const draft = fc.record(
    {
      draftId: name,
      author: name,
      text: mostly('hi', odd, fc.string({ maxLength: 5 })),
      note: fc.oneof(
        fc.record({
          kind: mostly('edited', fc.constantFrom('removed', 'joined', 'file', 'x')),
          seq: mostly(1, fc.constantFrom<unknown>(0, -1, 1.5, 2 ** 53, '1')),
        }),
        fc.constantFrom(null, 'edited', {}),
      ),
      more: fc.constant(1),
    },
    { requiredKeys: ['draftId', 'text'] },
  )
  const accepts = (value: unknown) => {
    try {
      parseDraft(value, 'Visitor')
      return true
    } catch {
      return false
    }
  }
  let taken = 0
  fc.assert(
    fc.property(draft, (value) => {
      // JSON Schema counts characters and JavaScript UTF-16 code units: the same for all but rare ones.
      const isTaken = accepts(value)
      taken += isTaken ? 1 : 0
      expect(errorsInDraft(value)?.length === 0).toBe(isTaken)
    }),
    { seed: 20261120, numRuns: 5_000 },
  )
  expect(taken).toBeGreaterThan(100)
})
