/** What is made of a run: figures, comparisons, thresholds, tables. All from known numbers. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCollection } from '../collect.ts'
import { UsageError } from '../errors.ts'
import { createHistogram, recordUs } from '../measure/histogram.ts'
import { csvOf } from '../report/csv.ts'
import { latencyLines } from '../report/latency-lines.ts'
import { tableOf } from '../report/table.ts'
import { digits, inWords } from '../report/units.ts'
import { RUN_FORMAT, type RunFile } from '../run-file.ts'
import { compare, readRun } from './baseline.ts'
import { doubtsAbout } from './doubts.ts'
import { brokenThresholds, parseThreshold } from './thresholds.ts'

const AT = { subscribers: 1_000, burst: 1 }

/** A run in which a delivery costs the floor and sse so many µs, round by round. */
function runOf(floor: readonly number[], sse: readonly number[], cpu = 'Test CPU'): RunFile {
  const collection = createCollection()
  for (const value of floor) collection.sample('raw-tcp', 'fan-out', 'cpu-per-delivery', AT, value)
  for (const value of sse) collection.sample('sse', 'fan-out', 'cpu-per-delivery', AT, value)
  const histogram = createHistogram()
  for (let us = 100; us < 200; us++) recordUs(histogram, us)
  collection.recorder('sse', 'latency').latencies({ subscribers: 100 }, histogram)
  return {
    format: RUN_FORMAT,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    interrupted: false,
    profile: 'quick',
    settings: {},
    seed: 1,
    machine: { cpu, cores: 2, memoryBytes: 1, os: 'test', fileDescriptors: 1_024 },
    versions: { node: '20.0.0', commit: 'abc' },
    selfCheck: [],
    subjects: [
      { name: 'raw-tcp', title: 'raw TCP', kind: 'floor' },
      { name: 'sse', title: 'sse', kind: 'lab' },
    ],
    figures: collection.figures,
    distributions: collection.distributions,
    notes: [],
  }
}

describe('a figure', () => {
  const [floor, sse] = runOf([2, 4, 3], [4, 8, 6]).figures

  it('has the median and the spread of its rounds', () => {
    expect(sse).toMatchObject({ median: 6, spread: [4, 8], samples: [4, 8, 6], unit: 'µs', better: 'lower' })
  })
  it('has a ratio to the floor of the same rounds; the floor has none', () => {
    expect(sse?.ratio).toEqual({ median: 2, spread: [2, 2], verdict: 'worse' })
    expect(floor?.ratio).toBeNull()
  })
  it('is not made of what could not be measured', () => {
    expect(runOf([Number.NaN], [Number.POSITIVE_INFINITY]).figures).toEqual([])
  })
})

describe('a baseline', () => {
  const before = runOf([2, 2, 2], [4, 4.2, 4.1])

  it('finds what is worse by more than both spreads', () => {
    const { regressions } = compare(runOf([2, 2, 2], [5, 5.1, 5.2]), before)
    expect(regressions).toEqual([
      'sse fan-out cpu-per-delivery, subscribers 1,000, burst 1: 5.10 µs, was 4.10 µs',
    ])
  })
  it('lets pass what is worse within the spread', () => {
    expect(compare(runOf([2, 2, 2], [4, 4.4, 6]), before).regressions).toEqual([])
  })
  it('lets pass what is better, and what is worse by less than anybody should act on', () => {
    expect(compare(runOf([2, 2, 2], [3, 3, 3]), before).regressions).toEqual([])
    expect(compare(runOf([2], [4.2]), runOf([2], [4.1])).regressions).toEqual([])
  })
  it('of another machine is compared by ratios only, and says so', () => {
    const foreign = runOf([2, 2, 2], [4, 4, 4], 'Other CPU')
    const slower = compare(runOf([4, 4, 4], [8, 8, 8]), foreign)
    expect(slower.regressions).toEqual([])
    expect(slower.notes.join()).toMatch(/another machine/)
    expect(compare(runOf([4, 4, 4], [12, 12, 12]), foreign).regressions).toHaveLength(1)
  })

  it.each([
    ['that is not there', null],
    ['that is not JSON', '{'],
    ['of something else', '{"format":"of-another-tool/1"}'],
    ['that is null', 'null'],
  ])('%s is wrong use', async (_, text) => {
    const file = join(await mkdtemp(join(tmpdir(), 'baseline-')), 'run.json')
    if (text !== null) await writeFile(file, text)
    await expect(readRun(file)).rejects.toThrow(UsageError)
  })
  it('that was written by a run can be read', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'baseline-')), 'run.json')
    await writeFile(file, JSON.stringify(before))
    expect(await readRun(file)).toEqual(before)
  })
})

