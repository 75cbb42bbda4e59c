/** A conversation as it reads: after honest edits, and after what an honest server would never send. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatMessage, Note } from '../wire/message.ts'
import { fold } from './fold.ts'

const said = (
  seq: number,
  text = `text ${seq}`,
  authorId: string | null = 'ada',
  note?: Note,
): ChatMessage => ({
  ...{ seq, publishedAt: 0, draftId: `d${seq}`, author: authorId ?? 'visitor', text },
  ...(authorId !== null && { authorId }),
  ...(note && { note }),
})
const edit = (seq: number, of: number, text: string, authorId: string | null = 'ada') =>
  said(seq, text, authorId, { kind: 'edited', seq: of })
const removal = (seq: number, of: number, authorId: string | null = 'ada') =>
  said(seq, '(removed)', authorId, { kind: 'removed', seq: of })
const file = (seq: number) =>
  said(seq, 'a.png', 'ada', { kind: 'file', file: { id: 'x', name: 'a.png', type: 'image/png', size: 1 } })

/** Each line as `number status "text"`, and who did it. */
const lines = (...messages: ChatMessage[]) =>
  fold(messages).map(
    ({ message, text, status, by }) => `${message.seq} ${status} "${text}"${by ? ` by ${by}` : ''}`,
  )

describe('a conversation', () => {
  it('without edits is what was said', () => {
    expect(lines(said(1), said(2), file(3))).toEqual(['1 said "text 1"', '2 said "text 2"', '3 said "a.png"'])
  })

  it('reads as it was edited last, in the place where it was said', () => {
    expect(lines(said(1), said(2), edit(3, 1, 'better'), edit(4, 1, 'best'))).toEqual([
      '1 edited "best"',
      '2 said "text 2"',
    ])
  })

  it('says who has changed it, when that was not the author', () => {
    expect(lines(said(1), edit(2, 1, 'milder', 'bob'))).toEqual(['1 edited "milder" by bob'])
    expect(lines(said(1), edit(2, 1, 'milder', 'bob'), edit(3, 1, 'mine again'))).toEqual([
      '1 edited "mine again"',
    ])
    expect(lines(said(1), removal(2, 1, 'bob'))).toEqual(['1 removed "" by bob'])
  })

  it('shows of what was removed only that it was', () => {
    expect(lines(said(1), edit(2, 1, 'better'), removal(3, 1))).toEqual(['1 removed ""'])
    expect(lines(file(1), removal(2, 1))).toEqual(['1 removed ""'])
  })

  it('read later, when the texts are erased, is the same', () => {
    expect(lines(said(1, ''), edit(2, 1, ''), removal(3, 1))).toEqual(['1 removed ""'])
  })

  it('of which the removal is not in view yet shows what is erased as removed', () => {
    expect(lines(said(1, ''), said(2))).toEqual(['1 removed ""', '2 said "text 2"'])
  })
})

describe('what is about a message that is not in view', () => {
  it('is shown by itself when it says something', () => {
    expect(lines(said(7), edit(8, 2, 'better'))).toEqual(['7 said "text 7"', '8 said "better"'])
  })

  it('is not shown when there is nothing to be seen of it', () => {
    expect(lines(said(7), removal(8, 2), edit(9, 2, ''))).toEqual(['7 said "text 7"'])
  })
})

describe('what an honest server would not send:', () => {
  it.each<[string, ChatMessage[], string[]]>([
    ['an edit of an edit', [said(1), edit(2, 1, 'b'), edit(3, 2, 'c')], ['1 edited "b"', '3 said "c"']],
    [
      'a removal of an edit',
      [said(1), edit(2, 1, 'b'), removal(3, 2)],
      ['1 edited "b"', '3 said "(removed)"'],
    ],
    ['an edit of itself', [said(1), edit(2, 2, 'b')], ['1 said "text 1"', '2 said "b"']],
    ['an edit of what comes later', [edit(1, 2, 'b'), said(2)], ['1 said "b"', '2 said "text 2"']],
    ['an edit of the far future', [said(1), edit(2, 2 ** 53 - 1, 'b')], ['1 said "text 1"', '2 said "b"']],
    ['an edit of what was removed', [said(1), removal(2, 1), edit(3, 1, 'back')], ['1 removed ""']],
    ['a second removal', [said(1), removal(2, 1), removal(3, 1, 'bob')], ['1 removed ""']],
    [
      'an edit without a signed-in author',
      [said(1), edit(2, 1, 'b', null)],
      ['1 said "text 1"', '2 said "b"'],
    ],
    [
      'a removal without a signed-in author',
      [said(1), removal(2, 1, null)],
      ['1 said "text 1"', '2 said "(removed)"'],
    ],
    [
      'an edit of the note that a person has joined',
      [said(1, '(ada has joined)', 'ada', { kind: 'joined', person: 'ada' }), edit(2, 1, 'b')],
      ['1 said "(ada has joined)"', '2 said "b"'],
    ],
    ['an edit of an unsigned message', [said(1, 'x', null), edit(2, 1, 'b')], ['1 edited "b" by ada']],
  ])('%s', (_what, messages, expected) => {
    expect(lines(...messages)).toEqual(expected)
  })
})

it('whatever comes: no text of a removed message is shown, and every line has its own number', () => {
  const message = fc.record({
    kind: fc.constantFrom('said', 'edited', 'removed', 'joined'),
    about: fc.integer({ min: -1, max: 12 }),
    authorId: fc.constantFrom('ada', 'bob', null),
    text: fc.constantFrom('', 'a', 'b'),
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (drafts) => {
      const messages = drafts.map(({ kind, about, authorId, text }, index) => {
        const note =
          kind === 'said' ? undefined : kind === 'joined' ? { kind, person: 'x' } : { kind, seq: about }
        return said(index + 1, text, authorId, note as Note | undefined)
      })
      const shown = fold(messages)
      const seqs = shown.map(({ message }) => message.seq)
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
      for (const { status, text } of shown) expect(status === 'removed').toBe(text === '')
      // What no edit or removal names is there, unchanged.
      for (const one of messages.filter(({ note, text }) => !note && text !== '')) {
        const line = shown.find(({ message }) => message.seq === one.seq)
        const isTouched = messages.some(({ note }) => note && 'seq' in note && note.seq === one.seq)
        if (!isTouched) expect(line).toMatchObject({ text: one.text, status: 'said', by: null })
      }
    }),
    { seed: 20261120, numRuns: 2_000 },
  )
})
