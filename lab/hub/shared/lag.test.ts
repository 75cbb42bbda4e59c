/** How old what a server has not applied is, when nothing that it gets has a clock in it. */
import { describe, expect, it } from 'vitest'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { controlled } from '../../verify/engines/controlled.ts'
import { settle } from '../../verify/kit/manual-clock.ts'
import { Hub } from '../hub.ts'
import { Lag } from './lag.ts'

let time = 0
const begun = (applied = 0) => {
  time = 0
  return new Lag(applied, () => time)
}

describe('the lag of a server', () => {
  it('is the age of the oldest entry that is not applied, and not of the newest', () => {
    const lag = begun()
    lag.note(3)
    time = 1_000
    lag.note(7)
    time = 1_500
    expect([lag.entries, lag.ms]).toEqual([7, 1_500])
    lag.advance(2)
    expect([lag.entries, lag.ms]).toEqual([5, 1_500])
    lag.advance(3)
    expect([lag.entries, lag.ms]).toEqual([4, 500])
    lag.advance(7)
    expect([lag.entries, lag.ms]).toEqual([0, 0])
  })

  it('is that of the first time at which the end was seen, however often it is seen again', () => {
    const lag = begun()
    for (time = 0; time < 5_000; time += 1_000) lag.note(1)
    expect(lag.ms).toBe(5_000)
  })

  it('is none when an answer comes late that names a place which is passed', () => {
    const lag = begun(10)
    lag.note(9)
    expect([lag.entries, lag.ms]).toEqual([0, 0])
    lag.note(12)
    time = 100
    lag.note(11)
    expect([lag.entries, lag.ms]).toEqual([2, 100])
  })

  it('keeps no more notes than of an hour, and its age is that of the oldest', () => {
    const lag = begun()
    for (let place = 1; place <= 10_000; place++) {
      time = place * 1_000
      lag.note(place)
    }
    expect([lag.entries, lag.ms]).toEqual([10_000, 9_999_000])
    lag.advance(9_000) // of what came after the first hour, the age of the newest note is known
    expect([lag.entries, lag.ms]).toEqual([1_000, 0])
  })
})

it('a server that entries do not reach grows behind, in entries and in time, while the log grows', async () => {
  const log = createMemoryLog()
  const engine = controlled(log.open())
  const due: (() => void)[] = []
  const after = (_ms: number, act: () => void) => {
    due.push(act)
    return () => void due.splice(due.indexOf(act), 1)
  }
  /** A second passes: what is due by then is called. */
  const second = async () => {
    for (const act of due.splice(0)) act()
    await settle()
  }
  const slow = new Hub({ engine, store: createMemoryStore(), after })
  const quick = new Hub({ engine: log.open(), store: createMemoryStore() })
  const say = (draftId: string) => quick.room('lobby').publish({ draftId, author: 'ada', text: draftId })
  await slow.caughtUp()
  expect(slow.readiness).toEqual({ status: 'ok', applied: 0, behind: 0, behindMs: 0 })
  engine.isHeldBack = true
  await say('a')
  await second()
  expect(slow.readiness).toMatchObject({ behind: 1 })
  await say('b')
  await say('c')
  await second()
  expect(slow.readiness).toMatchObject({ applied: 0, behind: 3 })
  expect(slow.readiness!.behindMs).toBeGreaterThan(0)
  engine.isHeldBack = false
  await settle()
  expect(slow.readiness).toMatchObject({ applied: 3, behind: 0, behindMs: 0 })
  expect(slow.logCounts).toEqual({ entries: 3, reconnects: 0 })
  await slow.close()
  await quick.close()
  expect(due).toEqual([])
})
