/** Each kind of broken promise is seen, and a kept one is not blamed. */
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../wire/message.ts'
import { type History, judge } from './verdict.ts'

const said = (seq: number, draft = seq, author = 'ada'): ChatMessage => ({
  seq,
  draftId: `d${draft}`,
  author,
  text: `text ${draft}`,
  publishedAt: 1_700_000_000_000,
})
const [one, two, three] = [said(1), said(2), said(3)]

const reader = (...shown: ChatMessage[]) => ({ name: 'bob', shown, gaps: [], repeated: 0 })
const sound: History = {
  published: [one, two, three],
  acknowledged: [one, two, three],
  log: [one, two, three],
  readers: [reader(one, two, three)],
  isOver: true,
}
const kinds = (history: Partial<History>) => [
  ...new Set(judge({ ...sound, ...history }).map(({ kind }) => kind)),
]

describe('a history', () => {
  it('that is as promised is not blamed', () => {
    expect(judge(sound)).toEqual([])
  })

  it('that is not over yet may lack what is still to come', () => {
    const soFar = { isOver: false, acknowledged: [one], readers: [reader(one)] }
    expect(kinds(soFar)).toEqual([])
    expect(kinds({ ...soFar, isOver: true })).toEqual(['lost'])
  })

  it.each<[string, Partial<History>, string]>([
    [
      'an acknowledged message that is not in the log',
      { log: [one, two], readers: [reader(one, two)] },
      'lost',
    ],
    ['an acknowledgement that names another place', { acknowledged: [one, said(3, 2), said(2, 3)] }, 'lost'],
    ['a draft that was never answered', { acknowledged: [one, two] }, 'lost'],
    ['a message in the middle that was not shown', { readers: [reader(one, three)] }, 'lost'],
    ['a message at the end that was not shown', { readers: [reader(one, two)] }, 'lost'],
    [
      'a gap',
      { readers: [{ ...reader(one, two, three), gaps: [{ after: 1, before: 2, lost: 0 }] }] },
      'lost',
    ],
    ['a hole in the log', { log: [one, two, said(4, 3)], acknowledged: [one, two, said(4, 3)] }, 'lost'],
    ['a draft that is two messages', { log: [one, two, three, said(4, 3)] }, 'duplicated'],
    [
      'a message that was sent twice',
      { readers: [{ ...reader(one, two, three), repeated: 1 }] },
      'duplicated',
    ],
    ['a message that was shown twice', { readers: [reader(one, two, two, three)] }, 'reordered'],
    ['messages that were shown in another order', { readers: [reader(two, one, three)] }, 'reordered'],
    ['an author whose words are in another order', { published: [two, one, three] }, 'reordered'],
    ['a message that no author wrote', { published: [one, two] }, 'phantom'],
    ['a message with another text', { published: [one, two, { ...three, text: 'no' }] }, 'phantom'],
    [
      'a message that was shown and is not in the log',
      { readers: [reader(one, two, three, said(4))] },
      'phantom',
    ],
    ['a message that was shown in another’s place', { readers: [reader(one, said(2, 7), three)] }, 'phantom'],
  ])('with %s is blamed', (_what, history, kind) => {
    expect(kinds(history)).toContain(kind)
  })

  it('is blamed for what is wrong, and in words that name it', () => {
    expect(judge({ ...sound, log: [one, two] }).map(({ what }) => what)).toEqual([
      'd3 as 3 was acknowledged and is not in the log',
      'bob was shown d3 as 3, not in the log',
    ])
  })

  it('of several authors is in order if each of them is', () => {
    const bob = said(2, 9, 'bob')
    expect(
      kinds({
        published: [one, three, bob],
        acknowledged: [],
        log: [one, bob, three],
        readers: [],
        isOver: false,
      }),
    ).toEqual([])
  })
})
