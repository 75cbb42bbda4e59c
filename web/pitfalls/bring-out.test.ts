import { expect, it } from 'vitest'
import { createManualClock } from '../../lab/verify/kit/manual-clock.ts'
import type { Step } from '../../lab/wires/pitfalls/control.ts'
import type { PageLane } from '../faults/bench.ts'
import type { FaultRequest } from '../model/wires/wires.ts'
import { NO_WIRES } from '../model/wires/wires-info.ts'
import { bringOut } from './bring-out.ts'

/** @param isEmpty whether nothing has come by the broken lane yet */
function fixture(statusOfOther = 'open', isEmpty = false) {
  const clock = createManualClock()
  const done: string[] = []
  const stop = new AbortController()
  let base: number | null = isEmpty ? null : 1
  const lane = (name: string, status: string): PageLane =>
    ({
      name,
      lane: {
        state: { status },
        evidence: {
          tally: {
            get base() {
              return base
            },
          },
        },
        async send(text: string) {
          done.push(`${name} says ${text} at ${clock.now()}`)
        },
      },
    }) as unknown as PageLane
  const restart = { name: 'server-restart', scope: 'server' }
  const wires = {
    info: { ...NO_WIRES, faults: [restart] as unknown as typeof NO_WIRES.faults },
    async set({ fault, lanes, whose, seconds }: FaultRequest) {
      done.push(`${fault} on ${String(lanes)} for ${seconds} s, ${whose}`)
    },
  }
  const lanes = () => [lane('broken', 'open'), lane('other', statusOfOther)]
  const play = (brings: readonly Step[]) =>
    bringOut({ brings }, 'broken', { wires, lanes, clock, signal: stop.signal })
  return { clock, done, stop, play, hear: () => (base = 0) }
}

it('the steps are taken in their order, each in its lane and at its time', async () => {
  const { play, clock, done } = fixture()
  const playing = play([
    { fault: 'latency', settings: {}, seconds: 3 },
    { say: ['one', 'two'], by: 'another', everyMs: 50 },
    { waitMs: 1_000 },
    { say: ['three'], by: 'lane' },
    { fault: 'server-restart', settings: {}, seconds: 2 },
  ])
  await clock.pass(1_100)
  await playing
  expect(done).toEqual([
    'latency on broken for 3 s, mine',
    'other says one at 0',
    'other says two at 50',
    'broken says three at 1100',
    'server-restart on broken for 2 s, all',
  ])
})

it('what is to be written in another lane is not written in the broken one when no other is open', async () => {
  const { play, done } = fixture('waiting')
  await expect(play([{ say: ['one'], by: 'another' }])).rejects.toThrow('no other lane is open')
  expect(done).toEqual([])
})

it('a lane that has heard nothing is given something to count from, and waited for', async () => {
  const { play, clock, done, hear } = fixture('open', true)
  const playing = play([{ fault: 'cut', settings: {}, seconds: null }])
  await clock.pass(1_000)
  expect(done).toEqual(['other says Before the fault. at 0'])
  hear()
  await clock.pass(100)
  await playing
  expect(done).toHaveLength(2)
})

it('a lane that never hears anything is not waited for for ever', async () => {
  const { play, clock, done } = fixture('open', true)
  const playing = play([{ fault: 'cut', settings: {}, seconds: null }])
  await clock.pass(6_000)
  await playing
  expect([done.length, clock.alarms]).toEqual([2, 0])
})

it('a panel that has gone takes no further step, and leaves no timer', async () => {
  const { play, clock, done, stop } = fixture()
  const playing = play([{ waitMs: 5_000 }, { say: ['late'], by: 'lane' }])
  await clock.pass(1_000)
  stop.abort()
  await playing
  expect([done, clock.alarms]).toEqual([[], 0])
})
