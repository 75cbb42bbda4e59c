/** A conversation over several labs finds the mistakes that they could make; without a mistake it finds nothing. */
import { afterEach, expect, it } from 'vitest'
import { holdConversation } from './conversation.ts'
import { type Labs, startLabs } from './labs.ts'
import { LABS_DEFECTS } from './labs-defects.ts'

let labs: Labs
afterEach(() => labs.close())

/** As many looks as a sound conversation needs, many times over; those that lack something take all of them. */
const LOOKS = 200
const ROUND_LOOKS = 100

it.each(LABS_DEFECTS)('$name: found out', { timeout: 60_000 }, async ({ seen, changes }) => {
  labs = await startLabs(3, undefined, changes)
  const { findings } = await holdConversation(labs, {
    transport: 'short-polling',
    looks: LOOKS,
    roundLooks: ROUND_LOOKS,
  })
  expect(findings.join('\n')).toMatch(seen)
})
