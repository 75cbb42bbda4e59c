import { describe, expect, it } from 'vitest'
import { textOf } from '../lab/verify/rules/source-files.ts'
import { committedRun, DOCUMENTS, forPageText, withFigures } from './docs.ts'
import { metricOf } from './metrics.ts'
import { goalLines } from './report/goal-lines.ts'
import { type Figure, RUN_FORMAT, type RunFile } from './run-file.ts'
import { GOALS, judge } from './verdicts/goals.ts'

function figure(subject: string, metric: string, at: Figure['at'], median: number, ratio?: number): Figure {
  const known = metricOf('fan-out', metric)!
  return {
    ...{ subject, scenario: 'fan-out', metric, at, unit: known.unit, better: known.better },
    ...{ samples: [median], median, spread: [median, median] },
    ratio: ratio === undefined ? null : { median: ratio, spread: [ratio, ratio], verdict: 'worse' },
  }
}

const run = (figures: readonly Figure[]): RunFile => ({
  format: RUN_FORMAT,
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 10,
  interrupted: false,
  profile: 'full',
  settings: { repeat: 5 },
  seed: 1,
  machine: { cpu: 'Test CPU', cores: 2, memoryBytes: 2 ** 33, os: 'test', fileDescriptors: 1_024 },
  versions: { node: '20.0.0' },
  selfCheck: [],
  subjects: [
    { name: 'raw-tcp', title: 'raw TCP', kind: 'floor' },
    { name: 'websocket', title: 'websocket', kind: 'lab' },
  ],
  figures,
  distributions: [],
  notes: [],
})

const cpu = (subject: string, subscribers: number, median: number, ratio?: number) =>
  figure(subject, 'cpu-per-delivery', { subscribers, burst: 1 }, median, ratio)

describe('the documents', () => {
  it.each(DOCUMENTS)('%s quotes the committed run as it is', (file) => {
    const markdown = textOf(file)
    expect(markdown, 'run: npm run bench:docs').toBe(withFigures(markdown, committedRun()))
  })

  it('have a page beside them that fetches a part of the same run', () => {
    expect(textOf('benchmarks/results/for-page.json'), 'run: npm run bench:docs').toBe(
      forPageText(committedRun()),
    )
  })

  it('get their figures between the marks, and nothing else is touched', () => {
    const before = 'a\n<!-- figures:machine -->\nold\n<!-- /figures -->\nb'
    const after = withFigures(before, run([]))
    expect(after).toMatch(/^a\n<!-- figures:machine -->\n\nMeasured on 2026-01-02: Test CPU, 2 cores/)
    expect(after).toMatch(/\n\n<!-- \/figures -->\nb$/)
    expect(after).not.toContain('old')
    expect(withFigures(after, run([]))).toBe(after)
  })

  it('show a scenario as a table with a column per subject', () => {
    const text = withFigures(
      '<!-- figures:fan-out --><!-- /figures -->',
      run([cpu('raw-tcp', 100, 4), cpu('websocket', 100, 6, 1.5)]),
    )
    expect(text).toContain('|  | raw-tcp | websocket |')
    expect(text).toContain(
      '| server CPU per delivery · subscribers 100, burst 1 | 4.00 µs | 6.00 µs (× 1.50) |',
    )
  })

  it('show it in short to the reader of a chapter: one load, and only the transports of this lab', () => {
    const figures = [
      cpu('raw-tcp', 100, 4),
      cpu('websocket', 100, 6, 1.5),
      cpu('websocket', 1_000, 7, 1.6),
      cpu('ws', 100, 8, 2),
    ]
    const peer = { name: 'ws', title: 'ws', kind: 'peer' } as const
    const measured = { ...run(figures), subjects: [...run([]).subjects, peer] }
    const text = withFigures('<!-- figures:fan-out-in-short --><!-- /figures -->', measured)
    expect(text).toContain('|  | server CPU per delivery (subscribers 100, burst 1) |\n')
    expect(text).toContain('| raw TCP | 4.00 µs |\n| websocket | 6.00 µs (× 1.50) |\n\n<!--')
  })

  it('show in short what there is less of in columns: a table may be long, and not wide', () => {
    const figures = ['deliveries-per-second', 'cpu-per-delivery', 'p50'].flatMap((metric) =>
      ['raw-tcp', 'websocket'].map((name) => figure(name, metric, { subscribers: 100, burst: 1 }, 4)),
    )
    const short = '<!-- figures:fan-out-in-short --><!-- /figures -->'
    expect(withFigures(short, run(figures))).toContain('|  | raw TCP | websocket |\n')
    const kind = 'lab' as const
    const more = ['a', 'b', 'c'].map((name) => ({ name, title: name, kind }))
    const three = figures.slice(0, 2).flatMap((one) => more.map(({ name }) => ({ ...one, subject: name })))
    const many = { ...run([...figures, ...three]), subjects: [...run([]).subjects, ...more] }
    expect(withFigures(short, many)).toMatch(/\n\| websocket \| .*\n\| a \| .*\n\| b \| /)
  })

  it('show peers in a table of their own, with raw TCP, to which the ratios are', () => {
    const peer = { name: 'ws', title: 'ws', kind: 'peer' } as const
    const figures = [cpu('raw-tcp', 100, 4), cpu('websocket', 100, 6, 1.5), cpu('ws', 100, 8, 2)]
    const measured = { ...run(figures), subjects: [...run([]).subjects, peer] }
    const text = withFigures('<!-- figures:fan-out --><!-- /figures -->', measured)
    expect(text).toContain('|  | raw-tcp | websocket |\n')
    expect(text).toContain('The peers:\n\n|  | raw-tcp | ws |\n')
  })

  it.each([
    [
      '<!-- figures:weather --><!-- /figures -->',
      "docs/chapters/x.md:3: there are no figures 'weather', but machine, ",
    ],
    [
      '<!-- figures:goals --> and no end',
      'docs/chapters/x.md:3: these figures are not closed with <!-- /figures -->',
    ],
    [
      '<!-- figures:storm-in-short --><!-- /figures -->',
      "docs/chapters/x.md:3: the committed run has no figures 'storm-in-short'",
    ],
    [
      '<!-- figures:storm --><!-- /figures -->',
      "docs/chapters/x.md:3: the committed run has no figures 'storm'",
    ],
  ])('are refused when a region is wrong, by file and line: %s', (region, complaint) => {
    const wrong = () => withFigures(`# A\n\n${region}\n`, run([]), 'docs/chapters/x.md')
    expect(wrong).toThrow(complaint)
  })

  it('of the reference may be without a result, and say so', () => {
    const region = '<!-- figures:storm --><!-- /figures -->'
    expect(withFigures(region, run([]), 'docs/reference/x.md')).toContain(
      '\n\nNot measured in the committed run.\n\n',
    )
  })
})

