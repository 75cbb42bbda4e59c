/** What a person sees at the end of `npm run bench`, at the widths that terminals have. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { busyBefore } from '../../quiet/words.ts'
import type { RunFile } from '../../run-file.ts'
import { withColour } from '../table.ts'
import { longText } from './long.ts'
import { rowsOf } from './rows.ts'
import { MOST_LINES, summaryOf } from './summary.ts'

/** A part of a run of 2026-11-20, and not the newest: what is expected here are its figures. */
const measured = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../results/recorded.json'), 'utf8'),
) as RunFile

const FOUR = ['short-polling', 'long-polling', 'sse', 'websocket']
const EIGHT = [...FOUR, 'http-streaming', 'websocket-by-hand', 'tcp', 'auto']
/** Whose figures those have that the recorded run does not know. */
const LIKE: Readonly<Record<string, string>> = {
  'http-streaming': 'better-sse',
  'websocket-by-hand': 'ws',
  tcp: 'websocket-compressed',
  auto: 'socket.io-websocket',
}

/** The recorded run, as if these had been measured in it, on a machine that was quiet or was not. */
function runOf(names: readonly string[], isTrusted = true): RunFile {
  const all = ['raw-tcp', ...names]
  const as = (name: string) => LIKE[name] ?? name
  return {
    ...measured,
    subjects: all.map((name) => ({
      ...measured.subjects.find((one) => one.name === as(name))!,
      ...{ name, title: name },
    })),
    figures: all
      .flatMap((name) =>
        measured.figures.flatMap((one) => (one.subject === as(name) ? { ...one, subject: name } : [])),
      )
      .filter(({ at }) => !isTrusted || at.subscribers !== 9_500),
    distributions: all.flatMap((name) =>
      measured.distributions.flatMap((one) => (one.subject === as(name) ? { ...one, subject: name } : [])),
    ),
    notes: isTrusted ? [] : [busyBefore(1.3, 2), ...measured.notes],
  }
}

const FILES = ['build/bench/2026-11-29T23-45-00.json', 'build/bench/2026-11-29T23-45-00.html']
const linesOf = (run: RunFile, columns?: number) => {
  const text = withColour(summaryOf(run, FILES, { columns }), false)
  expect(text.endsWith('\n')).toBe(true)
  return text.slice(0, -1).split('\n')
}

const PEERS = ['socket.io-websocket', 'socket.io-polling', 'ws', 'better-sse']

describe.each([80, 100, 120])('the summary at %i columns', (columns) => {
  it.each([
    ['4 transports', FOUR, true],
    ['4 transports, not to be trusted', FOUR, false],
    ['8 transports', EIGHT, true],
    ['8 transports, not to be trusted', EIGHT, false],
    ['8 transports and 4 peers', [...EIGHT, ...PEERS], true],
    ['8 transports and 4 peers, not to be trusted', [...EIGHT, ...PEERS], false],
  ])('fits the screen with %s', (_name, names, isTrusted) => {
    const lines = linesOf(runOf(names, isTrusted), columns)
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
    expect(lines.slice(-3, -1)).toEqual(FILES)
  })

  it('has one table, with every transport, and the picture', () => {
    const text = linesOf(runOf(EIGHT), columns).join('\n')
    expect(text.match(/raw-tcp.*spread/g)).toHaveLength(1)
    const row = /^(?:latency )?p50, ms (.*)/m.exec(text)?.[1]
    expect(row?.trim().split(/ +/)).toHaveLength(1 + EIGHT.length + 1)
    for (const name of EIGHT) expect(text).toMatch(new RegExp(`^${name} .*█`, 'm'))
  })
})

