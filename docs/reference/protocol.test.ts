/** The documents say what the lab does: their examples are typed into a shell, against a real server. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLanes } from '../../lab/server/wires/lanes.ts'
import { startTestServer, type TestServer } from '../../lab/verify/kit/test-server.ts'
import { LANES } from '../../transports/descriptors.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { CHAPTERS, fileOf } from '../course.ts'
import { comparable, cursorIn, examplesIn, root, type } from './examples.ts'

const DOCUMENTS = [
  'docs/reference/protocol.md',
  'docs/reference/errors.md',
  'README.md',
  ...TRANSPORTS.map((name) => `transports/${name}/README.md`),
  ...CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? []).filter(talksToTheLab),
]

const curl = curlVersion()
if (!curl) console.warn('\n*** curl is not installed: NO EXAMPLE OF THE DOCUMENTS WAS TRIED ***\n')

it.runIf(process.env.CI)('has curl to try the examples with, in CI at least', () => {
  expect(curl, 'install curl').toMatch(/^curl \d/)
})

// One example starts curl 120 times, and other tests run at the same time.
describe.skipIf(!curl).each(DOCUMENTS)('%s', { timeout: 180_000 }, (document) => {
  const examples = examplesIn(readFileSync(join(root, document), 'utf8'))
  let server: TestServer
  let port: number
  let cursor: string | null = null

  beforeAll(async () => {
    const lanes = createLanes({ names: LANES, firstPort: 0 })
    server = await startTestServer({ listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }], lanes })
    await lanes.open()
    port = server.port
  })
  afterAll(() => server.close())

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  // In order, and on one server: as a reader would type them.
  for (const { line, command, answer, kind } of examples) {
    it(`line ${line}: ${command.split('\n')[0]}`, async () => {
      const printed = await type(command, port, cursor, server.tcpPort('tcp'))
      cursor = cursorIn(printed) ?? cursor
      expect(comparable(printed, kind), printed).toEqual(comparable(answer, kind))
    })
  }
})

/** Some chapters show programs that need no lab; docs/shell.test.ts runs those. */
function talksToTheLab(document: string): boolean {
  return readFileSync(join(root, document), 'utf8').includes('localhost:3000/')
}

function curlVersion(): string | null {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' })
  } catch {
    return null
  }
}
