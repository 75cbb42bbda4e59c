import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { syntheticRun } from '../calculator/synthetic-run.ts'
import { changeOf } from '../measure/changes.ts'
import {
  ecdf,
  ecdfPoints,
  growth,
  percentileName,
  percentilePlot,
  spreads,
  tailPoints,
} from './html/plots.ts'
import { figureAt, headlines, rowsOf, unmeasured } from './html/rows.ts'
import { changeInWords, rangeInWords } from './html/tables.ts'
import { reportAsHtml } from './html.ts'

const run = syntheticRun(0.1)
const runs = { run, other: null }
const at = { subscribers: 100 }
const of = (subject: string) => run.distributions.find((one) => one.subject === subject)

describe('the cumulative curve', () => {
  it('goes through every step, and shows what is less than a microsecond as one', () => {
    expect(ecdfPoints(of('told')).slice(0, 2)).toEqual([
      { x: 300, y: 0 },
      { x: 375, y: 0.25 },
    ])
    const fast = { ...of('told')!, steps: [{ p: 0.5, value: 0 }] }
    expect(ecdfPoints(fast)).toEqual([{ x: 1, y: 0.5 }])
    expect(ecdfPoints(undefined)).toEqual([])
  })

  it('has a line for each subject, in the run’s order', () => {
    expect(ecdf(runs, 'latency', at, '').lines.map(({ name }) => name)).toEqual([
      'The floor',
      'Told',
      'By the clock',
      'Held',
    ])
  })

  it('has those of another run beside them, with the same symbol', () => {
    const { lines } = ecdf({ run, other: syntheticRun() }, 'latency', at, '')
    const [own, other] = lines.filter(({ name }) => name === 'Told')
    expect(lines).toHaveLength(8)
    expect(other).toEqual({ ...own, other: true, marked: 'none' })
  })

  it('has none for a load that was not measured', () => {
    expect(ecdf(runs, 'latency', { subscribers: 7 }, '').lines).toEqual([])
  })
})

describe('the percentile plot', () => {
  it('gives each nine the same room, and puts the largest of n at one in n', () => {
    const points = tailPoints(of('floor'))
    expect(points.map(({ x }) => Math.round(x * 1e6) / 1e6)).toEqual([1, 1.333333, 2, 4, 100, 1_000, 1_000])
    expect(points.at(-1)!.y).toBe(200)
    expect(percentilePlot(runs, 'latency', at, '').x.ends).toEqual([1, 1_000])
  })

  it.each([
    [1, 'min'],
    [2, 'p50'],
    [10, 'p90'],
    [1_000, 'p99.9'],
    [100_000, 'p99.999'],
  ])('calls one in %d %s', (oneIn, name) => expect(percentileName(oneIn)).toBe(name))
})

describe('growth and spreads', () => {
  it('grow over the loads that were measured, and over no others', () => {
    const what = { scenario: 'fan-out', metric: 'cpu-per-delivery', load: 'subscribers', at: { burst: 1 } }
    const told = growth(runs, what, '', '').lines.find(({ name }) => name === 'Told')!
    expect(told.points).toEqual([
      { x: 100, y: 10 },
      { x: 10_000, y: 20 },
    ])
    expect(growth(runs, { ...what, at: { burst: 16 } }, '', '').lines).toEqual([])
  })

  it('show smallest, median and largest, each subject on its line', () => {
    const { lines, y } = spreads(runs, 'idle', 'rss-per-connection', { connections: 1_000 }, '')
    expect(y.names).toEqual(['Told', 'By the clock', 'Held'])
    expect(lines[0]!.points).toEqual([3_600, 4_000, 4_400].map((x) => ({ x: expect.closeTo(x, 6), y: 0 })))
  })

  it('stand on a linear axis where one of them reaches 0', () => {
    const of = (metric: string) => spreads(runs, 'idle', metric, { connections: 1_000 }, '')
    expect(of('rss-per-connection').x.scale).toBe('log')
    expect(of('requests-per-minute').x.scale).toBe('linear')
    expect(of('requests-per-minute').lines[0]!.points[1]).toEqual({ x: 0, y: 0 })
  })
})

