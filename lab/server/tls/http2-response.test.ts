/** A route that says what only HTTP/1.1 knows is answered over HTTP/2 all the same, without it. */
import type { ServerResponse } from 'node:http'
import { request } from 'node:https'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, openSession } from '../../verify/attacks/http2.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { type Certificate, ownCertificate } from './certificates.ts'

const ONLY_HTTP_1 = {
  upgrade: 'websocket',
  connection: 'upgrade',
  'keep-alive': 'timeout=5',
  'proxy-connection': 'keep-alive',
}
const PAIRS = Object.entries(ONLY_HTTP_1)

/** Each way in which a route of ours, or Fastify for it, can set a header. */
const WAYS: Readonly<Record<string, (raw: ServerResponse) => void>> = {
  setHeader(raw) {
    for (const [name, value] of PAIRS) raw.setHeader(name.toUpperCase(), value)
    raw.setHeader('x-kept', 'yes')
    raw.end('said')
  },
  appendHeader(raw) {
    for (const [name, value] of PAIRS) raw.appendHeader(name, value)
    raw.appendHeader('x-kept', 'yes')
    raw.end('said')
  },
  'writeHead with an object': (raw) => raw.writeHead(200, { ...ONLY_HTTP_1, 'x-kept': 'yes' }).end('said'),
  'writeHead with a phrase': (raw) =>
    raw.writeHead(200, 'Fine', { ...ONLY_HTTP_1, 'x-kept': 'yes' }).end('said'),
  'writeHead with a list': (raw) => raw.writeHead(200, [...PAIRS.flat(), 'x-kept', 'yes']).end('said'),
}
const names = Object.keys(WAYS)

let server: TestServer
let tls: Certificate
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1', 'localhost'])
  server = await startTestServer({ tls }, async (app) => {
    app.get('/reply.header', (_request, reply) =>
      reply.headers({ ...ONLY_HTTP_1, 'x-kept': 'yes' }).send('said'),
    )
    for (const [index, name] of names.entries()) {
      app.get(`/${index}`, (_request, reply) => {
        reply.hijack()
        WAYS[name]!(reply.raw)
      })
    }
  })
})
afterAll(() => server.close())

it.each(['reply.header', ...names])('%s', async (name) => {
  const path = name === 'reply.header' ? `/${name}` : `/${names.indexOf(name)}`
  const session = await openSession(server.port, tls.cert)
  try {
    const { status, text, headers } = await ask(session, path)
    expect({ status, text }).toEqual({ status: 200, text: 'said' })
    expect(headers).toMatchObject({ 'x-kept': 'yes' })
    for (const [one] of PAIRS) expect(headers).not.toHaveProperty(one)
  } finally {
    session.destroy()
  }
})

it('over HTTP/1.1, the same route says them', async () => {
  const upgrade = await new Promise((resolve, reject) =>
    request({ host: '127.0.0.1', port: server.port, path: '/reply.header', ca: tls.cert }, (response) => {
      response.resume()
      resolve(response.headers.upgrade)
    })
      .on('error', reject)
      .end(),
  )
  expect(upgrade).toBe('websocket')
})
