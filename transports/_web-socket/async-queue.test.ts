import { expect, it } from 'vitest'
import { createAsyncQueue } from './async-queue.ts'

it('gives out what was put in, in order, before and while a reader waits', async () => {
  const mailbox = createAsyncQueue<number>()
  mailbox.put(1)
  mailbox.put(2)
  const taken: number[] = []
  const reading = (async () => {
    for await (const value of mailbox) {
      taken.push(value)
      if (value === 2) mailbox.put(3)
    }
  })()
  await expect.poll(() => taken).toEqual([1, 2, 3])
  mailbox.put(4)
  await expect.poll(() => taken).toEqual([1, 2, 3, 4])
  mailbox.fail(new Error('over'))
  await expect(reading).rejects.toThrow('over')
})

it('gives out all that it holds before it fails, and the first reason counts', async () => {
  const mailbox = createAsyncQueue<number>()
  mailbox.put(1)
  mailbox.fail(new Error('first'))
  mailbox.fail(new Error('second'))
  mailbox.put(2)
  const taken: number[] = []
  await expect(
    (async () => {
      for await (const value of mailbox) taken.push(value)
    })(),
  ).rejects.toThrow('first')
  expect(taken).toEqual([1])
})
