import { describe, expect, it } from 'vitest'
import { BOUNDS, QUESTION_KEYS, readNumber, USUAL_QUESTION } from './question.ts'
import { bytes, cores, duration, round } from './words.ts'

describe('a number that is typed', () => {
  it('is read within its bounds', () => {
    expect(readNumber('clients', ' 250 ')).toEqual({ value: 250 })
    expect(readNumber('messagesPerMinute', '0.5')).toEqual({ value: 0.5 })
    expect(readNumber('pollMs', '')).toEqual({ value: null })
  })

  it.each([
    ['clients', '0'],
    ['clients', '1.5'],
    ['clients', ''],
    ['payloadBytes', '65537'],
    ['latencyMs', 'soon'],
    ['pollMs', '-1'],
    ['messagesPerMinute', 'NaN'],
  ] as const)('is refused with its bounds: %s = %j', (key, text) => {
    const bounds = `from ${BOUNDS[key].min.toLocaleString('en')} to ${BOUNDS[key].max.toLocaleString('en')}`
    expect(readNumber(key, text)).toEqual({ wrong: expect.stringContaining(bounds) })
  })

  it('is within its bounds before anybody types', () => {
    for (const key of QUESTION_KEYS) {
      expect(readNumber(key, USUAL_QUESTION[key] === null ? '' : String(USUAL_QUESTION[key]))).toEqual({
        value: USUAL_QUESTION[key],
      })
    }
  })
})

describe('amounts in words', () => {
  it.each([
    [bytes(0), '0 B'],
    [bytes(999.4), '999 B'],
    [bytes(1_234_567), '1.23 MB'],
    [bytes(5e15), '5 PB'],
    [cores(0.0331), '3.31 % of a core'],
    [cores(1), '1 core'],
    [cores(12.34), '12.3 cores'],
    [duration(0.25), '250 µs'],
    [duration(2_000), '2 s'],
    [duration(90_000), '1.5 min'],
    [round(123_456), '123,000'],
    [round(Number.NaN), '–'],
  ])('%s', (words, wanted) => expect(words).toBe(wanted))
})
