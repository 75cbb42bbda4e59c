/** For property tests: what a turn of a server may bring to the rooms of a shared log. */
import fc from 'fast-check'
import type { Publish } from '../../hub/shared/rule.ts'
import type { SignedDraft } from '../../wire/message.ts'

export const ROOMS = ['garden', 'lobby', 'roof']

/** Few names and ids, so that drafts come again, conflict, and are about each other. */
export const change: fc.Arbitrary<Publish> = fc
  .record({
    room: fc.constantFrom(...ROOMS),
    author: fc.constantFrom('ada', 'ben'),
    id: fc.nat(5),
    text: fc.constantFrom('hello', 'hello', 'other'),
    at: fc.nat(1_000_000),
    about: fc.integer({ min: 1, max: 6 }),
    what: fc.constantFrom('text', 'text', 'edited', 'removed', 'file'),
    size: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ room, author, id, text, at, about, what, size }) => {
    const draft: SignedDraft = { draftId: `${what}${id}`, author, text, authorId: `id${author}` }
    if (what === 'text') return { kind: 'publish', room, draft, at }
    if (what !== 'file')
      return { kind: 'publish', room, at, draft: { ...draft, note: { kind: what as 'edited', seq: about } } }
    const file = { id: `${room}${author}${id}`, name: 'a.txt', type: 'text/plain', size }
    const bytes = Buffer.alloc(size, id).toString('base64')
    return { kind: 'publish', room, at, draft: { ...draft, note: { kind: 'file', file } }, bytes }
  })
