/** The lanes by ports of their own: which requests go where, as whom, and what the ledger says of them. */
import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { DESCRIPTORS, LANES, OVER_HTTP } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  laneAt,
  openAs,
  openPanel,
  stateOf,
  TIMEOUT,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

/** Lanes whose requests name them; one that chooses among others asks by theirs, on its own port. */
const WIRED = LANES.filter((name) => OVER_HTTP.includes(name))
const titleOf = (name: TransportName) => DESCRIPTORS.get(name)!.title

/** Of each transport, by which ports its requests went; sockets too. */
function followPorts(page: Page): Map<string, Set<string>> {
  const ports = new Map<string, Set<string>>()
  const note = (address: string) => {
    const { pathname, port } = new URL(address)
    const [, name] = /^\/transports\/([\w-]+)\/rooms\//.exec(pathname) ?? []
    if (name) ports.set(name, (ports.get(name) ?? new Set()).add(port))
  }
  page.on('request', (request: Request) => note(request.url()))
  page.on('websocket', (socket) => note(socket.url()))
  return ports
}

/** The row of a lane in the ledger: its cells, without the name. */
const ledgerRow = (page: Page, name: string) =>
  page.locator(`lane-ledger tr[data-lane="${name}"] td`).allInnerTexts()

inBrowser(
  'lanes by ports of their own',
  (bench) => {
    test('each lane’s requests and sockets go by its own port, and no other request of the page does', async () => {
      const page = await bench.open('about:blank')
      const ports = followPorts(page)
      await page.goto(`${bench.lab.url}/?room=ports`)
      await whenAllAreOpen(page)
      for (const name of WIRED) await write(laneAt(page, name), `by ${name}`)
      await whenAllShow(
        page,
        WIRED.map((name) => `by ${name}`),
      )

      const { lanes } = (await (await page.request.get(`${bench.lab.url}/wires`)).json()) as {
        lanes: { name: string; port: number }[]
      }
      expect(lanes.map(({ name }) => name)).toEqual([...LANES])
      for (const name of WIRED) {
        const own = String(lanes.find((lane) => lane.name === name)?.port)
        // One that chooses among others asks by their names, on its own port.
        expect([...(ports.get(name) ?? [])], name).toContain(own)
      }
      expect(new Set(lanes.map(({ port }) => port)).size).toBe(lanes.length)
    })

    test('a person is the same on every port: what they write is signed on each lane', async () => {
      const page = await openAs(bench, 'Ada', 'signed')
      for (const name of WIRED) await write(laneAt(page, name), `by ${name}`)
      await whenAllShow(
        page,
        WIRED.map((name) => `by ${name}`),
      )
      const { messages } = (await (
        await page.request.get(`${bench.lab.url}/rooms/signed/messages`)
      ).json()) as {
        messages: { authorId?: string }[]
      }
      expect(messages).toHaveLength(WIRED.length)
      for (const { authorId } of messages) expect(authorId).toMatch(/^[a-z0-9]+$/)
    })

    test('a second tab is connected too: each origin has six connections of its own', async () => {
      const context = await bench.open('/?room=tabs')
      await whenAllAreOpen(context)
      const second = await context.context().newPage()
      await second.goto(`${bench.lab.url}/?room=tabs`)
      await whenAllAreOpen(second)
      for (const lane of everyLane(context)) expect(await stateOf(lane)).toMatch(/: open$/)
      await second.close()
    })

    test('a switch puts all lanes on the server’s port, says so in the address, and takes them back', async () => {
      const page = await bench.open('/?room=one')
      await whenAllAreOpen(page)
      await openPanel(page, 'break')
      const ports = followPorts(page)
      await page.getByRole('checkbox', { name: /All lanes on one port/ }).check()
      await whenAllAreOpen(page)
      expect(new URL(page.url()).searchParams.get('ports')).toBe('one')
      const own = new URL(bench.lab.url).port
      await expect.poll(() => [...(ports.get('websocket') ?? [])], TIMEOUT).toEqual([own])
      const later = followPorts(page) // what was said in farewell went by the old ports
      for (const name of WIRED) await write(laneAt(page, name), `by ${name}`)
      await whenAllShow(
        page,
        WIRED.map((name) => `by ${name}`),
      )
      expect([...new Set([...later.values()].flatMap((one) => [...one]))]).toEqual([own])
      await page.getByRole('checkbox', { name: /All lanes on one port/ }).uncheck()
      await expect.poll(() => (ports.get('websocket') ?? new Set()).size, TIMEOUT).toBeGreaterThan(1)
      await whenAllAreOpen(page)
      expect(new URL(page.url()).searchParams.has('ports')).toBe(false)
    })

    test('the ledger holds each lane against the server’s log, and says what its messages have cost', async () => {
      const page = await bench.open('/?room=ledger')
      await whenAllAreOpen(page)
      await openPanel(page, 'ledger')
      await expect.poll(() => ledgerRow(page, 'sse').then((cells) => cells.length), TIMEOUT).toBe(11)
      for (const name of WIRED) await write(laneAt(page, name), `by ${name}`)
      await page.locator('lane-ledger').scrollIntoViewIfNeeded() // out of sight, it asks nothing
      for (const name of WIRED) {
        const [sent, delivered, lost, behind, doubled, reordered] = await settledRow(page, name)
        const all = String(WIRED.length)
        expect([sent, delivered, lost, behind, doubled, reordered], titleOf(name)).toEqual([
          ...['1', `${all} of ${all}`, '0', '0', '0', '0'],
        ])
      }
      const [, , , , , , requests, bytes, p50] = await ledgerRow(page, 'sse')
      expect(requests).toMatch(/^[\d.]+$/)
      expect(bytes).toMatch(/^[\d.,]+ (?:bytes|kB)$/)
      expect(Number(p50?.replace(',', ''))).toBeGreaterThan(0)
    })

    /** When the lane has all that was written. */
    async function settledRow(page: Page, name: string): Promise<string[]> {
      const all = String(WIRED.length)
      await expect
        .poll(async () => (await ledgerRow(page, name)).slice(0, 4), TIMEOUT)
        .toEqual(['1', `${all} of ${all}`, '0', '0'])
      return ledgerRow(page, name)
    }

    test('the server’s view lists this page’s connections', async () => {
      const page = await bench.open('/?room=view')
      await whenAllAreOpen(page)
      await openPanel(page, 'ledger')
      const rows = page.locator('server-view tbody tr')
      for (const name of WIRED) {
        await expect.poll(() => rows.filter({ hasText: titleOf(name) }).count(), TIMEOUT).toBeGreaterThan(0)
      }
      expect(await page.locator('server-view caption').innerText()).toMatch(/Other visitors have \d+ more\./)
    })
  },
  { wired: true },
)
