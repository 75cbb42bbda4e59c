import { expect, it } from 'vitest'
import { createListeners } from '../../../lab/client/listeners.ts'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import { healMs, type LaneSigns, noticeMs } from './reaction.ts'
import { createStories } from './stories.ts'
import { type ActiveFault, NO_WIRES } from './wires-info.ts'

function fixture() {
  const clock = createManualClock()
  const changes = createListeners<void>()
  let active: readonly ActiveFault[] = []
  const lanes = new Map<string, LaneSigns>()
  const stories = createStories({
    clock,
    signs: () => lanes,
    mostWaitMs: 5_000,
    wires: {
      get info() {
        return { ...NO_WIRES, active }
      },
      onChange: changes.add,
      toPageTime: (at) => at,
    },
  })
  return {
    ...{ clock, stories },
    set(fault: Partial<ActiveFault>) {
      const usual = {
        id: '1',
        fault: 'cut',
        lanes: ['sse'],
        settings: {},
        since: clock.now(),
        until: 1e9,
        mine: true,
      }
      active = [...active, { ...usual, ...fault }]
      changes.tell()
    },
    heal() {
      active = []
      changes.tell()
    },
    lane: (name: string, signs: Partial<LaneSigns>) =>
      lanes.set(name, {
        ...{ status: 'open', brokeAt: null, openedAt: 0, heardAt: 0, newest: 3, ...lanes.get(name) },
        ...signs,
      }),
    timesOf(lane: string) {
      const reaction = stories.lastOf(lane)!.reactions.get(lane)!
      return [noticeMs(reaction), healMs(reaction)]
    },
  }
}

it('a story has the times of each lane, and nothing is left running when all are well', async () => {
  const { clock, stories, set, heal, lane, timesOf } = fixture()
  lane('sse', {})
  lane('websocket', {})
  await clock.pass(1_000)
  set({ lanes: ['sse', 'websocket'] })
  await clock.pass(30)
  lane('websocket', { status: 'waiting', brokeAt: clock.now() })
  await clock.pass(1_970)
  heal()
  await clock.pass(250)
  lane('sse', { heardAt: clock.now() })
  await clock.pass(250)
  lane('websocket', { status: 'open', openedAt: clock.now() })
  await clock.pass(100)
  expect(timesOf('sse')).toEqual([null, 250])
  expect(timesOf('websocket')).toEqual([30, 500])
  expect(clock.alarms).toBe(0)
  expect(stories.list).toHaveLength(1)
})

it('a fault ends at its own time, though the page hears of it later', async () => {
  const { clock, set, heal, lane, timesOf } = fixture()
  lane('sse', {})
  set({ until: 500 })
  await clock.pass(600)
  lane('sse', { heardAt: 550 })
  heal()
  await clock.pass(100)
  expect(timesOf('sse')).toEqual([null, 50])
})

it('a lane has caught up when it has what the lane that had most has had at the end', async () => {
  const { clock, set, heal, lane, timesOf } = fixture()
  lane('sse', { newest: 3 })
  lane('websocket', { newest: 8 })
  set({ lanes: ['sse'] })
  heal()
  await clock.pass(200)
  lane('sse', { heardAt: 200 })
  await clock.pass(100)
  expect(timesOf('sse')).toEqual([null, null])
  lane('sse', { heardAt: 300, newest: 8 })
  await clock.pass(100)
  expect(timesOf('sse')).toEqual([null, 300])
})

it('a lane that never comes back is not waited for for ever', async () => {
  const { clock, set, heal, lane } = fixture()
  lane('sse', { status: 'closed', brokeAt: 0 })
  set({})
  heal()
  await clock.pass(6_000)
  expect(clock.alarms).toBe(0)
})

it('the oldest stories go first, and those of active faults are not forgotten', async () => {
  const { stories, set, heal } = fixture()
  for (let id = 1; id <= 25; id++) set({ id: String(id) })
  expect(stories.list.map(({ fault }) => fault.id)).toEqual(
    Array.from({ length: 20 }, (_, n) => String(n + 6)),
  )
  heal()
  set({ id: 'new' })
  stories.forget()
  expect(stories.list.map(({ fault }) => fault.id)).toEqual(['new'])
  stories.close()
})
