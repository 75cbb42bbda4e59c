/** `npm start -- --engine etcd://…` with a real etcd: two labs that are one, also by TLS; and a start that cannot be. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { script, started } from '../../command/started.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { freePorts } from '../kit/network/ports.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { ETCD, type Etcd, startEtcd } from './etcd-server.ts'

const LIMIT_MS = 240_000

if (ETCD === null) skipLoudly('etcd', 'etcd-server')

const running: ChildProcess[] = []
let folder = ''
let etcd: Etcd | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-etcd-start-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await etcd?.stop()
  etcd = null
  rmSync(folder, { recursive: true, force: true })
})

function start(data: string, engine: string, env: Readonly<Record<string, string>> = {}) {
  const where = ['--single-port', '--port', '0', '--data', join(folder, data)]
  const one = started(script('start', ...where, '--engine', engine), { env: { ...process.env, ...env } })
  running.push(one.child)
  return one
}
async function startAndWait(...args: Parameters<typeof start>) {
  const one = start(...args)
  await expect.poll(() => one.said.out + one.said.err, { timeout: 120_000 }).toMatch(/Ctrl-C closes it/)
  const url = /https?:\/\/localhost:\d+/.exec(one.said.out)![0].replace('localhost', '127.0.0.1')
  return { ...one, url }
}
const say = (url: string, text: string) =>
  fetch(`${url}/rooms/lobby/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ draftId: text, author: 'ben', text }),
  })
const read = async (url: string) => {
  const page = (await (await fetch(`${url}/rooms/lobby/messages`)).json()) as { messages: { text: string }[] }
  return page.messages.map(({ text }) => text)
}

describe.runIf(ETCD)('npm start -- --engine etcd://…', { timeout: LIMIT_MS }, () => {
  it('makes one lab of two, and one that was killed goes on where it was', async () => {
    etcd = await startEtcd()
    const left = await startAndWait('left', etcd.address)
    const right = await startAndWait('right', etcd.address)
    expect(left.said.out).toMatch(
      /shared with all servers of the log [a-z0-9]+, on etcd at 127\.0\.0\.1:\d+\./,
    )
    expect((await say(left.url, 'a')).status).toBe(201)
    await expect.poll(() => read(right.url), { timeout: 30_000 }).toEqual(['a'])
    left.child.kill('SIGKILL')
    await left.ended
    expect((await say(right.url, 'b')).status).toBe(201)
    const again = await startAndWait('left', etcd.address)
    await expect.poll(() => read(again.url), { timeout: 30_000 }).toEqual(['a', 'b'])
  })

  it('speaks TLS with an etcd whose certificate it believes, and with no other', async () => {
    const certificate = await ownCertificate(null, ['127.0.0.1', 'localhost'])
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(cert, certificate.cert)
    writeFileSync(key, certificate.key)
    etcd = await startEtcd(1, ['--cert-file', cert, '--key-file', key])
    const refused = start('refused', etcd.address)
    expect(await refused.ended).toBe(1)
    expect(refused.said.err).toMatch(/^transport-lab: etcd at .* has a certificate that is not believed/m)
    const { url } = await startAndWait('believes', etcd.address, { NODE_EXTRA_CA_CERTS: cert })
    expect((await say(url, 'a')).status).toBe(201)
  })

  it('without an etcd there says so in a line, and ends with 1; with a far address in the open, with 2', async () => {
    const [port] = await freePorts(1)
    const none = start('none', `etcd://127.0.0.1:${port}`)
    expect(await none.ended).toBe(1)
    expect(none.said.err).toMatch(
      /^transport-lab: no etcd answers at .*; start one \(etcd\), or give another address$/m,
    )
    const far = start('far', 'etcd://lab:s3cret@etcd.example')
    expect(await far.ended).toBe(2)
    expect(far.said.err).toMatch(/--engine: etcd\.example is another machine/)
    expect(far.said.err).not.toContain('s3cret')
  })
})
