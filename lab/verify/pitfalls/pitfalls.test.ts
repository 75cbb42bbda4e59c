/** Every pitfall: with its switch on, what brings it out makes it show in the ledger; with the switch off, the lane is sound. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { CLIENT_DEFECTS } from '../../defects/client/index.ts'
import { shownByPitfall } from '../../defects/said.ts'
import { RESTART } from '../../server/wires/restart.ts'
import { FAULTS } from '../../wires/faults/catalogue.ts'
import { settingsFrom } from '../../wires/faults/fault.ts'
import { CATALOGUE } from '../museum/catalogue.ts'
import { textOf } from '../rules/source-files.ts'
import { openPitfallBench, type PitfallBench } from './pitfall-bench.ts'
import { PLAYS } from './plays.ts'

const NAMES = PITFALLS.map(({ name }) => name)

describe('a lane of a running lab', () => {
  let pitfallBench: PitfallBench
  beforeAll(async () => {
    pitfallBench = await openPitfallBench()
  })
  afterAll(() => pitfallBench?.close())

  it.each(NAMES.map((name) => [shownByPitfall(name), name] as const))('%s', async (_title, name) => {
    const { lane, options = {}, act } = PLAYS[name]!
    expect(await pitfallBench.play(lane, name, options, act), 'it shows while it is on').toBe(true)
    expect(await pitfallBench.play(lane, null, options, act), 'it is gone when it is off').toBe(false)
  })
})

describe('the list of pitfalls', () => {
  it('has at least fourteen, each once and each with a play', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length)
    expect(NAMES.length).toBeGreaterThanOrEqual(14)
    expect(Object.keys(PLAYS).sort()).toEqual([...NAMES].sort())
  })

  it('has a defect for each client that is to have one, and no other', () => {
    const clients = PITFALLS.filter(({ client }) => client).map(({ name }) => name)
    expect(Object.keys(CLIENT_DEFECTS).sort()).toEqual(clients.sort())
  })

  it.each(PITFALLS)(
    '$name is a defect of the one catalogue, with the same red test',
    ({ defect, redTest }) => {
      const found = CATALOGUE.filter(({ name, redTest: red }) => name === defect && red === redTest)
      expect(found).toHaveLength(1)
    },
  )

  it.each(PITFALLS)('$name is avoided by a line that is there once', ({ mend: { file, code } }) => {
    expect(textOf(file).split(code).length - 1, `${code} in ${file}`).toBe(1)
  })

  it.each(PITFALLS)('$name names lanes, faults and settings that there are', ({ lanes, brings, report }) => {
    if (lanes !== 'all lanes') expect(LANES).toEqual(expect.arrayContaining([...lanes]))
    expect(report).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/)
    for (const step of brings) {
      if (!('fault' in step)) continue
      const about = [...FAULTS.map((one) => one.about), RESTART].find(({ name }) => name === step.fault)
      expect(about, step.fault).toBeDefined()
      expect(settingsFrom(about!, step.settings)).toMatchObject(step.settings)
      expect(step.seconds === null, `${step.fault} is over at once`).toBe(about!.isOnce)
    }
  })
})
