/** What a program is told of the certificate that it is to believe. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ask, openSession } from '../attacks/http2.ts'
import { buildLab, type LabOptions } from './build-lab.ts'
import { type Certificate, ownCertificate } from './certificates.ts'

let folder: string
let app: FastifyInstance | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transport-lab-'))
})
afterEach(async () => {
  await app?.close()
  app = null
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: LabOptions): Promise<number> {
  app = await buildLab(options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

async function get(port: number, path: string, ca: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = httpsRequest(
      { host: '127.0.0.1', servername: 'localhost', port, path, ca, headers },
      (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode!, text }))
      },
    )
    request.on('error', reject).end()
  })
}
const NAMES = ['localhost', '127.0.0.1']
const NOTHING = { isOwn: false, file: null }

it('tells programs on this machine where the certificate is that the lab has signed itself', async () => {
  const tls = await ownCertificate(folder, NAMES)
  const port = await start({ tls })
  const { text } = await get(port, '/certificate.json', tls.cert)
  expect(JSON.parse(text)).toEqual({ isOwn: true, file: join(folder, 'cert.pem') })
  expect((await ownCertificate(folder, NAMES)).file).toBe(tls.file) // kept, it is where it was
})

it('gives the certificate itself, by HTTP/1.1 and by HTTP/2, and who believes it is served', async () => {
  const tls = await ownCertificate(null, NAMES)
  const port = await start({ tls })
  expect(JSON.parse((await get(port, '/certificate.json', tls.cert)).text)).toEqual({
    isOwn: true,
    file: null,
  })
  const { status, text } = await get(port, '/certificate.pem', tls.cert)
  expect(status).toBe(200)
  expect(await get(port, '/healthz', text)).toMatchObject({ status: 200 })
  const session = await openSession(port, tls.cert)
  expect((await ask(session, '/certificate.pem')).text).toBe(text)
  session.destroy()
})

it('has nothing to tell without TLS', async () => {
  const port = await start({})
  const answer = await fetch(`http://127.0.0.1:${port}/certificate.json`)
  expect(await answer.json()).toEqual(NOTHING)
  expect((await fetch(`http://127.0.0.1:${port}/certificate.pem`)).status).toBe(404)
})

it('has nothing to tell of a certificate that an authority has signed', async () => {
  const authority = await generate([{ name: 'commonName', value: 'An authority' }], {
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  })
  const signed = await generate([{ name: 'commonName', value: 'A server' }], {
    ca: { cert: authority.cert, key: authority.private },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const tls: Certificate = { cert: signed.cert, key: signed.private }
  const port = await start({ tls })
  expect(JSON.parse((await get(port, '/certificate.json', authority.cert)).text)).toEqual(NOTHING)
})

it('has nothing to tell to who comes by a proxy, which shows a certificate of its own', async () => {
  const tls = await ownCertificate(folder, NAMES)
  const port = await start({ tls, origins: ['https://chat.example'] })
  for (const headers of [{ via: '1.1 proxy' }, { 'x-forwarded-for': '192.0.2.1' }, { host: 'chat.example' }])
    expect(JSON.parse((await get(port, '/certificate.json', tls.cert, headers as never)).text)).toEqual(
      NOTHING,
    )
})
