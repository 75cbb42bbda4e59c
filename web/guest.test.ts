import { expect, test } from 'vitest'
import { guestName } from './guest.ts'
import { problemWithName } from './page/address/settings.ts'

test('a guest has two words, from the first of each list to the last, and the hub takes them', () => {
  for (const random of [0, 0.5, 1 - 2 ** -53]) {
    const name = guestName(() => random)
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(problemWithName(name)).toBeNull()
  }
})
