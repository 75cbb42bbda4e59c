/**
 * The commands of the course, typed as the page shows them when the lab that serves it speaks TLS. What they answer
 * over plain HTTP is compared in reference/examples.test.ts; here each must get an answer that is as good.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, ownCertificate } from '../lab/server/tls/certificates.ts'
import { startTestServer, type TestServer } from '../lab/verify/kit/test-server.ts'
import { filesIn, textOf } from '../lab/verify/rules/source-files.ts'
import { comparable, cursorIn, examplesIn, type } from './reference/examples.ts'
import { edited, editsInCode } from './site/own-address.ts'

const folder = mkdtempSync(join(tmpdir(), 'transport-lab-'))
let server: TestServer
let tls: Certificate
let origin: string

beforeAll(async () => {
  tls = await ownCertificate(folder, ['localhost', '127.0.0.1', '::1'])
  server = await startTestServer({ tls })
  origin = `https://localhost:${server.port}`
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const chapters = filesIn(['docs/chapters'], '.md').filter((file) => examplesIn(textOf(file)).length > 0)

describe.each([...chapters])('%s over TLS', { timeout: 120_000 }, (file) => {
  it('each command is believed, and answered as over plain HTTP', async () => {
    let cursor: string | null = null
    for (const { line, command, answer, kind } of examplesIn(textOf(file))) {
      const own = edited(command, editsInCode(command, 'sh', { origin, certificate: tls.file ?? null }))
      const printed = await type(own, 0, cursor)
      cursor = cursorIn(printed) ?? cursor
      const where = `line ${line}: ${own}`
      if (command.includes('size_header')) expect(printed, where).toMatch(/bytes of headers, 64 of body/)
      // A head looks otherwise over HTTP/2; that there is one is enough.
      else if (kind === 'http') expect(printed, where).toMatch(/^HTTP\/(1\.1|2) (101|200)/)
      else expect(comparable(printed, kind), where).toEqual(comparable(answer, kind))
    }
  })
})
