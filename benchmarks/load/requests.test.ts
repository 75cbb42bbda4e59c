/** What autocannon is made to do: no more connections than are named, and it says how busy it was. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { RequestInput } from '../processes/apis.ts'
import { driveRequests } from './requests.ts'

const CONNECTIONS = 3

it('churn on three connections opens three at once and never more, batch after batch', async () => {
  let open = 0
  let most = 0
  let all = 0
  const server = createServer((_request, response) => response.end('{}'))
  server.on('connection', (socket) => {
    all++
    most = Math.max(most, ++open)
    socket.on('close', () => open--)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const input: RequestInput = {
    kind: 'churn',
    port: (server.address() as AddressInfo).port,
    path: '/',
    since: 'a:1',
    connections: CONNECTIONS,
    durationMs: 400,
    payload: 1,
    headers: 'bare',
  }
  try {
    const answered = await driveRequests(input)
    expect(answered.errors).toBe(0)
    expect(answered.answers).toBeGreaterThanOrEqual(2 * CONNECTIONS)
    expect(all).toBe(answered.answers)
    expect(most).toBe(CONNECTIONS)
    expect(answered.loadBusyPercent).toBeGreaterThan(0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
