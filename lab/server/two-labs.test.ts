/** Two labs that a browser takes for one host: neither may sign the other's people out. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { ask, openSession } from '../attacks/http2.ts'
import { createMemoryRecords } from '../log/records.ts'
import { buildLab, type LabOptions } from './build-lab.ts'
import { type Certificate, ownCertificate } from './certificates.ts'
import { labIdIn } from './lab-id.ts'
import { trustFrom } from './trust.ts'

let tls: Certificate
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1', 'localhost'])
})

const labs: FastifyInstance[] = []
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close()
})
async function open(options: LabOptions): Promise<number> {
  const app = await buildLab(options)
  labs.push(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** A browser's cookies of one host: by name, whichever port has set them (RFC 6265 §8.5). */
function createJar() {
  const cookies = new Map<string, string>()
  return {
    get header() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    take(line: unknown) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(String(line)) ?? []
      if (/Max-Age=0/.test(String(line))) cookies.delete(name)
      else cookies.set(name, value)
    },
  }
}

it('two labs with TLS on one host each know their own person', async () => {
  const jar = createJar()
  const ports = [await open({ tls }), await open({ tls })]
  for (const [index, port] of ports.entries()) {
    const session = await openSession(port, tls.cert)
    const headers = { ':method': 'POST', 'content-type': 'application/json', cookie: jar.header }
    const { headers: answer } = await ask(session, '/session', headers, `{"name":"Person ${index}"}`)
    jar.take(answer['set-cookie'])
    session.destroy()
  }
  for (const [index, port] of ports.entries()) {
    const session = await openSession(port, tls.cert)
    expect((await ask(session, '/session', { cookie: jar.header })).text).toContain(
      `"name":"Person ${index}"`,
    )
    session.destroy()
  }
})

/** As a proxy asks that ends TLS, for two machines on which the lab listens on the same port. */
it.each([
  ['http', {}],
  ['https', { 'x-forwarded-proto': 'https' }],
])(
  'two labs on two machines, behind one name by %s, each know their own person',
  async (_scheme, forwarded) => {
    const trust = trustFrom(['127.0.0.1'])
    const jar = createJar()
    const apps = await Promise.all(
      [0, 1].map(() => buildLab({ trust, labId: labIdIn(createMemoryRecords()) })),
    )
    labs.push(...apps)
    // No socket is opened: to both of them, the port is the same.
    const ask = (app: FastifyInstance, method: 'GET' | 'POST', body?: object) =>
      app.inject({
        method,
        url: '/session',
        headers: { ...forwarded, cookie: jar.header },
        ...(body && { payload: body }),
      })
    for (const [index, app] of apps.entries()) {
      const answer = await ask(app, 'POST', { name: `Person ${index}` })
      expect(answer.statusCode).toBe(201)
      jar.take(answer.headers['set-cookie'])
    }
    for (const [index, app] of apps.entries()) {
      expect((await ask(app, 'GET')).json()).toMatchObject({ person: { name: `Person ${index}` } })
    }
  },
)

it('the id of a lab is kept with its records; without any, it is the same at each start', () => {
  const records = createMemoryRecords()
  const id = labIdIn(records)
  expect(id).toMatch(/^[A-Za-z0-9]{10}$/)
  expect(labIdIn(records)).toBe(id)
  expect(labIdIn(createMemoryRecords())).not.toBe(id)
  expect(labIdIn(null)).toMatch(/^[A-Za-z0-9]{4,10}$/)
  expect(labIdIn(null)).toBe(labIdIn(null))
  const full = {
    ...createMemoryRecords(),
    put() {
      throw new Error('the disk is full')
    },
  }
  expect(labIdIn(full)).toBe(labIdIn(null))
})