describe('a goal', () => {
  const verdictOf = (name: RegExp, figures: readonly Figure[]) =>
    judge(run(figures)).find(({ goal }) => name.test(goal.name))

  it('is judged by the worst of all loads', () => {
    const figures = [cpu('websocket', 100, 1, 1.05), cpu('websocket', 1_000, 1, 1.2)]
    expect(verdictOf(/^WebSocket: CPU per delivery$/, figures)).toMatchObject({
      reached: 1.2,
      verdict: 'missed',
    })
    expect(verdictOf(/^WebSocket: CPU per delivery$/, figures.slice(0, 1))?.verdict).toBe('reached')
  })

  it('may be surpassed', () => {
    expect(verdictOf(/^long polling: CPU/, [cpu('long-polling', 100, 1, 1.7)])?.verdict).toBe(
      'stretch reached',
    )
  })

  it('of growth compares the largest with the smallest number of subscribers, as raw TCP grows', () => {
    const figures = [
      ...[cpu('raw-tcp', 9_500, 8), cpu('raw-tcp', 100, 4)],
      ...[cpu('websocket', 100, 5), cpu('websocket', 1_000, 50), cpu('websocket', 9_500, 12)],
    ]
    expect(verdictOf(/^WebSocket: growth/, figures)?.reached).toBeCloseTo(1.2)
  })

  it('of bursts is against Socket.IO at the same load', () => {
    const at = { subscribers: 100, burst: 16 }
    const figures = [
      figure('websocket', 'cpu-per-delivery', at, 0.3),
      figure('socket.io-websocket', 'cpu-per-delivery', { ...at, subscribers: 5 }, 1),
      figure('socket.io-websocket', 'cpu-per-delivery', at, 6),
    ]
    expect(verdictOf(/in bursts/, figures)?.reached).toBeCloseTo(0.05)
    expect(verdictOf(/in bursts/, figures)?.verdict).toBe('reached')
  })

  it('of overload asks for nearly all', () => {
    const at = { subscribers: 1_000, offered: 800_000 }
    expect(verdictOf(/^SSE: carried/, [figure('sse', 'carried', at, 98)])?.verdict).toBe('missed')
    const late = [figure('sse', 'p99', at, 9), figure('sse', 'p99', { ...at, offered: 200_000 }, 3)]
    expect(verdictOf(/^SSE: p99 at/, late)).toMatchObject({ reached: 3, verdict: 'reached' })
  })

  it('that was not measured is said to be so, and not shown on the terminal', () => {
    expect(judge(run([])).every(({ verdict }) => verdict === 'not measured')).toBe(true)
    expect(goalLines(run([]))).toBe('')
    expect(goalLines(run([cpu('websocket', 100, 1, 1.05)]))).toMatch(/≤ 1.10 ×: 1.05 × reached/)
  })

  it('has a name of its own', () => {
    expect(new Set(GOALS.map(({ name }) => name)).size).toBe(GOALS.length)
  })
})
