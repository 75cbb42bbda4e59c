import { describe, expect, it } from 'vitest'
import type { ChatMessage, Cursor, Page } from '../wire/message.ts'
import { createLedger } from './ledger.ts'

const message = (seq: number): ChatMessage => ({
  seq,
  draftId: `d${seq}`,
  author: 'ada',
  text: '',
  publishedAt: 0,
})
const page = (seqs: readonly number[], gap = false): Page => ({
  messages: seqs.map(message),
  cursor: `e:${seqs.at(-1) ?? 0}` as Cursor,
  gap,
  more: false,
})
const seqs = ({ fresh }: { readonly fresh: readonly ChatMessage[] }) => fresh.map(({ seq }) => seq)

describe('the ledger', () => {
  it('lets each message through once', () => {
    const ledger = createLedger(null)
    expect(seqs(ledger.enter(page([1, 2])))).toEqual([1, 2])
    expect(seqs(ledger.enter(page([2, 3])))).toEqual([3])
    expect(ledger).toMatchObject({ received: 3, duplicates: 1, lost: 0, gaps: 0 })
  })

  it('goes on reading after the last page', () => {
    const ledger = createLedger('e:7' as Cursor)
    expect(ledger.cursor).toBe('e:7')
    ledger.enter(page([8, 9]))
    expect(ledger.cursor).toBe('e:9')
  })

  it('takes the first message for the beginning, wherever that is', () => {
    expect(createLedger(null).enter(page([41])).gap).toBeNull()
  })

  it('notices a hole between two pages and inside one', () => {
    const ledger = createLedger(null)
    ledger.enter(page([1]))
    expect(ledger.enter(page([4])).gap).toEqual({ after: 1, before: 4, lost: 2 })
    expect(ledger.enter(page([5, 7])).gap).toEqual({ after: 5, before: 7, lost: 1 })
    expect(ledger).toMatchObject({ lost: 3, gaps: 2 })
  })

  it('counts what an announced gap has swallowed', () => {
    const ledger = createLedger(null)
    ledger.enter(page([1, 2]))
    expect(ledger.enter(page([10, 11], true)).gap).toEqual({ after: 2, before: 10, lost: 7 })
    expect(ledger).toMatchObject({ received: 4, lost: 7, gaps: 1, duplicates: 0 })
  })

  it('shows everything of a new log, although its numbers have begun again', () => {
    const ledger = createLedger(null)
    ledger.enter(page([1, 2, 3]))
    const { fresh, gap } = ledger.enter(page([1, 2], true))
    expect(fresh.map(({ seq }) => seq)).toEqual([1, 2])
    expect(gap).toEqual({ after: 3, before: 1, lost: 0 })
    expect(seqs(ledger.enter(page([3])))).toEqual([3])
    expect(ledger).toMatchObject({ duplicates: 0, lost: 0, gaps: 1 })
  })

  it('is told of a gap with nothing behind it yet', () => {
    const ledger = createLedger(null)
    ledger.enter(page([5]))
    expect(ledger.enter(page([], true)).gap).toEqual({ after: 5, before: null, lost: 0 })
    expect(seqs(ledger.enter(page([1])))).toEqual([1])
    expect(ledger.lost).toBe(0)
  })
})
