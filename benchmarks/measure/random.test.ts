import { expect, it } from 'vitest'
import { createRandom } from '../../lab/wire/random.ts'
import { shuffled } from './random.ts'

it('a seed repeats its numbers and its order', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f']
  expect(shuffled(items, createRandom(7))).toEqual(shuffled(items, createRandom(7)))
  expect(shuffled(items, createRandom(7))).not.toEqual(shuffled(items, createRandom(8)))
})

it('an order loses and invents nothing', () => {
  const items = Array.from({ length: 50 }, (_, i) => i)
  expect(shuffled(items, createRandom(1)).sort((a, b) => a - b)).toEqual(items)
})

it('the numbers lie in [0, 1) and spread over it', () => {
  const random = createRandom(3)
  const tenths = new Set(Array.from({ length: 1_000 }, () => Math.floor(random() * 10)))
  expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})
