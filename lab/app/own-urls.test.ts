/** Each URL that is printed is one at which a page can be read, and from which it can write. */
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { withoutZone } from '../server/http/origins.ts'
import { buildLab } from './build-lab.ts'
import { parseOptions } from './options.ts'
import { ownUrls } from './own-urls.ts'

let app: Awaited<ReturnType<typeof buildLab>> | null = null
afterEach(async () => {
  await app?.close()
  app = null
})

/** As main.ts does it: the URLs of a lab on this host, and the host as it was understood. */
async function listenOn(asked: string): Promise<string[]> {
  const { host } = parseOptions(['--host', asked])!
  const isName = !/^[\d.]+$|:/.test(withoutZone(host))
  app = await buildLab({ names: isName ? [host] : [] })
  app.get('/', () => 'a page')
  await app.listen({ port: 0, host })
  return ownUrls(app.server.address() as AddressInfo, 'http', host)
}

it.each([
  ...['0.0.0.0', '::', '0', '::0', '[::]', '127.0.0.1', 'localhost', '::1', '127.0.0.2', '::ffff:127.0.0.1'],
  ...['LOCALHOST', hostname()],
])('all that is printed for --host %s can be read and written to', async (host) => {
  const urls = await listenOn(host)
  expect(urls.length).toBeGreaterThan(0)
  for (const url of urls) {
    const { host: named, origin } = new URL(url)
    expect(named).not.toMatch(/^(0\.0\.0\.0|\[::\])/)
    expect((await fetch(url)).status, url).toBe(200)
    const answer = await fetch(`${url}/rooms/r/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ draftId: url, author: 'Ada', text: 'Is there tea?' }),
    })
    expect(answer.status, url).toBe(201)
  }
})

it('on all addresses, localhost comes first, and each other address of the machine once', async () => {
  const urls = await listenOn('0.0.0.0')
  expect(urls[0]).toMatch(/^http:\/\/localhost:\d+$/)
  expect(new Set(urls).size).toBe(urls.length)
  expect(urls.filter((url) => url.includes('['))).toEqual([]) // IPv6 is not listened to
})

it.each(['', 'a host', 'http://localhost', 'localhost:3000', '../etc'])('%j is no host', (host) => {
  expect(() => parseOptions(['--host', host])).toThrow('--host must be')
})
