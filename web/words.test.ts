import { describe, expect, test } from 'vitest'
import { ChatError } from '../lab/wire/errors.ts'
import { isolated } from '../lab/wire/names.ts'
import {
  bytes,
  choiceInWords,
  drawInWords,
  emptyInWords,
  hereInWords,
  inFullTime,
  inTable,
  milliseconds,
  NOT_SIGNED_IN,
  secondsUntil,
  stateInWords,
  timeSaid,
  typingInWords,
  untilMidnight,
} from './words.ts'

test.each([
  [0.04, '0.0 ms'],
  [8.44, '8.4 ms'],
  [9.96, '10 ms'],
  [84.4, '84 ms'],
  [999.6, '1 s'],
  [1_236, '1.24 s'],
  [61_000, '61 s'],
])('%f ms is %s', (ms, words) => {
  expect(milliseconds(ms)).toBe(words)
})

test('in a table all stand under one unit', () => {
  expect([null, 8.44, 84.4, 1_240.2].map(inTable)).toEqual(['–', '8.4', '84', '1,240'])
})

test('every state has its words', () => {
  const cause = new ChatError('silent', 'the server has given no sign of life')
  const words = (state: Parameters<typeof stateInWords>[0], wanted = true) => {
    const { mood, words, why } = stateInWords(state, wanted)
    return [mood, words, why]
  }
  expect(words({ status: 'idle' })).toEqual(['off', 'starting', null])
  expect(words({ status: 'idle' }, false)).toEqual(['off', 'disconnected by you', null])
  expect(words({ status: 'connecting', attempt: 0 })).toEqual(['wait', 'connecting', null])
  expect(words({ status: 'connecting', attempt: 2 })).toEqual(['wait', 'connecting (attempt 3)', null])
  expect(words({ status: 'open' })).toEqual(['good', 'open', null])
  expect(words({ status: 'waiting', retryInMs: 5, upToMs: 500, cause })).toEqual([
    'wait',
    'waiting to retry',
    cause.message,
  ])
  expect(words({ status: 'closed', cause: null })).toEqual(['bad', 'closed', null])
  expect(words({ status: 'closed', cause })).toEqual(['bad', 'closed', cause.message])
})

test('a failed fetch is told in our words, not in the browser’s', () => {
  const cause = ChatError.from(new TypeError('NetworkError when attempting to fetch resource.'))
  expect(stateInWords({ status: 'waiting', retryInMs: 5, upToMs: 500, cause }, true).why).toBe(
    'the server cannot be reached',
  )
})

test('a lane never says open while the browser says that it is offline', () => {
  const cause = new ChatError('offline', 'this device has no network')
  expect(stateInWords({ status: 'waiting', retryInMs: 5, upToMs: 500, cause }, true)).toEqual({
    mood: 'wait',
    words: 'offline',
    why: 'this device has no network',
  })
  expect(stateInWords({ status: 'open' }, true, { isOnline: false })).toEqual({
    mood: 'wait',
    words: 'offline',
    why: 'yet this server answers',
  })
})

test('a lane that rests for another tab says so, and why', () => {
  const { words, why } = stateInWords({ status: 'idle' }, true, { parked: 'two tabs hold the connections' })
  expect([words, why]).toEqual(['parked', 'two tabs hold the connections'])
})

test('a wait is told as the dice that it is', () => {
  expect(drawInWords(15_000)).toBe('random, up to 15 s')
})

test('a countdown never goes below zero', () => {
  expect([secondsUntil(3_000, 0), secondsUntil(3_000, 2_001), secondsUntil(3_000, 9_000)]).toEqual([3, 1, 0])
})

describe('when something was said', () => {
  const now = new Date(2026, 10, 29, 12, 0, 0).getTime()
  test.each([
    ['today', new Date(2026, 10, 29, 9, 5, 7), '09:05:07'],
    ['a minute before midnight, yesterday', new Date(2026, 10, 28, 23, 59, 30), '28 Nov 23:59'],
    ['in another month', new Date(2026, 0, 2, 3, 4, 5), '2 Jan 03:04'],
    ['in another year', new Date(2025, 10, 29, 12, 0, 0), '29 Nov 2025 12:00'],
    ['tomorrow, by a clock that is ahead', new Date(2026, 10, 30, 0, 1, 0), '30 Nov 00:01'],
  ])('%s', (_when, at, words) => expect(timeSaid(at.getTime(), now)).toBe(words))

  test('at no time at all, it is a dash and no error', () => {
    for (const at of [Number.NaN, 1e300, -Number.MAX_VALUE]) {
      expect(timeSaid(at, now)).toBe('–')
      expect(inFullTime(at)).toBeNull()
    }
  })

  test('is told in full, for people and for programs', () => {
    const at = new Date(2026, 10, 28, 14, 3, 22)
    expect(inFullTime(at.getTime())).toEqual({
      words: expect.stringMatching(/^Saturday,? 28 November 2026 at 14:03:22$/),
      datetime: at.toISOString(),
    })
  })

  test('the day ends at midnight', () => {
    expect(untilMidnight(new Date(2026, 10, 29, 23, 59, 59).getTime())).toBe(1_000)
    expect(untilMidnight(new Date(2026, 10, 29, 0, 0, 0).getTime())).toBe(86_400_000)
  })
})

