/** `GET /readers`: at which of several servers a tab is counted; for this machine's programs only. */
import { afterEach, expect, it } from 'vitest'
import { type Labs, startLabs } from '../../verify/engines/labs.ts'
import { startTestServer } from '../../verify/kit/test-server.ts'

let labs: Labs | null = null
afterEach(async () => {
  await labs?.close()
  labs = null
})

const tabsAt = async (port: number, tabs: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`http://127.0.0.1:${port}/readers?tabs=${tabs}`, { headers })
  const { tabs: found = [] } = (await response.json()) as { tabs?: { tab: string; order: number }[] }
  return { status: response.status, found }
}
const poll = (port: number, tab: string) =>
  fetch(`http://127.0.0.1:${port}/transports/short-polling/rooms/lobby/messages?tab=${tab}`)

it('follows a reader that asks one server after the other: the newest of those that name it has it', async () => {
  labs = await startLabs(2)
  const ports = labs.all.map(({ server }) => server.port)
  /** The server that heard of the tab last. */
  const where = async () => {
    const said = await Promise.all(ports.map((port) => tabsAt(port, 'mine,other')))
    const orders = said.map(({ found }) => found.find(({ tab }) => tab === 'mine')?.order ?? 0)
    return Math.max(...orders) > 0 ? orders.indexOf(Math.max(...orders)) : null
  }
  expect(await where()).toBeNull()
  for (const at of [0, 1, 0, 1]) {
    await poll(ports[at]!, 'mine')
    await expect.poll(where).toBe(at)
  }
})

it('tells nothing to what comes by a proxy, of tabs that were not asked for, or where there is only one server', async () => {
  labs = await startLabs(1)
  const { port } = labs.all[0]!.server
  await poll(port, 'mine')
  expect((await tabsAt(port, 'mine')).found).toMatchObject([{ tab: 'mine' }])
  expect(await tabsAt(port, 'min,e')).toEqual({ status: 200, found: [] })
  expect(await tabsAt(port, 'mine', { 'x-forwarded-for': '127.0.0.1' })).toEqual({ status: 404, found: [] })
  const alone = await startTestServer()
  expect((await tabsAt(alone.port, 'mine')).status).toBe(404)
  await alone.close()
})