describe('doubts', () => {
  it('are raised when the floor does not agree with itself', () => {
    expect(doubtsAbout(runOf([2, 2.1, 2.6], [4]).figures).join()).toMatch(
      /raw TCP's own rounds of CPU per delivery differ by 29 %/,
    )
    expect(doubtsAbout(runOf([2, 2.1, 2.2], [4]).figures)).toEqual([])
  })
  it('are raised when the load side had more to do than it can measure', () => {
    const collection = createCollection()
    collection.sample('sse', 'fan-out', 'load-busy', AT, 71)
    collection.sample('sse', 'latency', 'load-busy', AT, 69)
    expect(doubtsAbout(collection.figures)).toEqual([expect.stringMatching(/^sse, fan-out at .* 71 % busy/)])
  })
})

describe('a threshold', () => {
  const run = runOf([2, 2, 2], [4, 4, 4])
  const broken = (text: string) => brokenThresholds([parseThreshold(text)], run)

  it.each([
    'sse.fan-out.cpu-per-delivery<5',
    'sse.fan-out.cpu-per-delivery<=4',
    'sse.fan-out.cpu-per-delivery > 3.9',
    'sse.fan-out.cpu-per-delivery>=4',
    'sse.fan-out.cpu-per-delivery<=2x',
    'sse.fan-out.cpu-per-delivery[subscribers=1000,burst=1]<5',
  ])('holds: %s', (text) => expect(broken(text)).toEqual([]))

  it.each([
    'sse.fan-out.cpu-per-delivery<4',
    'sse.fan-out.cpu-per-delivery<1.5x',
    'sse.fan-out.cpu-per-delivery>4',
    'sse.fan-out.cpu-per-delivery[subscribers=5000]<5', // what was not measured holds nothing
    'websocket.latency.p99<20',
  ])('is broken: %s', (text) => expect(broken(text)).toHaveLength(1))

  it.each(['unknown.latency.p99<1', 'sse.latency.p98<1', 'sse.weather.p99<1', 'sse.latency.p99<fast', ''])(
    'is refused: %j',
    (text) => expect(() => parseThreshold(text)).toThrow(UsageError),
  )

  it('may name a subject and a metric with dots in their names', () => {
    expect(parseThreshold('socket.io-websocket.latency.p99.9<50')).toMatchObject({
      subject: 'socket.io-websocket',
      scenario: 'latency',
      metric: 'p99.9',
    })
  })
})

describe('what is shown', () => {
  const run = runOf([2, 2, 2], [4, 4, 4])

  it('a table has a line per question and load, a column per subject, and ratios', () => {
    const table = tableOf(run)
    expect(table).toMatch(/fan-out +raw-tcp +sse/)
    expect(table).toMatch(/server CPU per delivery · subscribers 1,000, burst 1 +2.00 µs +4.00 µs ×2.00/)
  })
  it('no difference is shown as such', () => {
    expect(tableOf(runOf([2, 2, 2], [1.9, 2, 2.1]))).toMatch(/≈1.00/)
  })
  it('a narrow table is cut, and the floor comes along', () => {
    expect(tableOf(run, 20).match(/raw-tcp/g)?.length).toBe(1)
  })
  it('a latency line has its bars on the axis where the samples are', () => {
    const line = latencyLines(run)
      .split('\n')
      .find((one) => one.startsWith('sse'))
    expect(line).toMatch(/^sse +▁*▂*.*█/)
    expect(line).toMatch(/p50 1[45]\d µs, p99 19\d µs/)
  })
  it('CSV has a line per figure, and quotes what needs quoting', () => {
    const lines = csvOf(run).trimEnd().split('\r\n')
    expect(lines).toHaveLength(1 + run.figures.length)
    expect(lines[2]).toBe('sse,fan-out,cpu-per-delivery,subscribers=1000 burst=1,µs,lower,4,4,4,2,worse,3')
    expect(csvOf({ ...run, figures: [{ ...run.figures[0]!, subject: 'a,"b"' }] })).toContain('"a,""b"""')
  })
  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [1_234.5, '1,235'],
  ])('%d is written %s', (value, text) => expect(digits(value)).toBe(text))
  it('a figure has its unit', () => {
    expect(inWords(12_345, '1/s')).toBe('12.3 k/s')
    expect(inWords(Number.NaN, 'ms')).toBe('–')
  })
})
