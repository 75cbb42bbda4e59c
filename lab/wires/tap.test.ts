import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../verify/kit/manual-clock.ts'
import type { BytesRecord } from './records.ts'
import { createTap, LINGER_MS, type Tap } from './tap.ts'

let clock: ManualClock
let tap: Tap
beforeEach(() => {
  clock = createManualClock()
  tap = createTap({ after: clock.after, now: clock.now, maxBytes: 2_000, maxRecorded: 2 })
})
const bytes = (text: string, connection = 1): BytesRecord => ({
  ...{ kind: 'bytes', connection, direction: 'toClient', at: 0, offset: 0 },
  bytes: Buffer.from(text).toString('base64'),
})
const OPEN = { kind: 'open', connection: 1, lane: 'sse', at: 0 } as const
const none = () => []

describe('the tap', () => {
  it('keeps nothing for a visitor who does not read', () => {
    expect(tap.isIdle).toBe(true)
    tap.add('ada', bytes('lost'))
    expect(tap.read('ada', none)!.next()).toEqual([])
  })

  it('tells each visitor their own, and what is for all', () => {
    const [ada, bob] = [tap.read('ada', none)!, tap.read('bob', none)!]
    tap.add('ada', bytes('hers'))
    tap.addForAll({ kind: 'now', at: 1 })
    expect(ada.next()).toEqual([bytes('hers'), { kind: 'now', at: 1 }])
    expect(bob.next()).toEqual([{ kind: 'now', at: 1 }])
    expect(ada.next()).toEqual([])
  })

  it('gives a reader that comes back what is still kept, with the connections that are open', () => {
    tap.read('ada', () => [OPEN])!.stop()
    tap.add('ada', bytes('meanwhile'))
    expect(tap.read('ada', none)!.next()).toEqual([OPEN, bytes('meanwhile')])
  })

  it('tells of each connection before it tells of its bytes, however much is forgotten', () => {
    const slow = tap.read('ada', none)!
    tap.add('ada', OPEN)
    for (let n = 0; n < 50; n++) tap.add('ada', bytes('x'.repeat(100)))
    for (const reader of [slow, tap.read('ada', none)!]) {
      const [first, ...rest] = reader.next()
      expect(first).toEqual(OPEN)
      expect(rest.map(({ kind }) => kind)).toContain('bytes')
    }
  })

  it('forgets a visitor a while after the last reader has gone', async () => {
    const [one, two] = [tap.read('ada', none)!, tap.read('ada', none)!]
    one.stop()
    await clock.pass(LINGER_MS)
    expect(tap.records('ada')).toBe(true)
    two.stop()
    await clock.pass(LINGER_MS - 1)
    expect(tap.records('ada')).toBe(true)
    await clock.pass(1)
    expect(tap.isIdle).toBe(true)
  })

  it('tells a reader that was too slow how many bytes it has missed, and keeps no more than its bound', () => {
    const reader = tap.read('ada', none)!
    for (let n = 0; n < 50; n++) tap.add('ada', bytes('x'.repeat(100)))
    const [first, ...rest] = reader.next()
    expect(first).toMatchObject({ kind: 'dropped', connection: 1, direction: 'toClient', why: 'bound' })
    expect((first as { bytes: number }).bytes + 100 * rest.length).toBe(5_000)
    expect(rest.length).toBeLessThan(7)
  })

  it('takes no more visitors than it can keep the records of', () => {
    tap.read('ada', none)
    const bob = tap.read('bob', none)!
    expect(tap.read('eve', none)).toBeNull()
    expect(tap.read('ada', none)).not.toBeNull()
    bob.stop()
    expect(tap.read('eve', none)).not.toBeNull()
    expect(tap.records('bob')).toBe(false)
  })
})
