import { afterEach, beforeEach, expect, it } from 'vitest'
import { dial } from '../../verify/attacks/raw.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'

let server: TestServer
let port: number
beforeEach(async () => {
  server = await startTestServer()
  port = server.port
})
afterEach(() => server.close())

it('says ok to every client, and may not be kept', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`)
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 200,
    body: { status: 'ok' },
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it('says 503 as soon as the server is stopping', async () => {
  const socket = await dial(port)
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n')
  // Another request, so that the first line is with the server by then.
  await fetch(`http://127.0.0.1:${port}/healthz`)
  const closed = server.close()
  socket.write('\r\n')
  await expect.poll(() => text, { timeout: 5_000 }).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"stopping"/)
  await closed
})
