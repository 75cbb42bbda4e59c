/** The sessions that the documents print, with a real `nc`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import tcp from '../../../transports/tcp/server.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { root } from '../rules/source-files.ts'

let server: TestServer | null = null
afterEach(() => server?.close())

/** The printed lines, in order; those that the server does not write are what the person types. */
function sessionIn(document: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8')
  const [, session = ''] = /```sh\nnc localhost 4000\n```\n\n```text\n([^`]*)```/.exec(text) ?? []
  return session.trimEnd().split('\n')
}
const isAnswer = (line: string) => line.startsWith('#') || /^\d\d:\d\d /.test(line)
/** Every message has a time of its own. */
const timeless = (text: string) => text.replace(/^\d\d:\d\d /gm, 'TIME ')

const nc = find('nc')
if (nc === null) skipLoudly('nc', 'netcat-openbsd')

it.runIf(nc).each([
  ['transports/tcp/README.md', ['Ada', 'line', 'Hello', '/who', '/quit']],
  ['docs/chapters/01-sockets-tcp-http.md', ['Ada', 'chapter-1', 'Hello from a socket']],
])('nc sees what %s prints', async (document, typed) => {
  const session = sessionIn(document)
  expect(session.filter((line) => !isAnswer(line))).toEqual(typed)
  const listen = [{ name: 'tcp', host: '127.0.0.1', port: 0 }]
  server = await startTestServer({ listen, transports: new Map([['tcp', tcp]]) })
  const netcat = spawn(nc!, ['127.0.0.1', String(server.tcpPort('tcp'))])
  const exited = once(netcat, 'exit')
  let got = ''
  netcat.stdout.on('data', (bytes) => (got += bytes))
  try {
    for (const line of session) {
      // Who is here is told a moment after it has changed, and until then the answer is another.
      const asksAgain = line.startsWith('# Here:')
      if (!isAnswer(line)) netcat.stdin.write(`${line}\n`)
      else
        await expect
          .poll(
            () => {
              if (asksAgain) netcat.stdin.write('/who\n')
              return timeless(got)
            },
            { interval: 50 },
          )
          .toContain(`${timeless(line)}\n`)
    }
    if (!typed.includes('/quit')) netcat.stdin.write('/quit\n')
    netcat.stdin.end() // this netcat stays for as long as it may be typed at
    expect(await exited).toEqual([0, null])
  } finally {
    netcat.kill()
  }
})
