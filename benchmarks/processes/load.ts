/** The load, in a process of its own: what it costs to receive is not charged to the server. */
import { type Audience, openAudience } from '../load/audience.ts'
import { driveRequests } from '../load/requests.ts'
import type { LoadApi } from './apis.ts'
import { offer } from './remote.ts'

const audiences = new Map<number, Audience>()
let nextId = 1

offer<LoadApi>({
  async open(input) {
    const audience = await openAudience(input)
    const id = nextId++
    audiences.set(id, audience)
    return { audience: id, ...audience.opened }
  },
  begin: ({ audience, inTimeMs }) => known(audience).begin(inTimeMs),
  finish: ({ audience, ...input }) => known(audience).finish(input),
  awaitNumber: ({ audience, number, timeoutMs }) => known(audience).awaitNumber(number, timeoutMs),
  async close({ audience }) {
    await known(audience).close()
    audiences.delete(audience)
  },
  request: driveRequests,
})

function known(id: number): Audience {
  const audience = audiences.get(id)
  if (!audience) throw new Error(`there is no audience ${id}`)
  return audience
}
