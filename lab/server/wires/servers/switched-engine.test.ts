/** A way to the log that is open keeps every promise of an engine; and the switch does what it says. */
import { describe, expect, it } from 'vitest'
import { createMemoryLog } from '../../../store/engine/memory.ts'
import { runEngineCase } from '../../../verify/engines/case.ts'
import { ENGINE_CASES } from '../../../verify/engines/cases.ts'
import { soundLog } from '../../../verify/engines/defects.ts'
import { switched, type Way } from './switched-engine.ts'

const LOOKS = 60
const body = new Uint8Array([1])

describe('a way that is open', () => {
  it.each(ENGINE_CASES)('$name', (one) => {
    const log = soundLog()
    return runEngineCase(one, { ...log, open: async () => switched(await log.open(), () => 'open') }, LOOKS)
  })
})

describe('a way that is switched', () => {
  function fixture() {
    const switches: { way: Way } = { way: 'open' }
    const log = createMemoryLog()
    const engine = switched(log.open(), () => switches.way, 20)
    const seen: number[] = []
    engine.follow(0, { onEntry: (position) => void seen.push(position), onEnd() {} })
    return { switches, other: log.open(), engine, seen }
  }

  it('held: what is appended arrives, and entries come when it is open again, in order', async () => {
    const { switches, other, engine, seen } = fixture()
    switches.way = 'held'
    expect(await engine.append({ id: 'a', body })).toBe(1)
    expect(await other.append({ id: 'b', body })).toBe(2)
    expect([await engine.newest(), seen]).toEqual([2, []])
    switches.way = 'open'
    engine.look()
    expect(seen).toEqual([1, 2])
  })

  it('away: nothing gets through in either direction, and the log does not know', async () => {
    const { switches, other, engine, seen } = fixture()
    switches.way = 'away'
    await expect(engine.append({ id: 'a', body })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(engine.newest()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await other.append({ id: 'b', body })).toBe(1)
    expect(seen).toEqual([])
    switches.way = 'open'
    expect(await engine.append({ id: 'a', body })).toBe(2)
    engine.look()
    await expect.poll(() => seen).toEqual([1, 2])
  })

  it('away: an entry is handed in as soon as the way is there again', async () => {
    const switches: { way: Way } = { way: 'away' }
    const engine = switched(createMemoryLog().open(), () => switches.way)
    const writing = engine.append({ id: 'a', body })
    switches.way = 'open'
    engine.look()
    expect(await writing).toBe(1)
  })
})
