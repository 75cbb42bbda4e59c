import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildLab } from '../../app/build-lab.ts'
import { dial } from '../../verify/attacks/raw.ts'

let app: FastifyInstance
let port: number
beforeEach(async () => {
  app = await buildLab()
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterEach(() => app.close())

it('says ok to whoever asks, and may not be kept', async () => {
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
  const closed = app.close()
  socket.write('\r\n')
  await expect.poll(() => text, { timeout: 5_000 }).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"stopping"/)
  await closed
})
