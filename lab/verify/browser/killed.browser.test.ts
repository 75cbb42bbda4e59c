/** What the README promises to a reader who tries it: kill -9, write, start again, and no message is missing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { openProxy } from '../../wires/proxy.ts'
import { createServerProcess } from '../chaos/server-process.ts'
import { inBrowser } from './browser-bench.ts'
import {
  everyLane,
  figureOf,
  laneAt,
  SERVER_IS_AWAY,
  stateOf,
  TIMEOUT,
  whenAllAreOpen,
  whenAllShow,
  write,
} from './lab-page.ts'

inBrowser('a server that is killed and started again', (bench) => {
  test('has lost nothing: each lane goes on as if nothing had been', async () => {
    const data = mkdtempSync(join(tmpdir(), 'lab-killed-'))
    // The same address before and after, wherever the server listens.
    let port: number | null = null
    const address = await openProxy(() => port)
    const url = `http://127.0.0.1:${address.port}`
    const server = createServerProcess([
      'lab/app/main.ts',
      ...['--port', '0', '--data', data, '--origin', url],
    ])
    try {
      await server.start()
      port = server.port
      const page = await bench.open(`${url}/?room=killed`)
      await whenAllAreOpen(page)
      const before = LANES.map((name) => `before, by ${name}`)
      for (const [index, text] of before.entries()) await write(laneAt(page, index), text)
      await whenAllShow(page, before)

      bench.expectInConsole(SERVER_IS_AWAY)
      port = null
      await server.kill()
      address.cut()
      for (const lane of everyLane(page)) await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: waiting/)
      const meanwhile = LANES.map((name) => `meanwhile, by ${name}`)
      for (const [index, text] of meanwhile.entries()) await write(laneAt(page, index), text)

      await server.start()
      port = server.port
      await whenAllAreOpen(page)
      await whenAllShow(page, [...before, ...meanwhile])
      for (const lane of everyLane(page)) {
        expect(await lane.locator('.gap').count()).toBe(0)
        await expect.poll(() => lane.locator('.pending').count(), TIMEOUT).toBe(0)
        expect(await figureOf(lane, 'lost')).toBe('0')
        expect(await figureOf(lane, 'duplicates')).toBe('0')
      }
    } finally {
      await server.kill()
      await address.close()
      rmSync(data, { recursive: true, force: true })
    }
  })
})
