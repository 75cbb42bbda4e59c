import { expect, it } from 'vitest'
import { ended, healMs, type LaneSigns, look, noticeMs, type Reacting, startOf } from './reaction.ts'

const OPEN: LaneSigns = { status: 'open', brokeAt: null, openedAt: 0, heardAt: 0, newest: 5 }
const times = (reaction: Reacting) => [noticeMs(reaction), healMs(reaction)]

it('a lane that was cut notices, and is well when it is open again and has all that was said meanwhile', () => {
  let reaction = look(startOf(1_000), { ...OPEN, status: 'waiting', brokeAt: 1_040 })
  expect(times(reaction)).toEqual([40, null])
  reaction = ended(reaction, 3_000, 9)
  const back = { ...OPEN, brokeAt: 1_040, openedAt: 3_400 }
  expect(times(look(reaction, back))).toEqual([40, null]) // open, and behind
  expect(times(look(reaction, { ...back, newest: 9 }))).toEqual([40, 400])
})

it('a lane that never noticed is believed to be well only when something comes by it', () => {
  const reaction = ended(look(startOf(1_000), OPEN), 3_000, 5)
  expect(times(look(reaction, { ...OPEN, heardAt: 2_900 }))).toEqual([null, null])
  expect(times(look(reaction, { ...OPEN, heardAt: 3_250 }))).toEqual([null, 250])
})

it('a half-open lane that notices after the fault is gone is well when it has opened another connection', () => {
  const reaction = ended(look(startOf(1_000), OPEN), 3_000, 5)
  const late = look(reaction, { ...OPEN, status: 'connecting', brokeAt: 9_000 })
  expect(times(late)).toEqual([8_000, null])
  expect(times(look(late, { ...OPEN, brokeAt: 9_000, openedAt: 9_100 }))).toEqual([8_000, 6_100])
})

it('what broke before the fault is not its doing', () => {
  expect(noticeMs(look(startOf(1_000), { ...OPEN, brokeAt: 900 }))).toBeNull()
})

it('a lane that was back before the fault ended took no time to heal', () => {
  const back = { ...OPEN, brokeAt: 1_010, openedAt: 1_500 }
  expect(times(look(ended(look(startOf(1_000), back), 5_000, 5), back))).toEqual([10, 0])
})

it('what was found out once stays, whatever the lane does later', () => {
  const well = look(ended(startOf(1_000), 2_000, 5), { ...OPEN, heardAt: 2_100 })
  expect(look(well, { ...OPEN, status: 'waiting', brokeAt: 8_000, heardAt: 7_000 }).healedAt).toBe(2_100)
})

it('a fault without duration ends when it starts', () => {
  expect(ended(startOf(1_000), 900, 0).endedAt).toBe(1_000)
})
