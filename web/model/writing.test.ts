/** What was written stays: in the box, set aside, or refused with its reason. */
import { expect, test } from 'vitest'
import { ChatError } from '../../lab/wire/errors.ts'
import { createWriting, createWritings } from './writing.ts'

const EDIT = { seq: 7, text: 'teh' }
const NO = new ChatError('too-large', 'text is too long')
const GONE = new ChatError('not-found', 'there is no message that could be edited')

test('a draft stands aside for an edit, and comes back when the edit is sent or given up', () => {
  const writing = createWriting()
  writing.write('a draft')
  writing.edit(EDIT)
  expect([writing.text, writing.editing]).toEqual(['teh', EDIT])
  writing.edit(null)
  expect([writing.text, writing.editing, writing.kept]).toEqual(['a draft', null, []])

  writing.edit(EDIT)
  writing.write('the')
  expect(writing.take()).toEqual(EDIT)
  expect([writing.text, writing.editing, writing.kept]).toEqual(['a draft', null, []])
})

test('an edit that is given up after something was changed is kept, as is one that another edit follows', () => {
  const writing = createWriting()
  writing.edit(EDIT)
  writing.write('the')
  writing.edit(null)
  expect(writing.kept).toMatchObject([{ text: 'the', why: null, edit: EDIT }])
  writing.takeUp(writing.kept[0]!.key)
  expect([writing.text, writing.editing, writing.kept]).toEqual(['the', EDIT, []])
  writing.edit({ seq: 8, text: 'other' })
  expect(writing.kept).toMatchObject([{ text: 'the', edit: EDIT }])
  expect(writing.text).toBe('other')
})

test('a refused text goes back into an empty box, with its reason', () => {
  const writing = createWriting()
  writing.write('too long')
  writing.take()
  writing.giveBack('too long', NO, null)
  expect([writing.text, writing.refusal?.error, writing.kept]).toEqual(['too long', NO, []])
})

test('texts that are refused while something new is written are all kept, each with its reason', () => {
  const writing = createWriting()
  writing.write('something new')
  writing.giveBack('one', NO, null)
  writing.giveBack('two', GONE, null)
  expect(writing.text).toBe('something new')
  expect(writing.kept).toMatchObject([
    { text: 'one', why: NO },
    { text: 'two', why: GONE },
  ])
  writing.takeUp(writing.kept[0]!.key)
  expect(writing.text).toBe('one')
  expect(writing.kept.map(({ text }) => text)).toEqual(['two', 'something new'])
  writing.discard(writing.kept[0]!.key)
  expect(writing.kept.map(({ text }) => text)).toEqual(['something new'])
})

test('a refused edit goes back as an edit, and as a text of its own when what it edits is gone', () => {
  const writing = createWriting()
  writing.giveBack('the', NO, EDIT)
  expect([writing.text, writing.editing]).toEqual(['the', EDIT])
  const other = createWriting()
  other.giveBack('the', GONE, EDIT)
  expect([other.text, other.editing, other.refusal?.error]).toEqual(['the', null, GONE])
})

test('a refused edit does not push a draft out of the box', () => {
  const writing = createWriting()
  writing.write('a draft')
  writing.edit(EDIT)
  writing.write('the')
  writing.take()
  writing.giveBack('the', NO, EDIT)
  expect([writing.text, writing.editing]).toEqual(['a draft', null])
  writing.takeUp(writing.kept[0]!.key)
  expect([writing.text, writing.editing]).toEqual(['the', EDIT])
  expect(writing.kept.map(({ text }) => text)).toEqual(['a draft'])
})

test('says what became meanwhile of the message that is edited, and of no other', () => {
  const writing = createWriting()
  writing.edit(EDIT)
  writing.overtake(8, { by: 'Bob', text: null })
  expect(writing.overtaken).toBeNull()
  writing.overtake(7, { by: 'Bob', text: 'tea' })
  expect([writing.overtaken, writing.text]).toEqual([{ by: 'Bob', text: 'tea' }, 'teh'])
  writing.take()
  expect(writing.overtaken).toBeNull()
})

test('a refused removal puts none of its own text into the box', () => {
  const writing = createWriting()
  writing.giveBack('', NO, null)
  expect([writing.text, writing.kept, writing.refusal?.error]).toEqual(['', [], NO])
})

test('each place of a page has its own, for as long as the page lives', () => {
  const writings = createWritings()
  writings.of('here').write('a draft')
  expect(writings.of('there').text).toBe('')
  expect(writings.of('here').text).toBe('a draft')
})
