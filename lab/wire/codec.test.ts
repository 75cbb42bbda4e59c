/** What arrives: which values are taken, what is made of them, and with which code the others are refused. */
import { describe, expect, it } from 'vitest'
import {
  errorBodyFrom,
  isPrivate,
  isTransient,
  parseDraft,
  parseErrorBody,
  parseJson,
  parseMessage,
  parseNewName,
  parsePage,
  parsePresenceUpdate,
  parseRoomName,
  presenceUpdateFrom,
  record,
} from './codec.ts'
import { ChatError, ERROR_KINDS, isErrorCode } from './errors.ts'
import { MAX_NAME_LENGTH, MAX_TEXT_BYTES } from './limits.ts'
import { erased, goesWith } from './message.ts'
import { isName, problemWithName } from './names.ts'
import { isClientId } from './presence.ts'

/** What `parse` throws, as `code: message`. */
function refusal(parse: () => unknown): string {
  try {
    return `taken: ${JSON.stringify(parse())}`
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return `${error.code}: ${error.message}`
  }
}

const json = (text: string): Record<string, unknown> => JSON.parse(text)
const NAME_RULE = '1 to 64 characters, without control characters, not only spaces'
const NOTE_RULE = 'bad-draft: note must be { kind: "edited" or "removed", seq: the number of a message }'

describe('a draft', () => {
  const draft = { draftId: 'd', author: 'Ada', text: 'hi' }

  it.each<[string, object]>([
    ['with its three fields', draft],
    ['of the longest ASCII text', { ...draft, text: 'x'.repeat(MAX_TEXT_BYTES) }],
    ['of the longest text of two bytes a character', { ...draft, text: 'ä'.repeat(MAX_TEXT_BYTES / 2) }],
    ['of the longest text of four bytes a character', { ...draft, text: '🦜'.repeat(MAX_TEXT_BYTES / 4) }],
    ['of half a character, which UTF-8 writes in three bytes', { ...draft, text: '\ud800' }],
    ['with the longest names', { ...draft, draftId: 'd'.repeat(MAX_NAME_LENGTH), author: 'ä'.repeat(64) }],
    ['that edits', { ...draft, note: { kind: 'edited', seq: 1 } }],
    ['that removes the last number there is', { ...draft, note: { kind: 'removed', seq: 2 ** 53 - 1 } }],
  ])('%s is taken as it is', (_what, value) => {
    expect(parseDraft(value)).toStrictEqual(value)
  })

  it.each<[string, unknown, string]>([
    ['a list', [], 'bad-draft: a draft must be a JSON object'],
    ['null', null, 'bad-draft: a draft must be a JSON object'],
    ['without draftId', { author: 'Ada', text: 'hi' }, `bad-draft: draftId must be ${NAME_RULE}`],
    [
      'with a draftId too long',
      { ...draft, draftId: 'd'.repeat(65) },
      `bad-draft: draftId must be ${NAME_RULE}`,
    ],
    ['without author', { draftId: 'd', text: 'hi' }, `bad-draft: author must be ${NAME_RULE}`],
    ['with an author null', { ...draft, author: null }, `bad-draft: author must be ${NAME_RULE}`],
    ['with a control character', { ...draft, author: 'a\u0085b' }, `bad-draft: author must be ${NAME_RULE}`],
    ['with an author of spaces', { ...draft, author: '\u3000' }, `bad-draft: author must be ${NAME_RULE}`],
    ['without text', { draftId: 'd', author: 'Ada' }, 'bad-draft: text must be a string that is not empty'],
    ['with an empty text', { ...draft, text: '' }, 'bad-draft: text must be a string that is not empty'],
    [
      'too large by a byte',
      { ...draft, text: 'x'.repeat(65_537) },
      'too-large: text must be at most 65536 bytes of UTF-8',
    ],
    [
      'too large in UTF-8 only',
      { ...draft, text: 'ä'.repeat(32_769) },
      'too-large: text must be at most 65536 bytes of UTF-8',
    ],
    ['with a note null', { ...draft, note: null }, NOTE_RULE],
    ['that joins', { ...draft, note: { kind: 'joined', person: 'Ada' } }, NOTE_RULE],
    ['that edits number 0', { ...draft, note: { kind: 'edited', seq: 0 } }, NOTE_RULE],
    ['that edits a number beyond 2⁵³', { ...draft, note: { kind: 'edited', seq: 2 ** 53 } }, NOTE_RULE],
    ['with another field', { ...draft, mood: 1 }, 'bad-draft: unknown field "mood"'],
    [
      'with a field that objects have',
      { ...draft, constructor: 1 },
      'bad-draft: unknown field "constructor"',
    ],
    [
      'with its own __proto__',
      json('{"draftId":"d","author":"Ada","text":"hi","__proto__":{}}'),
      'bad-draft: unknown field "__proto__"',
    ],
    [
      'too large, and with another field',
      { ...draft, text: 'x'.repeat(65_537), mood: 1 },
      'bad-draft: unknown field "mood"',
    ],
    [
      'too large, and of no author',
      { draftId: 'd', text: 'x'.repeat(65_537) },
      `bad-draft: author must be ${NAME_RULE}`,
    ],
    [
      'too large, and with a wrong note',
      { ...draft, text: 'x'.repeat(65_537), note: 1 },
      'too-large: text must be at most 65536 bytes of UTF-8',
    ],
  ])('%s is refused, in these words', (_what, value, error) => {
    expect(refusal(() => parseDraft(value))).toBe(error)
  })

  it('loses the fields of its note that a note does not have', () => {
    const note = { kind: 'edited', seq: 1, person: 'Bob' }
    expect(parseDraft({ ...draft, note })).toStrictEqual({ ...draft, note: { kind: 'edited', seq: 1 } })
  })
})

