/** Both echo servers, and two clients that have no line in common with us or with each other. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ECHOES } from '../../app/echo/options.ts'
import { type Echo, startEcho } from '../../app/echo/start-echo.ts'

const LIMIT_MS = 90_000
const MAX_MESSAGE = 16 * 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'transport-lab-echo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const here = (file: string) => join(import.meta.dirname, 'echo', file)

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Debian's Python, for which Debian has the package, or else the one in the path. */
const python = ['/usr/bin/python3', 'python3'].find((program) => works(program, '-c', 'import websockets'))
const javac = works('javac', '-version')
if (!python) console.warn('\n*** python3-websockets is not installed: NOT TRIED ***\n')
if (!javac) console.warn('\n*** no JDK is installed: NOT TRIED ***\n')
beforeAll(() => {
  if (javac)
    execFileSync('javac', ['-Werror', '-Xlint:all', '-encoding', 'UTF-8', '-d', folder, here('Echo.java')])
}, LIMIT_MS)

describe.each(ECHOES)('an echo of %s', (name) => {
  let echo: Echo
  beforeAll(async () => {
    echo = await startEcho(name, { port: 0, maxMessage: MAX_MESSAGE })
  })
  afterAll(() => echo.close())
  const url = () => `ws://127.0.0.1:${echo.port}/`
  const env = { ...process.env, no_proxy: '*' }

  it.skipIf(!python)('satisfies Python’s websockets', { timeout: LIMIT_MS }, async () => {
    const { stdout } = await promisify(execFile)(python!, [here('echo.py'), url()], { env })
    expect(stdout.trim().split('\n')).toEqual([
      ...[
        'lengths 8',
        'fragments',
        'ping',
        'order',
        'closed 4321 bye',
        'extensions 0',
        'subprotocol chat.v2',
      ],
    ])
  })

  it.skipIf(!javac)('satisfies the JDK’s WebSocket', { timeout: LIMIT_MS }, async () => {
    const { stdout } = await promisify(execFile)(
      'java',
      ['-XX:TieredStopAtLevel=1', '-cp', folder, 'Echo', url()],
      { env },
    )
    expect(stdout.trim().split('\n')).toEqual(['lengths 8', 'a ping between fragments', 'closed 4321'])
  })
})