describe('rows', () => {
  it('stand in the order of the metrics, from light load to heavy', () => {
    const rows = rowsOf(run, 'fan-out').map(({ metric, at: { subscribers } }) => [metric, subscribers])
    expect(rows).toEqual(
      ['cpu-per-delivery', 'deliveries-per-second', 'p99', 'load-busy'].flatMap((metric) => [
        [metric, 100],
        [metric, 10_000],
      ]),
    )
  })

  it('of the first table are there for what was measured alone', () => {
    expect(headlines(run).map(({ scenario }) => scenario)).toEqual([
      'latency',
      'idle',
      'wire',
      'wire',
      'fan-out',
    ])
    expect(unmeasured(run)).toEqual(['connect', 'request', 'storm'])
  })
})

it.each([
  [24_400, 25_100, '1/s', '24.4–25.1 k/s'],
  [9_800, 12_000, 'B', '9,800 B–12.0 kB'],
  [1.5, 2, 'ms', '1.50–2.00 ms'],
  [0, 3, '1', '0–3.00'],
] as const)('from %d to %d %s is written %s', (low, high, unit, words) => {
  expect(rangeInWords(low, high, unit)).toBe(words)
})

describe('a change between two runs', () => {
  const row = rowsOf(run, 'idle')[0]!
  const now = figureAt(run, 'held', row)!
  const earlier = (factor: number) => ({ ...now, median: now.median * factor, spread: now.spread })

  it.each([
    [1.1, 'no difference'], // within the spread of ten percent to either side
    [1.5, '−33 %, better'],
    [0.5, '+100 %, worse'],
  ])('from %d times as much is: %s', (factor, words) => {
    expect(changeInWords(changeOf(now, earlier(factor), false)!)).toBe(words)
  })

  it('upwards is better where more is better', () => {
    const more = { ...now, better: 'higher' as const }
    expect(changeOf(more, { ...more, median: now.median / 2 }, false)?.verdict).toBe('better')
  })

  it('below five percent is none, even where nothing varies', () => {
    const still = { ...now, spread: [now.median, now.median] as const }
    expect(changeOf(still, { ...still, median: now.median * 1.04 }, false)?.verdict).toBe('no difference')
    expect(changeOf(still, { ...still, median: now.median * 1.06 }, false)?.verdict).toBe('better')
  })

  it('between two machines is one of ratios, or none', () => {
    const wire = rowsOf(run, 'wire').find(({ metric }) => metric === 'bytes-down')!
    const ratio = figureAt(run, 'held', wire)!
    const twice = { ...ratio, median: 1, ratio: { ...ratio.ratio!, median: 8 } }
    expect(changeOf(ratio, twice, true)).toMatchObject({ of: 'ratio', before: 8, now: 4, verdict: 'better' })
    expect(changeOf(now, earlier(9), true)).toBeNull()
  })
})

describe('the file', () => {
  it('lets no other script and no other style run than its own', async () => {
    const html = await reportAsHtml(run)
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!
    const sources = (name: string) =>
      [...html.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(
        ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
      )
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sources('script').join(' ')}`,
      `style-src ${sources('style').join(' ')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(sources('script')).toHaveLength(1)
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="(?!data:)/)
  })

  it('cannot be broken out of by what a run says', async () => {
    const sly = '</script><script>alert(1)</script><!--'
    const html = await reportAsHtml({ ...run, notes: [sly], startedAt: '2026-01-02T"><img src=x>' })
    expect(html).not.toContain('alert(1)</script>')
    expect(html).not.toContain('<img')
    const data = /<script type="application\/json" id="run">([\s\S]*?)<\/script>/.exec(html)![1]!
    expect(JSON.parse(data).notes).toEqual([sly])
  })
})
