import { expect, it } from 'vitest'
import { createAsyncQueue } from './async-queue.ts'

it('gives out what was put in, in order, before and while a reader waits', async () => {
  const queue = createAsyncQueue<number>()
  queue.put(1)
  queue.put(2)
  const taken: number[] = []
  const reading = (async () => {
    for await (const value of queue) {
      taken.push(value)
      if (value === 2) queue.put(3)
    }
  })()
  await expect.poll(() => taken).toEqual([1, 2, 3])
  queue.put(4)
  await expect.poll(() => taken).toEqual([1, 2, 3, 4])
  queue.fail(new Error('over'))
  await expect(reading).rejects.toThrow('over')
})

it('gives out all that it holds before it fails, and the first reason counts', async () => {
  const queue = createAsyncQueue<number>()
  queue.put(1)
  queue.fail(new Error('first'))
  queue.fail(new Error('second'))
  queue.put(2)
  const taken: number[] = []
  await expect(
    (async () => {
      for await (const value of queue) taken.push(value)
    })(),
  ).rejects.toThrow('first')
  expect(taken).toEqual([1])
})
