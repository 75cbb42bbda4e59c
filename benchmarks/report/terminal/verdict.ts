/** The answer in words: which transports are fast, and which are cheap, as far as the rounds can tell them apart. */
import type { RunFile } from '../../run-file.ts'
import { FLOOR } from '../../subjects/all.ts'
import { judge } from '../../verdicts/goals.ts'
import { digits, inWords } from '../units.ts'
import { brief, type Cell, type Row, type RowName } from './rows.ts'

/** Up to here a reader notices no difference from raw TCP, whatever the rounds say. */
const ABOUT = 1.25
/** More names than this are counted. */
const MOST_NAMES = 3

/** A sentence for each question, the most asked first; none when nothing that decides was measured. */
export function verdictOf(run: RunFile, rows: readonly Row[]): readonly string[] {
  const row = (name: RowName) => rows.find((one) => one.name === name)
  const told = [
    speed(row('p50')),
    cheapest('Least CPU per delivery', row('cpu')),
    cheapest('Least memory', row('memory')),
    cheapest('Fewest bytes per message', row('bytes')),
    dearest('Dearest in silence', row('silence'), 'a minute'),
    cheapest('Quickest to connect', row('connect')),
    goals(run),
  ]
  return told.filter((sentence) => sentence !== '')
}

type Entry = readonly [name: string, cell: Cell]

/** The lowest first. Raw TCP is what they are compared with, and no choice. */
const sorted = (row: Row | undefined): readonly Entry[] =>
  [...(row?.cells ?? [])].filter(([name]) => name !== FLOOR).sort(([, a], [, b]) => a.median - b.median)

function speed(row: Row | undefined): string {
  const entries = sorted(row)
  const floor = row?.cells.get(FLOOR)
  if (!row || !floor) return cheapest('Fastest at p50', row)
  const near = entries.filter(([, { ratio, isSame }]) => ratio !== null && (isSame || ratio <= ABOUT))
  const slowest = entries.at(-1)
  const sentences = []
  if (near.length > 0)
    sentences.push(
      `About as fast as raw TCP (p50 ${brief(floor.median)} ms): ${near.length === entries.length && entries.length > 1 ? 'all' : named(near)}.`,
    )
  else if (entries.length > 0)
    sentences.push(`None is as fast as raw TCP (p50 ${brief(floor.median)} ms); ${fastest(entries[0]!)}.`)
  if (slowest && entries.length > 1 && !near.includes(slowest))
    sentences.push(`Slowest: ${slowest[0]} (${brief(slowest[1].median)} ms).`)
  return sentences.join(' ')
}

const fastest = ([name, { median }]: Entry) => `fastest is ${name} (${brief(median)} ms)`

function cheapest(what: string, row: Row | undefined): string {
  const entries = sorted(row)
  const best = entries[0]
  if (!row || !best || entries.length < 2) return ''
  const alike = entries.filter(([, { low }]) => low <= best[1].high)
  // Where most are alike, the rounds differ too much for an answer, or there is nothing to choose.
  if (alike.length > entries.length / 2) return ''
  return `${what}: ${named(alike)} (${amount(best[1].median, row)}).`
}

function dearest(what: string, row: Row | undefined, per: string): string {
  const worst = sorted(row).at(-1)
  if (!row || !worst || worst[1].median === 0) return ''
  return `${what}: ${worst[0]} (${amount(worst[1].median, row)} ${per}).`
}

const amount = (value: number, { unit }: Row) =>
  unit === 'B' ? inWords(value, unit) : `${brief(value)} ${unit}`

function goals(run: RunFile): string {
  const told = judge(run).filter(({ verdict }) => verdict !== 'not measured')
  const missed = told.filter(({ verdict }) => verdict === 'missed')
  if (told.length === 0) return ''
  return `Goals: ${digits(told.length - missed.length).replace(/\.0+$/, '')} of ${told.length} reached.`
}

function named(entries: readonly Entry[]): string {
  const names = entries.map(([name]) => name)
  const more = names.length - MOST_NAMES
  // "and 1 more" would be as long as most names.
  if (more > 1) return `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more`
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
