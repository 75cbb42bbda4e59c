/** The contract: every case, in the order in which a new transport wants to pass them. */
import type { Case } from '../case.ts'
import { closing } from './closing.ts'
import { delivery } from './delivery.ts'
import { history } from './history.ts'
import { lines } from './lines.ts'
import { presence } from './presence.ts'
import { sending } from './sending.ts'
import { signingIn } from './signing-in.ts'
import { storing } from './storing.ts'
import { text } from './text.ts'

export const TOPICS: Readonly<Record<string, readonly Case[]>> = {
  delivery,
  history,
  text,
  sending,
  storing,
  'broken lines': lines,
  closing,
  presence,
  'signing in': signingIn,
}

export const CASES: readonly Case[] = Object.values(TOPICS).flat()
