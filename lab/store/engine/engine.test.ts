/** The log in memory keeps every promise of an engine; and the suite that says so notices when one is not kept. */
import { describe, expect, it } from 'vitest'
import { runEngineCase } from '../../verify/engines/case.ts'
import { ENGINE_CASES } from '../../verify/engines/cases.ts'
import { ENGINE_DEFECTS, soundLog } from '../../verify/engines/defects.ts'
import { createMemoryLog } from './memory.ts'

/** More than the longest wait of a defect takes. */
const LOOKS = 60

describe('a log in memory', () => {
  it.each(ENGINE_CASES)('$name', (one) => runEngineCase(one, soundLog(), LOOKS))

  it('refuses an entry when it is full, and takes the next when there is room again', async () => {
    const engine = createMemoryLog(10).open()
    const body = new Uint8Array(6)
    const first = await engine.append({ id: 'a', body })
    await expect(engine.append({ id: 'b', body })).rejects.toMatchObject({ code: 'full' })
    await engine.trim(first + 1)
    expect(await engine.append({ id: 'b', body })).toBe(first + 1)
  })
})

// Side by side, since each does little more than wait until its time is over.
describe.concurrent('a log in memory with a defect', () => {
  it.each(ENGINE_DEFECTS)('$name: caught by “$caughtBy”', async ({ caughtBy, says, open }) => {
    const one = ENGINE_CASES.find(({ name }) => name === caughtBy)
    if (!one) throw new Error(`there is no case “${caughtBy}”`)
    await expect(runEngineCase(one, open(), LOOKS)).rejects.toThrow(says)
  })
})

it('knows a defect for each case of the suite', () => {
  const caught = new Set(ENGINE_DEFECTS.map(({ caughtBy }) => caughtBy))
  expect(ENGINE_CASES.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([])
})
