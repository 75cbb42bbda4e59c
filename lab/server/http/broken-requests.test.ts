/** What Node refuses by itself is told in the words that all errors have. */
import type { AddressInfo, Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLab } from '../../app/build-lab.ts'
import { exchange, requestText } from '../../verify/attacks/raw.ts'
import { createServerMetrics } from '../observe/server-metrics.ts'
import { createBrokenRequestHandler } from './broken-requests.ts'

const metrics = createServerMetrics()
let app: FastifyInstance
let port: number
beforeAll(async () => {
  app = await buildLab({ metrics })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterAll(() => app.close())

const HOST = 'Host: localhost\r\n'
const LONG = 'x'.repeat(40_000)

describe('what is no request is answered with a code and a message', () => {
  it.each([
    ['a line that is no HTTP', 'HELLO\r\n\r\n', 400, 'bad-request'],
    ['a method that there is not', `BREW / HTTP/1.1\r\n${HOST}\r\n`, 400, 'bad-request'],
    ['HTTP/1.1 without a Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad-request'],
    [
      'two lengths',
      `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'bad-request',
    ],
    ['a header of 40 kB', `GET / HTTP/1.1\r\n${HOST}X: ${LONG}\r\n\r\n`, 431, 'headers-too-large'],
    ['an address of 40 kB', `GET /${LONG} HTTP/1.1\r\n${HOST}\r\n`, 431, 'headers-too-large'],
    ['a request that does not go on', 'GET /', 408, 'too-slow'],
  ])('%s', async (_what, text, status, code) => {
    const { statuses, text: answer, isClosed } = await exchange(port, text)
    expect([statuses, isClosed]).toEqual([[status], true])
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(JSON.parse(body)).toEqual({ code, message: expect.any(String) })
    expect(head).toMatch(/^content-type: application\/json/im)
    expect(head).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'im'))
  })

  it('and is counted', () => {
    expect(metrics.refusals.get('too-slow')).toBeGreaterThan(0)
    expect(metrics.refusals.get('headers-too-large')).toBeGreaterThan(0)
  })
})

it('an expectation that the server does not know is let be', async () => {
  const { statuses } = await exchange(
    port,
    requestText(port, 'GET /healthz', ['Expect: tea', 'Connection: close']),
  )
  expect(statuses).toEqual([200])
})

describe('a connection that has broken ends', () => {
  const refuse = createBrokenRequestHandler({ refused: () => {} })
  /** One whose other side reads nothing. */
  function stalled(): { socket: Socket; written: string[] } {
    const written: string[] = []
    const socket = new Duplex({ read() {}, write: (bytes) => void written.push(String(bytes)) })
    return { socket: socket.on('error', () => {}) as Socket, written }
  }

  it('though the client does not read the answer', async () => {
    const { socket, written } = stalled()
    refuse(Object.assign(new Error(), { code: 'HPE_INVALID_METHOD' }), socket)
    expect(written.join('')).toContain('"bad-request"')
    await expect.poll(() => socket.destroyed, { timeout: 20_000 }).toBe(true)
  })

  it.each(['ECONNRESET', 'ERR_TLS_HANDSHAKE_TIMEOUT', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    'at once, and without an answer, after %s',
    (code) => {
      const { socket, written } = stalled()
      refuse(Object.assign(new Error(), { code }), socket)
      expect([socket.destroyed, written]).toEqual([true, []])
    },
  )
})
