/** Two labs behind a real nginx as published, one of which stands still: its process is there, takes connections, and answers nothing. */
import { afterEach, expect, it } from 'vitest'
import { createServerProcess, type ServerProcess } from '../chaos/server-process.ts'
import { NAME } from '../proxies/certificate.ts'
import { nginx } from '../proxies/kinds.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { type RealProxy, startProxy } from '../proxies/proxy.ts'
import { networkBehind, type ProxyNetwork } from '../proxies/proxy-client.ts'

const HAS_NGINX = find(nginx.program) !== null
if (!HAS_NGINX) skipLoudly(nginx.program, nginx.program)

/** What nginx waits, and some more for a machine that is busy. */
const SOON_MS = 8_000

const servers: ServerProcess[] = []
let proxy: RealProxy | undefined
let network: ProxyNetwork | undefined
afterEach(async () => {
  await network?.close()
  await proxy?.stop()
  await Promise.all(servers.splice(0).map((server) => server.kill()))
})

it.runIf(HAS_NGINX)(
  'pages and their files come from the lab that answers, within seconds; a stream that waits is not cut for it',
  { timeout: 240_000 },
  async () => {
    const options = ['--memory', '--single-port', '--port', '0', '--trust-proxy', '127.0.0.1']
    for (let i = 0; i < 2; i++)
      servers.push(createServerProcess(['lab/app/main.ts', ...options, '--origin', `https://${NAME}`]))
    for (const server of servers) await server.start() // the first makes the pages that both serve
    const [still, other] = servers as [ServerProcess, ServerProcess]
    proxy = await startProxy(nginx, still.port!, [
      ['    keepalive 64;', `    server 127.0.0.1:${other.port};\n    keepalive 64;`],
    ])
    network = networkBehind(proxy, 'HTTP/1.1')
    const get = async (path: string) => {
      const begun = performance.now()
      const response = await network!.fetch(`${proxy!.url}${path}`)
      const text = await response.text()
      return { status: response.status, text, tookMs: performance.now() - begun }
    }
    const page = await get('/')
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<html') })
    const file = /(?:src|href)="([^"]+\.(?:js|css))"/.exec(page.text)?.[1] ?? ''
    expect(file).not.toBe('')

    still.freeze()
    const took: number[] = []
    // Ten seconds after a lab gave no answer, nginx tries it again.
    for (const path of ['/', `/${file.replace(/^\.?\//, '')}`, '/choose', '/', '/']) {
      const { status, tookMs } = await get(path)
      took.push(Math.round(tookMs))
      expect({ path, status }).toEqual({ path, status: 200 })
      expect(tookMs, path).toBeLessThan(SOON_MS)
    }
    // At least one of them was asked of the lab that stands still: otherwise this shows nothing.
    expect(Math.max(...took)).toBeGreaterThan(3_000)

    // A poll may rightly wait for longer than a page: it is held, and answered with what is said then.
    const begun = performance.now()
    const held = await network.fetch(
      `${proxy.url}/transports/long-polling/rooms/lobby/messages?wait=6&since=${await cursorAt(other)}`,
    )
    expect(held.status).toBe(200)
    expect(performance.now() - begun).toBeGreaterThan(5_000)
  },
)

async function cursorAt({ port }: ServerProcess): Promise<string> {
  const { cursor } = (await (await fetch(`http://127.0.0.1:${port}/rooms/lobby/messages`)).json()) as {
    cursor: string
  }
  return encodeURIComponent(cursor)
}
