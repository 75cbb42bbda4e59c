/** Which lines a lane shows, and how they read. */
import { describe, expect, it } from 'vitest'
import type { ChatMessage, Note } from '../../lab/wire/message.ts'
import type { Line } from './lines.ts'
import { readingOf } from './reading.ts'

let keys = 0
const said = (seq: number, text: string, note?: Note): Line => {
  const message: ChatMessage = {
    ...{ seq, publishedAt: 0, draftId: `d${seq}`, author: 'Ada', text, authorId: 'ada' },
    ...(note && { note }),
  }
  return { kind: 'message', key: keys++, message, latency: 'untimed' }
}
const gap = (lost: number): Line => ({ kind: 'gap', key: keys++, lost })
const edit = (seq: number, of: number, text: string) => said(seq, text, { kind: 'edited', seq: of })

const shown = (...lines: Line[]) =>
  readingOf(lines).map(({ line, rendered }) =>
    line.kind === 'gap' ? `gap ${line.lost}` : (rendered?.text ?? line.message.text),
  )

describe('the lines of a lane', () => {
  it('are what was said, untouched, when nothing was changed', () => {
    const lines = [said(1, 'a'), gap(3), said(5, 'b')]
    expect(readingOf(lines)).toEqual(lines.map((line) => ({ line, rendered: null })))
  })

  it('read as they were edited, over a gap too', () => {
    expect(shown(said(1, 'a'), gap(2), said(4, 'b'), edit(5, 1, 'c'))).toEqual(['c', 'gap 2', 'b'])
  })

  it('of an old log are not changed by a new one, whose numbers began again', () => {
    expect(shown(said(1, 'old'), said(2, 'x'), gap(0), said(1, 'new'), edit(2, 1, 'newer'))).toEqual([
      'old',
      'x',
      'gap 0',
      'newer',
    ])
  })

  it('keep their own keys, so that what is on the screen stays where it is', () => {
    const first = said(1, 'a')
    expect(readingOf([first, edit(2, 1, 'b')])[0]?.line).toBe(first)
  })
})
