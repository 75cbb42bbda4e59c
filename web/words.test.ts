import { expect, test } from 'vitest'
import { ChatError } from '../lab/wire/errors.ts'
import {
  bytes,
  drawInWords,
  hereInWords,
  inTable,
  milliseconds,
  secondsUntil,
  stateInWords,
  typingInWords,
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
  expect(typingInWords(names)).toBe(words)
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
