import { expect, it } from 'vitest'
import { startOf } from '../model/wires/reaction.ts'
import {
  healInWords,
  leftInWords,
  noticeInWords,
  reactionInWords,
  reportUrl,
  settingInWords,
} from './words.ts'

it.each([
  ['ms', 300, '300 ms'],
  ['bytes', 1, '1 byte'],
  ['bytes/s', 2_000, '2 kB per second'],
  ['%', 10, '10 %'],
  ['count', 3, '3'],
  ['switch', 1, 'on'],
  ['switch', 0, 'off'],
  ['parsecs', 3, '3 parsecs'],
])('a setting in %s is said with its unit', (unit, value, words) => {
  expect(settingInWords({ unit }, value)).toBe(words)
})

it('a fault of minutes is counted down, and one of an hour is there until it is healed', () => {
  expect([leftInWords(400), leftInWords(9_001), leftInWords(3_600_000)]).toEqual([
    '1 s left',
    '10 s left',
    'until it is healed',
  ])
})

it('what a lane did is one sentence, whatever it did', () => {
  const start = startOf(1_000)
  const over = { ...start, endedAt: 5_000 }
  expect(reactionInWords(start)).toBe('not noticed yet')
  expect(reactionInWords({ ...start, noticedAt: 1_040 })).toBe('noticed after 40 ms')
  expect(reactionInWords({ ...over, noticedAt: 1_040 })).toBe('noticed after 40 ms, not well yet')
  expect(reactionInWords({ ...over, noticedAt: 1_040, healedAt: 5_400 })).toBe(
    'noticed after 40 ms, well after 400 ms',
  )
  expect(reactionInWords({ ...over, noticedAt: 1_040, healedAt: 4_000 })).toBe(
    'noticed after 40 ms, well before the fault ended',
  )
  expect(reactionInWords({ ...over, healedAt: 5_250 })).toBe('did not lose its line, well after 250 ms')
  expect([noticeInWords(over), healInWords(over), healInWords(start)]).toEqual([
    'did not lose its line',
    'not yet',
    'the fault is still there',
  ])
})

it('a report is a thread on GitHub or an https address, and no other link', () => {
  expect(reportUrl('websockets/ws#686')).toBe('https://github.com/websockets/ws/issues/686')
  expect(reportUrl('https://www.rfc-editor.org/rfc/rfc9293')).toBe('https://www.rfc-editor.org/rfc/rfc9293')
  expect(reportUrl('javascript:alert(1)')).toBeNull()
  expect(reportUrl('see the docs')).toBeNull()
})
