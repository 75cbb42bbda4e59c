/** Head-of-line blocking: a quick answer behind a slow one, on one connection of HTTP/1.1 and of HTTP/2. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, type Server } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Demonstration, Side } from '../demonstration.ts'
import { type Recorder, valuesOf } from '../recording.ts'

const SLOW_MS = 250
const [SLOW, QUICK] = [1, 2]
const NAMES = { [SLOW]: 'the report', [QUICK]: 'the greeting' }

async function answerAfterWork(path: string, note: Recorder['note']): Promise<string> {
  const which = path === '/report' ? SLOW : QUICK
  if (which === SLOW) await pause(SLOW_MS)
  note('server', `has ${NAMES[which]} ready`, 'ready', which)
  return NAMES[which]!
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Two requests, one behind the other: answers must come in their order (RFC 9112 §9.3.2). */
const onHttp1: Side = {
  name: 'HTTP/1.1, one connection',
  async play({ note }) {
    const server = createServer(async ({ url }, response) => {
      response.end(`${await answerAfterWork(url!, note)}.`)
    })
    const socket = connect(await listening(server), '127.0.0.1').setEncoding('utf8')
    for (const which of [SLOW, QUICK]) {
      socket.write(`GET /${which === SLOW ? 'report' : 'greeting'} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      note('browser', `asks for ${NAMES[which]}`)
    }
    let text = ''
    const got = new Set<number>()
    for await (const part of socket) {
      text += part
      for (const which of [SLOW, QUICK]) {
        if (got.has(which) || !text.includes(`${NAMES[which]}.`)) continue
        got.add(which)
        note('browser', `gets ${NAMES[which]}`, 'got', which)
      }
      if (got.size === 2) break
    }
    server.closeAllConnections()
    server.close()
  },
}

/** Two streams on one connection: each answer comes when it is ready (RFC 9113 §5). */
const onHttp2: Side = {
  name: 'HTTP/2, one connection',
  async play({ note }) {
    const server = createHttp2Server(async (request, response) => {
      response.end(await answerAfterWork(request.url, note))
    })
    const session = connectHttp2(`http://127.0.0.1:${await listening(server)}`)
    const answers = [SLOW, QUICK].map(async (which) => {
      const stream = session.request({ ':path': which === SLOW ? '/report' : '/greeting' })
      note('browser', `asks for ${NAMES[which]}`)
      for await (const _part of stream) void _part
      note('browser', `gets ${NAMES[which]}`, 'got', which)
    })
    await Promise.all(answers)
    session.close()
    server.close()
  },
}

export const headOfLine: Demonstration = {
  name: 'head-of-line',
  script: 'The browser asks for a slow report and at once for a quick greeting, on one connection.',
  defect: { collection: 'show', name: 'head-of-line blocking' },
  broken: onHttp1,
  sound: onHttp2,
  judge(recording) {
    const ready = valuesOf(recording, 'ready')
    const got = valuesOf(recording, 'got')
    const isBroken = ready[0] === QUICK && got[0] === SLOW
    return {
      isBroken,
      words: isBroken
        ? 'the greeting was ready first, and waits behind the report'
        : 'the greeting comes as soon as it is ready',
    }
  },
}