describe('the summary', () => {
  it('begins with why the figures are not to be trusted, and how to do better', () => {
    const [first, second, ...more] = linesOf(runOf(FOUR, false))
    expect(first).toBe('These figures are not to be trusted:')
    expect(second).toBe('- the machine was not quiet before measuring: other programs took 1.30 of 2 cores')
    expect(more.join('\n')).toMatch(/^- raw TCP's own rounds of CPU per delivery differ by up to 23 %/)
    expect(more.join('\n')).toMatch(/--wait-quiet SECONDS.*\n\nAs far as they go: /)
  })

  it('begins with the answer when nothing speaks against the figures', () => {
    const text = linesOf(runOf(FOUR)).join('\n')
    expect(text).toMatch(
      /^About as fast as raw TCP \(p50 1.58 ms\): websocket, sse and long-polling\. Slowest: short-/,
    )
    expect(text).toContain('Dearest in silence: short-polling (51.4 kB a minute).')
    expect(text).not.toContain('trusted')
  })

  it('says under which load each figure was measured once, and in no row', () => {
    const text = linesOf(runOf(EIGHT)).join('\n')
    expect(text.match(/subscribers|readers/g)).toEqual(['readers', 'readers'])
    expect(text.match(/10,000 deliveries\/s/g)).toHaveLength(1)
  })

  it('has no column and no row of what was not measured', () => {
    const run = runOf(FOUR)
    const part = {
      ...run,
      figures: run.figures.filter(({ scenario, subject }) => scenario === 'connect' && subject !== 'sse'),
      distributions: [],
    }
    const text = linesOf(part).join('\n')
    expect(rowsOf(part).map(({ name }) => name)).toEqual(['connect'])
    expect(text).not.toMatch(/p50|CPU|[–·]/)
    expect(text).not.toContain('sse')
    expect(text).toMatch(/^short-polling +█+ 5.96$/m) // the picture is of what there is
  })

  it('has a column for a transport that chooses among others, with the figures of the one that it tries first', () => {
    const lines = linesOf(runOf([...FOUR, 'tcp', 'ws']), 120)
    const heads = lines
      .find((line) => /raw-tcp.*spread/.test(line))!
      .trim()
      .split(/ +/)
    expect(heads).toEqual(['raw-tcp', ...FOUR, 'tcp', 'auto', 'ws', 'spread'])
    for (const label of ['latency p50, ms', 'CPU per delivery, µs', 'bytes per message']) {
      const row = lines.find((line) => line.startsWith(label))!
      const cells = row.slice(label.length).trim().split(/ +/)
      expect(cells[heads.indexOf('auto')]).toBe(cells[heads.indexOf('websocket')])
    }
    expect(lines.join(' ')).toMatch(/auto: as\s+websocket, which it\s+tries first/)
  })

  it('has no column for it where one of those that it chooses among was not measured', () => {
    expect(linesOf(runOf(['sse', 'websocket'])).join('\n')).not.toContain('auto')
  })

  it('marks where in its window nothing was sent, and says what the mark means', () => {
    const run = runOf(FOUR)
    const figures = run.figures.filter(
      ({ metric, subject }) => !metric.endsWith('per-minute') || subject === 'short-polling',
    )
    const text = linesOf({ ...run, figures }).join('\n')
    expect(text).toMatch(/^silence, bytes\/minute +· +51.4k +· +· +· /m)
    expect(text).toMatch(/· not\s+measured, or nothing sent in that time/)
  })

  it('shows what else there is to know of a baseline, and counts the notes that are left', () => {
    const text = withColour(summaryOf(measured, FILES, { about: ['another machine'] }), false)
    expect(text).toContain('Note: another machine\n')
    expect(text).toMatch(/--verbose shows every figure and \d+ more notes\.\n$/)
  })

  it('is the long text where no figure that decides was asked for', () => {
    const run = runOf(FOUR)
    const figures = run.figures.filter(({ metric }) => metric === 'cpu-per-connection')
    const part = { ...run, figures, distributions: [] }
    expect(summaryOf(part, FILES, { columns: 100 })).toBe(longText(part, FILES, 100))
    expect(summaryOf(part, FILES)).toContain('server CPU per connection · connections 2,000')
  })

  it('is bold where it should be on a terminal with colours, and holds no control code elsewhere', () => {
    const text = summaryOf(runOf(FOUR, false), FILES)
    expect(withColour(text, true)).toContain('\u001b[1mThese figures are not to be trusted:\u001b[0m\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none
    expect(withColour(text, false)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })
})

describe('the long text', () => {
  it('has every figure, every note and the goals', () => {
    const text = longText(measured, FILES, 120)
    for (const note of measured.notes) expect(text).toContain(`Note: ${note}\n`)
    expect(text).toContain('server CPU per delivery · subscribers 9,500, burst 16')
    expect(text).toContain('goals (docs/reference/benchmarks.md)')
  })
})
