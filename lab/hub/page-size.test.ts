import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Page } from '../wire/message.ts'
import { Hub } from './hub.ts'

const LIMIT = 4_000
const bytesOf = (page: Page) => Buffer.byteLength(JSON.stringify(page.messages))

/** Of whatever takes one byte to the code unit, two, three or six. */
const texts = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'é', '茶', '\u0001', '"', '🚲', '\ud800'), fc.integer({ min: 1, max: 900 }))
    .map(([one, times]) => one.repeat(times)),
  { minLength: 1, maxLength: 40 },
)

describe('a page', () => {
  it('is never of more bytes than it may be, unless it is one message, and holds as many as it may', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const room = roomWith(all)
        const pages: Page[] = []
        let cursor = null
        for (let more = true; more; ) {
          const page = room.read(cursor)
          pages.push(page)
          ;({ cursor, more } = page)
        }
        expect(pages.flatMap(({ messages }) => messages.map(({ text }) => text))).toEqual(all)
        for (const [index, page] of pages.entries()) {
          if (page.messages.length > 1) expect(bytesOf(page)).toBeLessThanOrEqual(LIMIT + 1)
          const next = pages[index + 1]?.messages[0]
          if (next) expect(bytesOf({ ...page, messages: [...page.messages, next] })).toBeGreaterThan(LIMIT)
        }
      }),
    )
  })

  it('keeps to that backwards too', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const room = roomWith(all)
        const read: string[] = []
        for (let page = room.readBack(null); ; page = room.readBack(page.cursor)) {
          read.unshift(...page.messages.map(({ text }) => text))
          if (page.messages.length > 1) expect(bytesOf(page)).toBeLessThanOrEqual(LIMIT + 1)
          if (!page.more) break
        }
        expect(read).toEqual(all)
      }),
    )
  })
})

function roomWith(all: readonly string[]) {
  const room = new Hub({ pageBytes: LIMIT, defer: () => {} }).room('lobby')
  for (const [index, text] of all.entries()) room.publish({ draftId: `d${index}`, author: 'ada', text })
  return room
}
