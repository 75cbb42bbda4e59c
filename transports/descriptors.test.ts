/** What the descriptors say is so, and what is wrong with one is said in a line. */
import { describe, expect, it, vi } from 'vitest'
import type { TransportDescriptor } from '../lab/client/descriptor.ts'
import { Presence } from '../lab/hub/presence.ts'
import { createTestClient } from '../lab/verify/kit/test-client.ts'
import { startTestServer } from '../lab/verify/kit/test-server.ts'
import { RENEW_MS } from '../lab/wire/presence.ts'
import { DESCRIPTORS, loadDescriptors } from './descriptors.ts'
import { loadClient } from './load-client.ts'
import type { TransportName } from './manifest.ts'

/** Reads as one that is counted, and hands over how long the server then lets it be quiet, each time that it comes. */
async function withAllowedBy(name: TransportName, look: (allowed: () => readonly number[]) => Promise<void>) {
  const arrive = vi.spyOn(Presence.prototype, 'arrive')
  const server = await startTestServer()
  const { client } = createTestClient({
    ...{ name: 'Ada', since: null, random: Math.random, proxy: null, cut: () => {}, clientId: 'a' },
    transport: await loadClient(name),
    baseUrl: new URL(`${server.url}/transports/${name}/rooms/lobby/`),
  })
  try {
    client.connect()
    await look(() => arrive.mock.calls.map(([{ quietMs }]) => quietMs))
  } finally {
    arrive.mockRestore()
    client.close()
    await server.close()
  }
}

const overHttp = [...DESCRIPTORS].filter(([, { carriedBy }]) => carriedBy === 'http')

describe('what a descriptor says of quiet', () => {
  it.each(overHttp)(
    'is what the server of %s allows its readers',
    { timeout: 60_000 },
    async (name, { quiet, settings }) => {
      const held = settings.find(({ name: setting }) => setting === 'holdMs')?.usual
      const stated =
        quiet.until === 'heartbeat' ? quiet.everyMs : quiet.until === 'response' ? held : RENEW_MS
      // A long poll's first look is not held at all.
      await withAllowedBy(name, async (allowed) => {
        await expect.poll(() => Math.max(...allowed()), { timeout: 30_000 }).toBe(stated)
      })
    },
  )
})

describe('a transport that chooses among others', () => {
  const sound: TransportDescriptor = DESCRIPTORS.get('short-polling')!
  const problemsOf = async (own: Partial<Record<keyof TransportDescriptor, unknown>>) =>
    (
      await loadDescriptors(['short-polling', 'sse', 'websocket'], async (name) => ({
        default: name === 'sse' ? sound : { ...sound, ...own },
      }))
    ).problems
  const line = (what: string) => [
    `The transport short-polling is left out: transports/short-polling/transport.ts must be carriedBy ${what}.`,
    `The transport websocket is left out: transports/websocket/transport.ts must be carriedBy ${what}.`,
  ]

  it('may name any that has a server', async () => {
    expect(await problemsOf({ carriedBy: { transports: ['sse'] } })).toEqual([])
  })

  it('is left out when it names one that the manifest has not', async () => {
    expect(await problemsOf({ carriedBy: { transports: ['sse', 'pigeon'] } })).toEqual(
      line('transports of the manifest, and "pigeon" is none'),
    )
  })

  it('is left out when it names one that chooses itself', async () => {
    const [first] = await problemsOf({ carriedBy: { transports: ['websocket'] } })
    expect(first).toBe(line('transports that have a server, and "websocket" has none')[0])
  })

  it.each([
    [{ carriedBy: { transports: [] } }, 'carriedBy'],
    [{ quiet: undefined }, 'quiet'],
    [{ quiet: { until: 'heartbeat' } }, 'quiet'],
    [{ quiet: { until: 'heartbeat', everyMs: 0 } }, 'quiet'],
    [{ quiet: { until: 'tomorrow' } }, 'quiet'],
  ])('or says %j, is told what it must have', async (own, key) => {
    const [first] = await problemsOf(own)
    expect(first).toContain(`transport.ts must have ${key}: {`.replace('carriedBy: {', 'carriedBy: "http"'))
  })
})
