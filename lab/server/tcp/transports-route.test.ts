import { afterEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import type { ServerTransport } from '../transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../transport-kit/shutdown.ts'

let server: TestServer | null = null
afterEach(() => server?.close())

const transports = new Map<string, ServerTransport>([
  ['asked', async () => {}],
  ['lines', { carriedBy: 'tcp', open: () => () => {} }],
  ['auto', { carriedBy: 'transports' }],
])
const offered = async () => (await fetch(`${server!.url}/transports`)).json()

it('says which transports there are, and that one with a port of its own does not listen', async () => {
  server = await startTestServer({ transports })
  expect(await offered()).toEqual({
    transports: [
      { name: 'asked', carriedBy: 'http' },
      { name: 'lines', carriedBy: 'tcp', at: null },
    ],
  })
})

it('says where one with a port of its own listens', async () => {
  server = await startTestServer({ transports, listen: [{ name: 'lines', host: '127.0.0.1', port: 0 }] })
  const at = { host: '127.0.0.1', port: server.tcpPort('lines') }
  expect(await offered()).toMatchObject({ transports: [{ name: 'asked' }, { name: 'lines', at }] })
})

it('has any number of transports without a warning of Node’s that their listeners are too many', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  const many = Array.from({ length: 12 }, (_, n): [string, ServerTransport] => [
    `one-${n}`,
    async (_app, lab) => shutdownListenersOn(lab.shutdown).clear(),
  ])
  server = await startTestServer({ transports: new Map(many) })
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