describe('who is here, and what of it is this page', () => {
  const alone = { people: [], unlisted: 0, visitors: 4, typing: [] }
  test.each([
    [alone, { ...NOT_SIGNED_IN, lanes: 4 }, 'you (4 lanes)'],
    [{ ...alone, visitors: 1 }, { ...NOT_SIGNED_IN, lanes: 1 }, 'you'],
    [{ ...alone, visitors: 9 }, { ...NOT_SIGNED_IN, lanes: 4 }, 'you (4 lanes), 5 unsigned readers'],
    [{ ...alone, visitors: 3 }, { ...NOT_SIGNED_IN, lanes: 4 }, 'you (3 lanes)'],
    [
      { ...alone, people: [{ id: 'a', name: 'Ada', state: 'here' as const }] },
      { id: 'a', name: 'Ada', lanes: 4 },
      'Ada (you), 4 unsigned readers',
    ],
  ])('%j, %j: %s', (here, mine, words) => expect(hereInWords(here, mine)).toBe(words))
})

const typists = (...typing: readonly string[]) => ({ people: [], unlisted: 0, visitors: 0, typing })

test('a name in another direction stands apart from the words around it, and others as they are', () => {
  expect(isolated('Ada')).toBe('Ada')
  expect(isolated('דנה')).toBe('\u2068דנה\u2069')
  expect(isolated('\u202eadA')).toBe('\u2068\u202eadA\u2069')
  expect(typingInWords(typists('דנה', 'Ada'), NOT_SIGNED_IN)).toBe('\u2068דנה\u2069 and Ada are typing…')
})

test('an empty lane says why it is empty, and does not invite a reader to write who cannot', () => {
  expect(emptyInWords({ status: 'open' }, true).join(' ')).toMatch(/Write below/)
  const cause = new ChatError('not-found', 'there is no such room')
  expect(emptyInWords({ status: 'closed', cause }, true)).toEqual([
    'Nothing can be read here: there is no such room.',
    'Choose another room above, or sign in as a member of this one.',
  ])
  for (const state of [{ status: 'idle' }, { status: 'connecting', attempt: 0 }] as const) {
    expect(emptyInWords(state, true).join(' ')).not.toMatch(/Write/)
    expect(emptyInWords(state, false).join(' ')).not.toMatch(/Write/)
  }
})

test('who is here is said by name, then by number', () => {
  const person = (name: string, state: 'here' | 'silent' = 'here') => ({ id: name, name, state })
  const here = { people: [person('Ada'), person('Bob', 'silent')], unlisted: 0, visitors: 1, typing: [] }
  expect(hereInWords(here)).toBe('Ada, Bob (silent), 1 unsigned reader')
  expect(hereInWords({ ...here, people: [], visitors: 1_234 })).toBe('1,234 unsigned readers')
  const many = Array.from({ length: 100 }, (_, i) => person(`P${i}`))
  expect(hereInWords({ ...here, people: many, unlisted: 7, visitors: 0 })).toBe(
    'P0, P1, P2, P3, P4, P5, P6, P7, 99 more',
  )
})

test.each([
  [[], ''],
  [['Ada'], 'Ada is typing…'],
  [['Ada', 'Bob'], 'Ada and Bob are typing…'],
  [['Ada', 'Bob', 'Cy', 'Di'], 'Ada, Bob and 2 more are typing…'],
])('%j: %j', (names, words) => {
  expect(typingInWords(typists(...names), NOT_SIGNED_IN)).toBe(words)
})

test('a reader is told that others are typing, and never that they are typing themselves', () => {
  const edda = { id: 'e', name: 'Edda' }
  expect(typingInWords(typists('Edda'), edda)).toBe('')
  expect(typingInWords(typists('Ada', 'Edda'), edda)).toBe('Ada is typing…')
  const renamed = { ...typists('Edda'), people: [{ ...edda, state: 'here' as const }] }
  expect(typingInWords(renamed, { id: 'e', name: 'Edda B.' })).toBe('')
  expect(typingInWords(typists('Edda'), { id: null, name: null })).toBe('Edda is typing…')
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_234, '1.23 kB'],
  [999_499, '999 kB'],
  [1_048_576, '1.05 MB'],
])('a file of %i bytes is one of %s', (count, words) => {
  expect(bytes(count)).toBe(words)
})

describe('what a transport that chooses among others has chosen', () => {
  const titleOf = (name: string) => name.toUpperCase()
  const tried = [
    { name: 'a', why: 'did not open within 4 s' },
    { name: 'b', why: 'something between us answered 403' },
  ]
  test.each([
    [{ from: null, to: 'a', tried: [], tookMs: 0 }, 'By A.'],
    [
      { from: null, to: 'c', tried, tookMs: 4_100 },
      'By C. A: did not open within 4 s. B: something between us answered 403.',
    ],
    [{ from: 'c', to: 'a', tried: [], tookMs: 12 }, 'By A, after C.'],
    [{ from: 'c', to: 'c', tried: tried.slice(0, 1), tookMs: 12 }, 'By C. A: did not open within 4 s.'],
  ])('%o is said in words', (taken, words) => {
    expect(choiceInWords(taken, titleOf)).toBe(words)
  })
})
