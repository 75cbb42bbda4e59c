/** What of an audience's windows becomes a figure; a scripted audience stands for the sockets. */
import { expect, it } from 'vitest'
import { createCollection } from '../collect.ts'
import { createHistogram } from '../measure/histogram.ts'
import type { Bench } from '../processes/bench.ts'
import type { Listening, Window } from '../processes/listening.ts'
import { PROFILES, type Settings } from '../settings.ts'
import { loadSubject } from '../subjects/all.ts'
import fanOut from './fan-out.ts'

const SUBSCRIBERS = 10
const SETTINGS: Settings = {
  ...PROFILES.quick,
  ...{ profile: 'quick', subjects: ['sse'], seed: 1 },
  fanOut: {
    ...{ subscribers: [SUBSCRIBERS], deliveriesPerSecond: 1_000, burstsAt: 'none', offered: [] },
    seconds: 0.3,
  },
}

/** Measures once with windows that cost so many microseconds per delivery, one after the other. */
async function measured(name: string, cpu: readonly number[], settings = SETTINGS) {
  const messages: number[] = []
  const audience = {
    async hear({ messages: count }: { messages: number }): Promise<Window> {
      const perDelivery = cpu[messages.length] ?? Number.NaN
      messages.push(count)
      const received = count * SUBSCRIBERS
      return { ...WINDOW, received, expected: received, cpuUs: perDelivery * received }
    },
    close: async () => {},
  }
  const bench = { subject: await loadSubject(name), gather: async () => audience as unknown as Listening }
  const collection = createCollection()
  await fanOut.measure(bench as unknown as Bench, settings, collection.recorder(name, 'fan-out'))
  const figure = collection.figures.find(({ metric }) => metric === 'cpu-per-delivery')
  return { messages, cpu: figure?.median }
}

const WINDOW: Window = {
  ...{ received: 0, expected: 0, inTime: 0, duplicates: 0, missed: 0, requests: 0, broken: 0 },
  ...{ bytesIn: 0, bytesOut: 0, seconds: 0.1, cpuUs: 0, lateP99Us: 0, loadBusyPercent: 10 },
  latencies: createHistogram(),
}

it('leaves out what the first messages to new sockets cost', async () => {
  expect(await measured('sse', [90, 10, 10, 10])).toEqual({ messages: [3, 10, 10, 10], cpu: 10 })
})

it('takes the median of several windows: a collection of garbage in one of them does not decide', async () => {
  expect((await measured('sse', [90, 10, 80, 12])).cpu).toBe(12)
})

it('has one window where the time is too short for several', async () => {
  const short = { ...SETTINGS, fanOut: { ...SETTINGS.fanOut, seconds: 0.1 } }
  expect(await measured('sse', [90, 11], short)).toEqual({ messages: [3, 10], cpu: 11 })
})

it('counts from the first message for a reader that asks by a clock, who would be waited for', async () => {
  expect(await measured('short-polling', [14, 10, 12])).toEqual({ messages: [10, 10, 10], cpu: 12 })
})
