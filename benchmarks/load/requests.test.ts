/** What autocannon is made to do: no more connections than are named, and it says how busy it was. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { RequestInput } from '../processes/apis.ts'
import { driveRequests } from './requests.ts'

const CONNECTIONS = 3
/** So long that all of a batch have asked before the first is answered. */
const HOLD_MS = 50

it('churn on three connections opens three at once and never more, batch after batch', async () => {
  let waiting = 0
  let most = 0
  let connections = 0
  const server = createServer((_request, response) => {
    most = Math.max(most, ++waiting)
    setTimeout(() => {
      waiting--
      response.end('{}')
    }, HOLD_MS)
  })
  server.on('connection', () => connections++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const input: RequestInput = {
    kind: 'churn',
    port: (server.address() as AddressInfo).port,
    path: '/',
    since: 'a:1',
    connections: CONNECTIONS,
    durationMs: 1_500,
    payload: 1,
    headers: 'bare',
  }
  try {
    const answered = await driveRequests(input)
    expect(answered.errors).toBe(0)
    expect(answered.answers).toBeGreaterThanOrEqual(CONNECTIONS)
    expect(connections).toBe(answered.answers)
    expect(most).toBe(CONNECTIONS)
    expect(answered.loadBusyPercent).toBeGreaterThan(0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
