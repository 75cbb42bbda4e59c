/** Attempts to have a server give its readers away, by clients that may not; and what one that may has to say. */
import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../app/build-lab.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import { createTeacher } from '../../server/wires/teacher.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { exchange, requestText } from './raw.ts'

let server: TestServer
afterEach(async () => {
  await server?.close()
})

const start = async (options: LabOptions = {}) => {
  server = await startTestServer(options)
}
const drain = async (headers: readonly string[] = [], body = '', to = server.port) => {
  const length = body === '' ? 'Content-Length: 0' : `Content-Length: ${Buffer.byteLength(body)}`
  const { statuses, text } = await exchange(
    to,
    requestText(to, 'POST /drain', [...headers, length, 'Connection: close'], body),
  )
  return { status: statuses[0], text }
}
const health = async () => (await fetch(`${server.url}/healthz`)).status
const JSON_TYPE = 'Content-Type: application/json'

describe('a server is drained', () => {
  it('by a program on this machine, and says how many readers have how long', async () => {
    await start()
    const { status, text } = await drain([JSON_TYPE], '{"withinMs":2500}')
    expect(status).toBe(202)
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toEqual({ readers: 0, withinMs: 2_500 })
    expect(await health()).toBe(503)
  })

  it('within ten seconds when it is told no time', async () => {
    await start()
    const { text } = await drain()
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toEqual({ readers: 0, withinMs: 10_000 })
  })

  it('by a client on another machine that shows the teacher’s token', async () => {
    const trust = trustFrom(['127.0.0.1'])
    const teacher = createTeacher(trust)
    await start({ trust, teacher })
    const far = 'X-Forwarded-For: 203.0.113.9'
    expect((await drain([far, `Teacher-Token: ${teacher.token}x`])).status).toBe(403)
    expect(await health()).toBe(200)
    expect((await drain([far, `Teacher-Token: ${teacher.token}`])).status).toBe(202)
    expect(await health()).toBe(503)
  })
})

describe('a server is not drained', () => {
  it.each([
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-For: 203.0.113.9',
    'Forwarded: for=127.0.0.1',
    'Via: 1.1 proxy',
    'X-Real-IP: 127.0.0.1',
    'CF-Connecting-IP: 127.0.0.1',
  ])('by a client beyond a proxy on this machine (%s), trusted or not', async (header) => {
    await start()
    expect((await drain([header])).status).toBe(403)
    expect(await health()).toBe(200)
    await server.close()
    await start({ trust: trustFrom(['127.0.0.1']) })
    expect((await drain([header])).status).toBe(403)
    expect(await health()).toBe(200)
  })

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'])(
    'by a page of another site that is open on this machine (%s)',
    async (origin) => {
      await start()
      const { status, text } = await drain([`Origin: ${origin}`])
      expect(status).toBe(403)
      expect(text).toContain('"code":"foreign-origin"')
      const asForm = ['Content-Type: text/plain', `Origin: ${origin}`]
      expect((await drain(asForm, '{"withinMs":0}')).status).toBe(403)
      expect(await health()).toBe(200)
    },
  )

  it('by a name that was pointed at this machine, or by another method', async () => {
    await start()
    expect((await drain(['Host: evil.example'])).status).toBe(421)
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
      expect((await fetch(`${server.url}/drain`, { method })).status).toBe(404)
    expect(await health()).toBe(200)
  })

  it.each([
    '{"withinMs":-1}',
    '{"withinMs":600001}',
    '{"withinMs":1e999}',
    '{"withinMs":"10"}',
    '{"withinMs":null}',
    '{"withinms":10}',
    '[1]',
    '7',
    '{',
  ])('by an order that means nothing: %s', async (body) => {
    await start()
    expect((await drain([JSON_TYPE], body)).status).toBe(400)
    expect(await health()).toBe(200)
  })

  it('by a form, which is no JSON', async () => {
    await start()
    const form = 'Content-Type: application/x-www-form-urlencoded'
    expect((await drain([form], 'withinMs=0')).status).toBe(415)
    expect(await health()).toBe(200)
  })

  it('on the port of a transport that is carried by TCP', async () => {
    await start({ listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }] })
    const port = server.tcpPort('tcp')!
    await drain([], '', port)
    expect(await health()).toBe(200)
  })
})
