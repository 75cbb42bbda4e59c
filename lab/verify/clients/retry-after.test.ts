/**
 * The example clients of docs/clients leave a server alone for as long as it asks for, and no longer than a minute, as
 * the lab's own client does (lab/client/backoff.ts).
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { RETRY_AFTER_CAP_MS } from '../../client/backoff.ts'
import { textOf } from '../rules/source-files.ts'
import { compileJava, examplesIn } from './examples.ts'
import { startProgram } from './program.ts'

/** More than any first backoff: a second in the shell, half of one in the others. */
const ASKED_S = 2
const TIMEOUT = { timeout: 60_000, interval: 20 }
const WORDS = { code: 'too-many-requests', message: 'not now' }

const folder = mkdtempSync(join(tmpdir(), 'transport-lab-java-'))
beforeAll(() => compileJava(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const EXAMPLES = examplesIn(folder)

/** A server that says "not now" to everything, and keeps when it was asked: reading, writing, by a frame. */
async function startBusyServer(takesSockets: boolean) {
  const asked = { reading: [] as number[], writing: [] as number[] }
  const server = createServer(({ method }, response) => {
    asked[method === 'POST' ? 'writing' : 'reading'].push(performance.now())
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': String(ASKED_S) })
    response.end(JSON.stringify(WORDS))
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    asked[request.method === 'POST' ? 'writing' : 'reading'].push(performance.now())
    socket.on('error', () => {})
    // The JDK offers h2c with every question.
    if (!takesSockets || request.headers.upgrade?.toLowerCase() !== 'websocket')
      return socket.end(`HTTP/1.1 503 Busy\r\nRetry-After: ${ASKED_S}\r\nContent-Length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      webSocket.on('message', (data) => {
        const { draft } = JSON.parse(String(data))
        asked.writing.push(performance.now())
        const frame = { type: 'rejected', draftId: draft.draftId, ...WORDS, retryAfterS: ASKED_S }
        webSocket.send(JSON.stringify(frame))
      }),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.close()
      server.closeAllConnections()
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}

/** Between the first two questions, in seconds. */
const pauseOf = ([first = 0, second = 0]: readonly number[]) => (second - first) / 1_000

for (const { language, command, speaks } of EXAMPLES) {
  describe.skipIf(!command).concurrent(language, { timeout: 120_000 }, () => {
    it.for(speaks)('heeds Retry-After, reading and writing, over %s', async (name, { expect }) => {
      const server = await startBusyServer(false)
      const program = startProgram([...command!, name, server.url, 'kitchen', 'Ada'])
      program.type('hello')
      try {
        await expect.poll(() => server.asked.reading.length, TIMEOUT).toBeGreaterThan(1)
        expect(pauseOf(server.asked.reading)).toBeGreaterThanOrEqual(ASKED_S)
        if (name === 'websocket') return
        await expect.poll(() => server.asked.writing.length, TIMEOUT).toBeGreaterThan(1)
        expect(pauseOf(server.asked.writing)).toBeGreaterThanOrEqual(ASKED_S)
      } finally {
        program.kill()
        server.close()
      }
    })

    it.runIf(speaks.includes('websocket'))('heeds retryAfterS of a frame', async ({ expect }) => {
      const server = await startBusyServer(true)
      const program = startProgram([...command!, 'websocket', server.url, 'kitchen', 'Ada'])
      program.type('hello')
      try {
        await expect.poll(() => server.asked.writing.length, TIMEOUT).toBeGreaterThan(1)
        expect(pauseOf(server.asked.writing)).toBeGreaterThanOrEqual(ASKED_S)
      } finally {
        program.kill()
        server.close()
      }
    })
  })
}

it.each(['chat.py', 'Chat.java', 'chat.sh'])('%s heeds it no longer than the lab’s own client', (file) => {
  const [, cap] = /RETRY_AFTER_CAP_S ?= ?(\d+)/.exec(textOf(`docs/clients/${file}`)) ?? []
  expect(Number(cap) * 1_000).toBe(RETRY_AFTER_CAP_MS)
})

it('the shell waits a minute and its own backoff when it is asked for an hour, and for nothing by a date', async () => {
  const source = textOf('docs/clients/chat.sh')
  const [asked] = /^asked\(\) \{[\s\S]*?^\}$/m.exec(source) ?? ['']
  const answers = [
    'Retry-After: 3600',
    'retry-after: 7',
    'Retry-After: Fri, 31 Dec 1999 23:59:59 GMT',
    'X: 5',
  ]
  const script = answers.map((line) => `printf 'HTTP/1.1 503 X\\r\\n${line}\\r\\n\\r\\n' > "$f"; asked "$f"`)
  const program = startProgram([
    'sh',
    '-c',
    `RETRY_AFTER_CAP_S=60; f=$(mktemp)\n${asked}\n${script.join('\n')}; rm "$f"`,
  ])
  expect(await program.endInput()).toBe(0)
  expect(program.lines).toEqual(['60', '7', '0', '0'])
})

it.skipIf(!EXAMPLES[0]!.command)(
  'Python heeds a minute of an hour, and nothing of what is no number',
  async () => {
    const [python] = EXAMPLES[0]!.command!
    const asked = '[3600, 7, -1, "x", None, float("nan"), True]'
    const program = startProgram([
      python!,
      '-c',
      `import sys; sys.path.insert(0, "docs/clients"); sys.dont_write_bytecode = True\nimport chat\nprint([chat.asked_s(chat.Passing("", s)) for s in ${asked}])`,
    ])
    expect(await program.endInput()).toBe(0)
    expect(program.lines).toEqual(['[60, 7, 0, 0, 0, 0, True]'])
  },
)
