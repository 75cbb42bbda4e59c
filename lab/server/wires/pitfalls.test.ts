/** The switches of the pitfalls: one visitor's, one to a lane, and never for ever. */
import { expect, it } from 'vitest'
import { createManualClock } from '../../verify/kit/manual-clock.ts'
import { MAX_FAULT_S } from '../../wires/control.ts'
import { createPitfallSwitches, MAX_VISITORS } from './pitfalls.ts'

function fixture() {
  const clock = createManualClock()
  const changed: string[] = []
  const switches = createPitfallSwitches({
    ...{ clock, now: clock.now },
    pathOf: (pitfall, lane) => (pitfall === 'deaf' ? null : `/${lane}/${pitfall}`),
    onChange: (visitor, lane) => changed.push(`${visitor} ${lane}`),
  })
  return { clock, changed, switches }
}

it('a pitfall is on for its visitor, in its lane, and nowhere else', () => {
  const { switches } = fixture()
  const active = switches.switchOn('anna', 'sse', 'raw')
  expect(active).toMatchObject({ pitfall: 'raw', lane: 'sse', path: '/sse/raw' })
  expect(switches.of('anna')).toEqual([active])
  expect(switches.isOn('anna', 'sse', 'raw')).toBe(true)
  for (const [visitor, lane, pitfall] of [
    ['anna', 'sse', 'other'],
    ['anna', 'auto', 'raw'],
    ['ben', 'sse', 'raw'],
    [null, 'sse', 'raw'],
  ] as const)
    expect(switches.isOn(visitor, lane, pitfall), `${visitor} ${lane} ${pitfall}`).toBe(false)
  expect([switches.of('ben'), switches.of(null)]).toEqual([[], []])
})

it('another one takes its place, and each change tells whose lane it was', () => {
  const { switches, changed } = fixture()
  switches.switchOn('anna', 'sse', 'raw')
  switches.switchOn('anna', 'sse', 'deaf')
  expect(switches.of('anna')).toMatchObject([{ pitfall: 'deaf', path: null }])
  switches.switchOff('anna', 'auto')
  switches.switchOff('ben', 'sse')
  expect(changed).toEqual(['anna sse', 'anna sse', 'anna sse'])
  switches.switchOff('anna', null)
  expect(switches.of('anna')).toEqual([])
  expect(changed).toHaveLength(4)
})

it('one that is left on ends by itself, and no alarm is left behind', async () => {
  const { switches, clock, changed } = fixture()
  switches.switchOn('anna', 'sse', 'raw')
  switches.switchOn('anna', 'auto', 'raw')
  switches.switchOff('anna', 'auto')
  expect(clock.alarms).toBe(1)
  await clock.pass(MAX_FAULT_S * 1_000)
  expect(switches.of('anna')).toEqual([])
  expect(changed.at(-1)).toBe('anna sse')
  expect(clock.alarms).toBe(0)
})

it('no more visitors than that may have one on, and each that goes makes room', () => {
  const { switches } = fixture()
  for (let n = 0; n < MAX_VISITORS; n++) expect(switches.switchOn(`visitor ${n}`, 'sse', 'raw')).toBeDefined()
  expect(switches.switchOn('one more', 'sse', 'raw')).toBeUndefined()
  expect(switches.switchOn('visitor 0', 'auto', 'raw')).toBeDefined()
  switches.switchOff('visitor 1', null)
  expect(switches.switchOn('one more', 'sse', 'raw')).toBeDefined()
})
