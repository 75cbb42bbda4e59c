/**
 * A lab that has been told to believe the proxy in front of it (`--trust-proxy 127.0.0.1`), and no other:
 * it counts people by their own addresses, and knows that they came by TLS.
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import { trustFrom } from '../../server/limits/trust.ts'
import { KINDS, nginx } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import { openProxyBench, type ProxyBench } from './proxy-bench.ts'
import { toThisMachine } from './proxy-client.ts'
import type { Change } from './published.ts'

/** So few that a second message in the same second is one too many, beyond the burst of two seconds. */
const PER_SECOND = 1
const ENOUGH = 20
const trust = trustFrom(['127.0.0.1'])

let bench: ProxyBench | null = null
afterEach(() => bench?.close())

for (const kind of KINDS) {
  if (!find(kind.program)) {
    skipLoudly(kind.program, kind.program)
    continue
  }
  describe(`behind ${kind.program}`, { timeout: 60_000 }, () => {
    it('each client has a limit of its own, whatever it claims to be', async () => {
      bench = await openProxyBench(kind, { lab: { trust, messagesPerSecond: PER_SECOND } })
      // One that writes too much is refused, under whatever address it says it is…
      expect(await flood(bench, '127.0.0.1')).toContain(429)
      // … and its neighbour, by the same proxy, is not.
      expect((await flood(bench, '127.0.0.2'))[0]).toBe(201)
    })

    it('the cookie of a user who signs in is one for TLS only', async () => {
      bench = await openProxyBench(kind, { lab: { trust } })
      const { headers, statusCode } = await post(bench, bench.at('/session'), '127.0.0.1', { name: 'Ada' })
      expect([statusCode, headers['set-cookie']?.[0]]).toEqual([
        201,
        expect.stringMatching(/^__Host-lab_\d+=.*; Secure/),
      ])
    })
  })
}

if (find(nginx.program))
  it('nginx that passes on what clients claim lets everybody out of their limit', {
    timeout: 60_000,
  }, async () => {
    const changes: readonly Change[] = [
      ['X-Forwarded-For $remote_addr', 'X-Forwarded-For $http_x_forwarded_for'],
    ]
    bench = await openProxyBench(nginx, { changes, lab: { trust, messagesPerSecond: PER_SECOND } })
    expect(await flood(bench, '127.0.0.1')).toEqual(Array.from({ length: ENOUGH }, () => 201))
  })

/** The statuses of many messages, each with another claim about its sender; it ends with the first refusal. */
async function flood(bench: ProxyBench, from: string): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 1; n <= ENOUGH && !statuses.includes(429); n++) {
    const { statusCode } = await post(bench, bench.at('/rooms/limits/messages'), from, {
      n,
      claim: `192.0.2.${n}`,
    })
    statuses.push(statusCode!)
  }
  return statuses
}

/** A POST from an address of this machine: on Linux, all of 127.0.0.0/8 is. */
async function post(
  { proxy }: ProxyBench,
  url: string,
  localAddress: string,
  { n = 0, claim, name }: { n?: number; claim?: string; name?: string },
): Promise<IncomingMessage> {
  const asking = request(url, {
    method: 'POST',
    ca: proxy.certificate.pem,
    lookup: toThisMachine,
    localAddress,
    headers: { 'content-type': 'application/json', ...(claim && { 'x-forwarded-for': claim }) },
  })
  const draft = { draftId: `${localAddress}-${n}`, author: 'visitor', text: 'hello' }
  asking.end(JSON.stringify(name ? { name } : draft))
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer
}