describe('a message', () => {
  const message = { draftId: 'd', author: 'Ada', text: 'hi', seq: 1, publishedAt: 5 }
  const file = { id: 'x', name: 'a.txt', type: 'text/plain', size: 1 }

  it.each<[string, object]>([
    ['as it is', message],
    ['by a person', { ...message, authorId: 'ada' }],
    ['that edits', { ...message, note: { kind: 'edited', seq: 1 } }],
    ['that a person has left', { ...message, note: { kind: 'left', person: 'Bob' } }],
    ['with a file', { ...message, note: { kind: 'file', file } }],
    ['of a server with other limits', { ...message, author: 'x'.repeat(99), text: '', seq: -1.5 }],
  ])('%s is read', (_what, value) => {
    expect(parseMessage(value)).toStrictEqual(value)
  })

  it.each<[string, object]>([
    ['a note of a kind to come', { note: { kind: 'pinned', until: 7 } }],
    ['a note that is none', { note: 7 }],
    ['an edit of nothing', { note: { kind: 'edited', seq: 0 } }],
    ['a file without a size', { note: { kind: 'file', file: { ...file, size: '1' } } }],
    ['an authorId that is no string', { authorId: 7 }],
    ['a field to come', { stars: 5 }],
    ['its own __proto__', json('{"__proto__":{"seq":9}}')],
  ])('passes without %s, which leaves no trace', (_what, fields) => {
    expect(parseMessage({ ...message, ...fields })).toStrictEqual(message)
  })

  it.each(['draftId', 'author', 'text', 'seq', 'publishedAt'])(
    'without %s is a bad answer that says so',
    (name) => {
      const { [name as 'seq']: _, ...rest } = message
      expect(refusal(() => parseMessage(rest))).toBe(
        `bad-answer: the server sent something that is not a message: look at ${name}`,
      )
    },
  )
})

