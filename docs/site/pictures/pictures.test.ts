/** What the pictures show is so: their stories are played by the lab's own code, and their words in the chapters say the same. */
import { expect, it } from 'vitest'
import { textOf } from '../../../lab/verify/rules/source-files.ts'
import { play as playCursors } from './cursors.ts'
import { byStream, oneTcp, waited } from './head-of-line.ts'
import { PICTURES } from './index.ts'
import { stateAt } from './lease.ts'
import { closed, leftOut, open, p99 } from './loops.ts'
import { fullest, play as playStorm, RULES } from './storm.ts'
import { play as playWakeUp } from './wake-up.ts'

/** The words of a chapter's picture. */
const wordsIn = (chapter: string, name: string) =>
  textOf(`docs/chapters/${chapter}.md`).split(`::: picture ${name}\n`)[1]!.split('\n:::\n')[0]!

it('A poll that looks before it waits loses what is written between the two, and nothing else.', () => {
  expect(([0, 1, 2] as const).map((moment) => playWakeUp(['look', 'wait'], moment).gets)).toEqual([
    true,
    false,
    true,
  ])
})

it('A poll that waits before it looks gets what is written at any moment.', () => {
  expect(([0, 1, 2] as const).map((moment) => playWakeUp(['wait', 'look'], moment).gets)).toEqual([
    true,
    true,
    true,
  ])
})

it('The room gives each cursor of the picture what the words of chapter 8 say.', () => {
  expect(playCursors().map(({ oldest, newest, at, reads }) => ({ oldest, newest, at, reads }))).toEqual([
    { oldest: 1, newest: 3, at: { Ada: 3, Bob: 1, Eve: 0 }, reads: [] },
    {
      oldest: 1,
      newest: 4,
      at: { Ada: 4, Bob: 1, Eve: 0 },
      reads: [{ reader: 'Ada', got: [4], gap: false }],
    },
    {
      oldest: 1,
      newest: 4,
      at: { Ada: 4, Bob: 4, Eve: 0 },
      reads: [{ reader: 'Bob', got: [2, 3, 4], gap: false }],
    },
    {
      ...{ oldest: 3, newest: 6, at: { Ada: 6, Bob: 6, Eve: 0 } },
      reads: [
        { reader: 'Ada', got: [5, 6], gap: false },
        { reader: 'Bob', got: [5, 6], gap: false },
      ],
    },
    {
      oldest: 3,
      newest: 6,
      at: { Ada: 6, Bob: 6, Eve: 6 },
      reads: [{ reader: 'Eve', got: [3, 4, 5, 6], gap: true }],
    },
  ])
})

it('The lease of the picture is silent and gone when the words of chapter 9c say so.', () => {
  const words = wordsIn('09c-who-is-here', 'lease')
  const first = stateAt(0)
  const broken = stateAt(25_000)
  for (const ms of [first.silentAt, first.overAt, broken.silentAt, broken.overAt])
    expect(words).toContain(`${ms / 1_000} s`)
  expect([0, 20_000, 25_000, 33_999, 34_000, 43_999, 44_000].map((at) => stateAt(at).is)).toEqual([
    ...['here', 'here', 'here', 'here', 'silent', 'silent', 'gone'],
  ])
})

it('The loops of the picture send and measure what the program at the top of chapter 12 prints.', () => {
  expect(textOf('docs/chapters/12-measuring-honestly.md')).toContain(
    `closed loop: ${closed.length} requests, p99 ${p99(closed)} ms\nopen loop:   ${open.length} requests, p99 ${p99(open)} ms\n`,
  )
  expect(wordsIn('12-measuring-honestly', 'loops')).toContain(`${leftOut} requests`)
})

it('The packets of the picture are handed over when the program of chapter 11 says so.', () => {
  const chapter = textOf('docs/chapters/11-when-the-network-misbehaves.md')
  const asPrinted = (packets: typeof oneTcp) =>
    packets.map(({ name, handed }) => `${name} at ${handed}`).join(', ')
  expect(chapter).toContain(`one TCP:  ${asPrinted(oneTcp)}\nby stream: ${asPrinted(byStream)}\n`)
  const words = wordsIn('11-when-the-network-misbehaves', 'head-of-line')
  for (const packets of [oneTcp, byStream]) expect(words).toContain(`${waited(packets)} milliseconds`)
})

it('The thousand clients of the picture come when the program of chapter 11 says so.', () => {
  const chapter = textOf('docs/chapters/11-when-the-network-misbehaves.md')
  const words = wordsIn('11-when-the-network-misbehaves', 'storm')
  for (const [index, times] of playStorm().entries()) {
    const slots = Array<number>(16).fill(0)
    for (const ms of times) slots[Math.min(15, Math.floor(ms / 500))]! += 1
    const printed = slots.map((count) => String(count).padStart(5)).join('')
    expect(chapter).toContain(`${RULES[index]!.name.padEnd(12)}${printed}\n`)
    if (fullest(times) < times.length) expect(words).toContain(`half second has ${fullest(times)}`)
  }
  expect(words).toContain(`${playStorm()[3]!.filter((ms) => ms >= 8_000).length} come later`)
})

it.each(Object.entries(PICTURES))(
  '%s is drawn without a style or a script, and each step brings something',
  (_, picture) => {
    for (const frame of picture.frames) {
      expect(frame).not.toMatch(/style=|<script|NaN|undefined/)
      expect(frame).toContain('<g class="new"><')
    }
    expect(new Set(picture.frames).size).toBe(picture.frames.length)
  },
)
