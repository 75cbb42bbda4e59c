/** What is said of files, when several batches are on their way. */
import { expect, it } from 'vitest'
import { createUploadNews } from './upload-news.ts'

const sent = [{ name: 'a.txt', problem: null }]
const refused = [{ name: 'b.md', problem: 'only text' }]

it('a batch that arrives does not wipe out why another was refused, whichever ends first', () => {
  const news = createUploadNews(() => {})
  const [first, second] = [news.begin(['a.txt']), news.begin(['b.md', 'c.md'])]
  expect(news.words).toEqual(['Sending the file…', 'Sending 2 files…'])
  second(refused)
  first(sent)
  expect(news.words).toEqual(['Sent: a.txt.', 'Not sent: b.md: only text.'])
  const third = news.begin(['a.txt'])
  expect(news.words).toEqual(['Not sent: b.md: only text.', 'Sending the file…'])
  third(sent)
  expect(news.words).toEqual(['Not sent: b.md: only text.', 'Sent: a.txt.'])
})

it('what is on its way is told of even when the news before it was dismissed', () => {
  let changes = 0
  const news = createUploadNews(() => changes++)
  const first = news.begin(['b.md'])
  news.dismiss()
  expect(news.words).toEqual(['Sending the file…'])
  first(refused)
  expect(news.words).toEqual(['Not sent: b.md: only text.'])
  news.dismiss()
  expect(news.words).toEqual([])
  expect(changes).toBe(4)
})

it('a file that is tried again is no longer said to be refused, and its neighbours are', () => {
  const news = createUploadNews(() => {})
  news.begin(['b.md', 'c.md'])([...refused, { name: 'c.md', problem: 'only text' }])
  expect(news.words).toEqual(['Not sent: b.md, c.md: only text.'])
  const again = news.begin(['b.md'])
  expect(news.words).toEqual(['Not sent: c.md: only text.', 'Sending the file…'])
  again([{ name: 'b.md', problem: null }])
  expect(news.words).toEqual(['Not sent: c.md: only text.', 'Sent: b.md.'])
})
