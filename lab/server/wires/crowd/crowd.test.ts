/** Tabs that sleep and wake at once, on a real server and by real connections. */
import { afterEach, describe, expect, it } from 'vitest'
import { DESCRIPTORS, LANES } from '../../../../transports/descriptors.ts'
import { type LanesBench, startWithLanes } from '../../../verify/wires/lanes-bench.ts'
import type { CrowdResult } from '../../../wires/control.ts'

let bench: LanesBench
afterEach(() => bench?.close())
const post = (order: object, headers: Record<string, string> = {}, at = bench.server.url) =>
  fetch(`${at}/wires/crowd`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(order),
  })
async function wake(order: object): Promise<CrowdResult> {
  const response = await post(order)
  const result = (await response.json()) as CrowdResult
  expect(response.status, JSON.stringify(result)).toBe(200)
  return result
}
const SIMULATED = LANES.filter((name) => DESCRIPTORS.get(name)?.carriedBy === 'http')

describe('a crowd', () => {
  it('is up to date by each transport with one request by each tab, and leaves no connection behind', async () => {
    bench = await startWithLanes()
    const before = socketsOpen()
    for (const lane of SIMULATED) {
      const result = await wake({ lane, tabs: 40 })
      expect(result, lane).toMatchObject({ tabs: 40, upToDate: 40, problem: null })
      expect(result.lastMs!, lane).toBeGreaterThanOrEqual(result.halfMs!)
      // A long poll asks once whether there is news, and is held only when there is none.
      expect(result.requests, lane).toBe(40)
      expect(result.bytesToServer, lane).toBeGreaterThan(40 * 200)
      expect(result.bytesToClient, lane).toBeGreaterThan(40 * 500)
      expect(result.cpuMs, lane).toBeGreaterThan(0)
      await expect.poll(socketsOpen).toBeLessThan(before + 10) // a few are this test's own
    }
  })

  it('reads a room of its own, in memory only, and leaves no word in any other', async () => {
    bench = await startWithLanes()
    bench.server.say('square', 'hello')
    await wake({ lane: 'sse', tabs: 3 })
    const { messages } = bench.server.hub.room('square').read(null)
    expect(messages.map(({ text }) => text)).toEqual(['hello'])
    const log = await (await fetch(`${bench.server.url}/rooms`)).text()
    expect(log).not.toContain('_crowd')
  })

  it('is not for a visitor on another machine who has not the teacher’s token', async () => {
    bench = await startWithLanes({ addressOf: () => '203.0.113.9' }) // documentation's own (RFC 5737)
    const at = bench.laneOf('sse')
    const order = { lane: 'sse', tabs: 3 }
    for (const headers of [{}, { 'x-forwarded-for': '127.0.0.1' }, { 'teacher-token': 'guess' }]) {
      expect((await post(order, headers, at)).status).toBe(403)
    }
    expect((await post(order, { 'teacher-token': bench.teacher.token }, at)).status).toBe(200)
  })

  it.each([
    [{ lane: 'sse', tabs: 1_001 }, 400],
    [{ lane: 'sse', tabs: 0 }, 400],
    [{ lane: 'sse', tabs: 2.5 }, 400],
    [{ lane: 'nowhere', tabs: 2 }, 400],
    [{ lane: 'auto', tabs: 2 }, 400],
    [{ lane: 'sse', tabs: 2, room: 'square' }, 400],
    [{ lane: 'sse', tabs: 2, port: 80 }, 400],
  ])('of the order %j is refused with %i', async (order, status) => {
    bench = await startWithLanes()
    expect((await post(order)).status).toBe(status)
  })

  it('is alone: a second one at the same time is refused, and one after it is not', async () => {
    bench = await startWithLanes()
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await post({ lane: 'sse', tabs: 200 })).status),
    )
    expect(statuses.filter((one) => one === 200)).toHaveLength(1)
    expect(statuses.filter((one) => one === 429)).toHaveLength(2)
    expect((await post({ lane: 'sse', tabs: 2 })).status).toBe(200)
  })
})

/** Of this process, in which the server and the tabs are. */
const socketsOpen = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