describe('a page', () => {
  const message = { draftId: 'd', author: 'Ada', text: 'hi', seq: 1, publishedAt: 5 }
  const page = { messages: [message], cursor: 'c', gap: false, more: true }
  const here = {
    people: [{ id: 'a', name: 'Ada', state: 'here' }],
    unlisted: 0,
    visitors: 2,
    typing: ['Ada'],
  }

  it('is read with and without the people who are here', () => {
    expect(parsePage(page)).toStrictEqual(page)
    expect(parsePage({ ...page, here })).toStrictEqual({ ...page, here })
  })

  it('says that the reader’s rooms have changed, by a number; what is none is passed over', () => {
    expect(parsePage({ ...page, rooms: 0 })).toStrictEqual({ ...page, rooms: 0 })
    for (const rooms of [-1, 1.5, '1', null]) expect(parsePage({ ...page, rooms })).toStrictEqual(page)
  })

  it('leaves out people and names that it does not understand', () => {
    const people = [
      ...here.people,
      { ...here.people[0], state: 'asleep' },
      { ...here.people[0], name: ' ' },
      null,
      7,
    ]
    const read = parsePage({ ...page, here: { ...here, people, typing: ['Ada', '', 7, null] } })
    expect(read.here).toStrictEqual(here)
  })

  it.each<[string, unknown, string]>([
    ['a list', [], ': look at messages'],
    ['null', null, ''],
    ['without a cursor', { ...page, cursor: undefined }, ': look at cursor'],
    [
      'with a wrong message',
      { ...page, messages: [message, { ...message, seq: '2' }] },
      ': look at messages.1.seq',
    ],
    ['with less than no visitors', { ...page, here: { ...here, visitors: -1 } }, ': look at here.visitors'],
    ['with here null', { ...page, here: null }, ': look at here'],
  ])('%s is a bad answer that says where to look', (_what, value, where) => {
    expect(refusal(() => parsePage(value))).toBe(
      `bad-answer: the server sent something that is not a page${where}`,
    )
  })
})

describe('a sign of life', () => {
  it('is read with its tab, and with what the reader does', () => {
    expect(parsePresenceUpdate({ tab: 'abc' })).toStrictEqual({ clientId: 'abc' })
    expect(parsePresenceUpdate({ tab: 'abc', typing: true, leaving: false })).toStrictEqual({
      ...{ clientId: 'abc', typing: true, leaving: false },
    })
  })
  it.each<[object, string]>([
    [{}, 'bad-request: tab must be 1 to 32 of a-z and 0-9'],
    [{ tab: 'abc', typing: 1 }, 'bad-request: typing must be true or false'],
    [{ tab: 'abc', leaving: null }, 'bad-request: leaving must be true or false'],
    [{ tab: 'abc', mood: true }, 'bad-request: unknown field "mood"'],
  ])('%j is refused', (value, error) => {
    expect(refusal(() => parsePresenceUpdate(value))).toBe(error)
  })
  it('is refused with the code of a frame when it came in one', () => {
    expect(presenceUpdateFrom({ typing: true }, 'bad-frame')).toStrictEqual({ typing: true })
    expect(refusal(() => presenceUpdateFrom({ tab: 'abc' }, 'bad-frame'))).toBe(
      'bad-frame: unknown field "tab"',
    )
  })
  it('has a tab of 1 to 32 characters', () => {
    expect([isClientId('a'), isClientId('a'.repeat(32))]).toEqual([true, true])
    expect([
      isClientId(''),
      isClientId('a'.repeat(33)),
      isClientId('A'),
      isClientId('a\n'),
      isClientId(7),
    ]).not.toContain(true)
  })
})

describe('an error', () => {
  const error = { code: 'stopping', message: 'm' } as const

  it.each([0, 1.5, 999_999])('keeps a delay of %s s', (retryAfterS) => {
    expect(errorBodyFrom({ ...error, retryAfterS })).toStrictEqual({ ...error, retryAfterS })
  })
  it.each([-1, 1e6, '5', null])('loses a delay of %j, for which no timer can wait', (retryAfterS) => {
    expect(errorBodyFrom({ ...error, retryAfterS })).toStrictEqual(error)
  })
  it('is read from a body, and what is not one of ours is null', () => {
    expect(parseErrorBody(JSON.stringify({ ...error, more: 1 }))).toStrictEqual(error)
    const others = ['<html>', '[]', 'null', '{"code":"constructor","message":"m"}', '{"code":"stopping"}']
    expect(others.map(parseErrorBody)).toEqual(others.map(() => null))
  })
  it('has a status, a close code and a body of its own', () => {
    const refused = new ChatError('too-large', 'm', { retryAfterS: 2 })
    expect(refused).toMatchObject({ status: 413, closeCode: 1009, retryable: false })
    expect(refused.toJSON()).toStrictEqual({ code: 'too-large', message: 'm', retryAfterS: 2 })
    expect(new ChatError('offline', 'm')).toMatchObject({ status: 500, closeCode: null, retryable: true })
    expect(ChatError.from(refused)).toBe(refused)
    expect(ChatError.from('why')).toMatchObject({ code: 'unreachable', message: 'why', cause: 'why' })
  })
  it('has a code of a closed list, and none that every object has', () => {
    expect(Object.keys(ERROR_KINDS).every(isErrorCode)).toBe(true)
    expect([isErrorCode('toString'), isErrorCode('__proto__'), isErrorCode(1)]).not.toContain(true)
  })
})

