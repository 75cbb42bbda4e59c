import { describe, expect, it } from 'vitest'
import { contenders, crossingsAmong } from './compare.ts'
import { crossings as crossingsOf } from './curve.ts'
import { USUAL_QUESTION } from './question.ts'
import { syntheticRun } from './synthetic-run.ts'

const question = { ...USUAL_QUESTION, clients: 100, pollMs: 1_000 }
const ALL = [0, 1e9] as const

function crossings(jitter: number, what: 'bytes' | 'cpu' = 'bytes', changed = question) {
  return crossingsAmong(contenders(syntheticRun(jitter), changed, what), ALL).map(
    ({ below, above, messagesPerMinute }) => [below.name, above.name, messagesPerMinute],
  )
}

describe('where transports change places', () => {
  it('is found exactly, from the lowest rate to the highest', () => {
    expect(crossings(0)).toEqual([
      // 40 + 960 r = 800 + 150 r, straight from idleness to the first measured rate
      ['held', 'clock', expect.closeTo((60 * 760) / 810, 6)],
      // 200 r = 800 + 150 r
      ['told', 'clock', expect.closeTo(60 * 16, 6)],
    ])
  })

  it('moves with the interval: a subject that polls half as often is overtaken earlier', () => {
    // 200 r = 400 + 150 r
    expect(crossings(0, 'bytes', { ...question, pollMs: 2_000 })[1]).toEqual([
      'told',
      'clock',
      expect.closeTo(60 * 8, 6),
    ])
  })

  it('is not claimed where the spreads overlap', () => {
    expect(crossings(0.3).map(([below, above]) => [below, above])).toEqual([['held', 'clock']])
  })

  it('is not claimed outside of what was measured', () => {
    // With 100 readers, CPU was measured up to 250 messages a second; all crossings lie below.
    expect(crossings(0, 'cpu').map(([below, above]) => [below, above])).toEqual([
      ['held', 'told'],
      ['held', 'clock'],
      ['told', 'clock'],
    ])
    const many = { ...question, clients: 10_000 }
    const [told, clock] = contenders(syntheticRun(), many, 'cpu')
    expect(told!.sure[1]).toBe(2.5)
    expect(crossingsAmong([told!, clock!], ALL)).toEqual([
      { below: told!.subject, above: clock!.subject, messagesPerMinute: 60 },
    ])
    const unseen = { ...told!, sure: [Number.POSITIVE_INFINITY, 2.5] as const }
    expect(crossingsAmong([unseen, clock!], ALL)).toEqual([])
  })

  it('is not claimed where the two change places and soon change back', () => {
    const [one] = contenders(syntheticRun(), question, 'bytes')
    const curve = (...heights: number[]) => ({ points: heights.map((y, x) => ({ x, y })), slope: 3 })
    const contender = (name: string, shape: ReturnType<typeof curve>) => ({
      subject: { ...one!.subject, name },
      curve: shape,
      band: [shape, shape] as const,
      sure: [0, 100] as const,
    })
    const humped = contender('humped', curve(0, 3, 3.5, 5))
    const straight = contender('straight', curve(1, 2, 4, 8))
    expect(crossingsOf(humped.curve, straight.curve)).toHaveLength(2)
    expect(crossingsAmong([humped, straight], ALL)).toEqual([])
  })
})
