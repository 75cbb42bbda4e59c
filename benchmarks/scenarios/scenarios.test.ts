/** Each scenario, end to end, with few subscribers, for every subject: processes, sockets, bytes and all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCollection } from '../collect.ts'
import { METRICS } from '../metrics.ts'
import { type Bench, type LoadProcess, startBench, startLoad } from '../processes/bench.ts'
import { PROFILES, SCENARIO_NAMES, type ScenarioName, type Settings } from '../settings.ts'
import { absentInWords, loadSubject, loadSubjects, SUBJECTS } from '../subjects/all.ts'
import { loadScenario } from './all.ts'

const SMALL: Settings = {
  ...PROFILES.quick,
  profile: 'quick',
  subjects: SUBJECTS,
  scenarios: SCENARIO_NAMES,
  seed: 1,
  repeat: 1,
  pollMs: 50,
  latency: { subscribers: 5, deliveriesPerSecond: 500, seconds: 0.2 },
  connect: { connections: 10, atOnce: 5 },
  idle: { connections: 10, seconds: 0.2 },
  wire: { subscribers: 4, messagesPerSecond: [20], seconds: 0.2 },
  fanOut: { subscribers: [5], deliveriesPerSecond: 500, seconds: 0.1, burstsAt: 'most', offered: [] },
  request: { connections: 2, seconds: 0.5 },
  storm: { connections: 10, messages: 3 },
}

const LIMIT_MS = 120_000

const { subjects, absent } = await loadSubjects(SUBJECTS)
const present = subjects.map(({ name }) => name)
for (const line of absentInWords(absent)) console.warn(`Not tested: ${line}`)

let load: LoadProcess[] = []
const benches = new Map<string, Bench>()

beforeAll(async () => {
  // Two, so that the dividing and the adding up are tested too.
  load = await startLoad(2)
  for (const name of present) benches.set(name, await startBench(await loadSubject(name), SMALL, load))
}, LIMIT_MS)

afterAll(() => Promise.all([...benches.values(), ...load].map((one) => one.stop())), LIMIT_MS)

async function measured(scenarioName: ScenarioName, subject: string, settings = SMALL) {
  const scenario = await loadScenario(scenarioName)
  const bench = benches.get(subject)!
  if (!scenario.applies(bench.subject)) return null
  const collection = createCollection()
  await scenario.measure(bench, settings, collection.recorder(subject, scenarioName))
  const values = new Map(collection.figures.map(({ metric, median }) => [metric, median]))
  return { collection, values, value: (metric: string) => values.get(metric) ?? Number.NaN }
}

describe.each(present)('%s', (subject) => {
  it(
    'latency: every message is delivered once, and each has a latency',
    async () => {
      const run = await measured('latency', subject)
      expect(run?.value('delivered')).toBe(100)
      expect(run?.value('duplicates')).toBe(0)
      expect(run?.value('p50')).toBeGreaterThan(0)
      expect(run?.value('max')).toBeGreaterThanOrEqual(run?.value('p50') ?? Number.NaN)
      expect(run?.collection.distributions[0]?.count).toBe(20 * 5)
    },
    LIMIT_MS,
  )

  it(
    'connect: each connection gets its first message, and the bytes of it are counted',
    async () => {
      const run = await measured('connect', subject)
      expect(run?.collection.distributions[0]?.count).toBe(10)
      expect(run?.value('bytes-down')).toBeGreaterThan(SMALL.payload)
      expect(run?.value('bytes-up')).toBeGreaterThan(0)
      expect(run?.value('cpu-per-connection')).toBeGreaterThan(0)
    },
    LIMIT_MS,
  )

  it(
    'wire: a delivery takes at least its text, and requests are counted where there are any',
    async () => {
      const run = await measured('wire', subject)
      expect(run?.value('bytes-down')).toBeGreaterThan(SMALL.payload)
      if (/polling/.test(subject)) expect(run?.value('requests-per-delivery')).toBeGreaterThan(0)
      else expect(run?.value('requests-per-delivery')).toBe(0)
    },
    LIMIT_MS,
  )

  it(
    'fan-out: all is delivered, one by one and in bursts, and costs CPU',
    async () => {
      const run = await measured('fan-out', subject)
      const of = (metric: string) => run?.collection.figures.filter((one) => one.metric === metric) ?? []
      expect(of('delivered').map(({ median }) => median)).toEqual([100, 100])
      expect(of('cpu-per-delivery').every(({ median }) => median > 0)).toBe(true)
    },
    LIMIT_MS,
  )

  it(
    'request: all that autocannon asks is answered, and no cursor skips anything',
    async () => {
      const run = await measured('request', subject)
      if (!run) return expect(benches.get(subject)?.subject.asks).toEqual([])
      expect(run.values.has('load-busy')).toBe(true)
      for (const { metric, median } of run.collection.figures) {
        if (metric === 'failed' || metric === 'missed') expect(median).toBe(0)
        if (metric === 'answers-per-second') expect(median).toBeGreaterThan(0)
      }
    },
    LIMIT_MS,
  )

  it(
    'storm: all come back where they were: nothing is lost, nothing comes twice',
    async () => {
      const run = await measured('storm', subject)
      if (!run) return expect(benches.get(subject)?.subject.resumes).toBe(false)
      expect(run.value('lost')).toBe(0)
      expect(run.value('duplicates')).toBe(0)
      expect(run.value('caught-up')).toBeGreaterThan(0)
    },
    LIMIT_MS,
  )
})

it(
  'fan-out: of a load that is offered, it is told how much was carried in time',
  async () => {
    const { fanOut } = SMALL
    const run = await measured('fan-out', 'sse', {
      ...SMALL,
      fanOut: { ...fanOut, subscribers: [5], offered: [500] },
    })
    const carried = run?.collection.figures.find(({ metric }) => metric === 'carried')
    expect(carried?.at).toEqual({ subscribers: 5, offered: 500 })
    expect(carried?.median).toBeGreaterThan(0)
  },
  LIMIT_MS,
)

it(
  'idle: for all at once, in servers of their own; a subject that polls has sent requests, and one that does not has sent none',
  async () => {
    const names = ['raw-tcp', 'short-polling', 'sse']
    const runs = await Promise.all(names.map((subject) => measured('idle', subject)))
    for (const run of runs) expect(run?.values.has('rss-per-connection')).toBe(true)
    expect(runs.map((run) => run?.values.has('requests-per-minute'))).toEqual([false, true, false])
    expect(runs[1]?.value('requests-per-minute')).toBeGreaterThan(0)
  },
  LIMIT_MS,
)

it.each(SCENARIO_NAMES)('%s is described under its own name', async (name) => {
  const scenario = await loadScenario(name)
  expect(scenario.name).toBe(name)
  expect(scenario.seconds(SMALL, null)).toBeGreaterThan(0)
  expect(Object.keys(METRICS[name]).length).toBeGreaterThan(2)
})