describe('a name', () => {
  it('is 1 to 64 code units, and not only spaces', () => {
    expect([isName('a'), isName('ä'.repeat(64)), isName('🦜'.repeat(32))]).not.toContain(false)
    expect([isName(''), isName('ä'.repeat(65)), isName(' '), isName('a\n'), isName(7)]).not.toContain(true)
  })
  it('that is new must hide nothing', () => {
    expect(parseNewName('Ada', 'bad-person', 'name')).toBe('Ada')
    expect(problemWithName('Ada')).toBeNull()
    expect(refusal(() => parseNewName('A\u200bda', 'bad-person', 'name'))).toBe(
      'bad-person: name must be made of characters that can be seen: no invisible ones, no marks of direction',
    )
    expect(refusal(() => parseNewName(7, 'bad-person', 'name'))).toBe(`bad-person: name must be ${NAME_RULE}`)
  })
})

describe('a room’s name', () => {
  it.each(['a', '0', 'a-_0', 'a'.repeat(64), '_a', `_${'a'.repeat(63)}`, `~${'a'.repeat(20)}`])(
    'may be %s',
    (name) => {
      expect(parseRoomName(name)).toBe(name)
      expect(isPrivate(name)).toBe(name.startsWith('~'))
      expect(isTransient(name)).toBe(name.startsWith('_'))
    },
  )
  it.each([
    ...['', '-a', 'A', 'ä', 'a/b', 'a\n', 'a'.repeat(65), '_', '__a', '_-a', '_A', `_${'a'.repeat(64)}`],
    ...[`~${'a'.repeat(19)}`, `~${'a'.repeat(21)}`, 7],
  ])('may not be %j', (name) => {
    expect(refusal(() => parseRoomName(name))).toMatch(/^bad-room: /)
  })
})

it('text that is not JSON is refused with the code of what it should have been', () => {
  expect(parseJson('[1]')).toEqual([1])
  expect(refusal(() => parseJson('{'))).toBe('bad-json: this is not JSON')
  expect(refusal(() => parseJson('', 'bad-answer'))).toBe('bad-answer: this is not JSON')
  expect(refusal(() => record('x', 'bad-frame', 'a frame'))).toBe('bad-frame: a frame must be a JSON object')
})

describe('a removal', () => {
  const message = { draftId: 'd', author: 'Ada', text: 'hi', seq: 2, publishedAt: 5 }
  it('empties a text and takes its file, and leaves what the server said', () => {
    const file = { id: 'x', name: 'a', type: 'text/plain', size: 1 }
    expect(erased({ ...message, note: { kind: 'file', file } })).toStrictEqual({ ...message, text: '' })
    expect(erased({ ...message, note: { kind: 'edited', seq: 1 } })).toStrictEqual({
      ...{ ...message, text: '', note: { kind: 'edited', seq: 1 } },
    })
  })
  it('reaches the message and its edits, and no other', () => {
    expect(goesWith(2, message)).toBe(true)
    expect(goesWith(1, { ...message, note: { kind: 'edited', seq: 1 } })).toBe(true)
    expect(goesWith(1, { ...message, note: { kind: 'removed', seq: 1 } })).toBe(false)
    expect(goesWith(1, message)).toBe(false)
  })
})
