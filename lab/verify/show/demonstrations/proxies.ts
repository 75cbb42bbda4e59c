/** What stands between, and holds back: a proxy that waits for the end, a compressor that waits for more. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { constants, createGunzip, createGzip } from 'node:zlib'
import { startTestServer } from '../../kit/test-server.ts'
import type { Demonstration, Judgement, Side } from '../demonstration.ts'
import { type Recorder, type Recording, valuesOf } from '../recording.ts'

const MESSAGES = [1, 2, 3]
const LIMIT_MS = 10_000
/** Of what is held back nothing comes, however long one waits; the time only spreads the picture. */
const HELD_BACK_MS = 60

/** A proxy between a reader and the lab's real stream of events. @param mode what it does with a body */
const proxied = (name: string, mode: 'collects' | 'passes on'): Side => ({
  name,
  async play({ note, entries }: Recorder) {
    const heard = hears(entries)
    const lab = await startTestServer()
    const proxy = createServer((request, response) => {
      get(`${lab.url}${request.url}`, async (upstream) => {
        response.writeHead(upstream.statusCode!, { 'content-type': 'text/event-stream' })
        if (mode === 'passes on') return void upstream.pipe(response)
        const parts: Buffer[] = []
        for await (const part of upstream) parts.push(part as Buffer)
        response.end(Buffer.concat(parts))
      })
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    try {
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/transports/sse/rooms/tea/events`
      const reading = new Promise<void>((done, fail) => {
        get(url, (response) => void read(response, note).then(done, fail)).on('error', fail)
      })
      await until(() => lab.hub.room('tea').followers > 0)
      for (const number of MESSAGES) {
        lab.say('tea', String(number))
        note('server', `writes number ${number}`, 'written', number)
        await until(() => heard(number), mode === 'collects' ? HELD_BACK_MS : LIMIT_MS)
      }
      note('server', 'ends the stream', 'ended')
      await lab.stop()
      await reading
    } finally {
      proxy.closeAllConnections()
      proxy.close()
      await lab.close()
    }
  },
})

async function read(response: IncomingMessage, note: Recorder['note']): Promise<void> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) {
    text += part
    const events = text.split('\n\n')
    text = events.pop()!
    for (const [, number] of events.join('\n').matchAll(/"text":"(\d+)"/g))
      note('reader', `gets number ${number}`, 'heard', Number(number))
  }
}

const hears = (entries: Recording) => (number: number) => valuesOf(entries, 'heard').includes(number)

async function until(isSo: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  for (const deadline = performance.now() + limitMs; !isSo() && performance.now() < deadline; ) await pause(5)
}

/** Whether what was written was heard before the stream had ended, or all of it only then. */
function judge(recording: Recording): Judgement {
  const end = recording.findIndex(({ fact }) => fact?.kind === 'ended')
  const before = valuesOf(recording.slice(0, end), 'heard').length
  const written = valuesOf(recording, 'written').length
  return {
    isBroken: before < written,
    words:
      before < written
        ? `${before} of ${written} messages arrive before the stream ends`
        : `all ${written} messages arrive while the stream is open`,
  }
}

export const bufferingProxy: Demonstration = {
  name: 'buffering-proxy',
  script: 'The server writes three messages into a stream, and ends it. A proxy stands between.',
  defect: { collection: 'show', name: 'a proxy buffers' },
  broken: proxied('the proxy collects the answer', 'collects'),
  sound: proxied('the proxy passes each piece on', 'passes on'),
  judge,
}

/** A stream of events through Node's own gzip. */
const compressed = (name: string, flushes: boolean): Side => ({
  name,
  async play({ note, entries }: Recorder) {
    const heard = hears(entries)
    const gzip = createGzip()
    const gunzip = createGunzip()
    gzip.pipe(gunzip)
    gunzip.setEncoding('utf8').on('data', (text: string) => {
      for (const [, number] of text.matchAll(/data: (\d+)/g))
        note('reader', `gets number ${number}`, 'heard', Number(number))
    })
    for (const number of MESSAGES) {
      gzip.write(`data: ${number}\n\n`)
      note('server', `writes number ${number}`, 'written', number)
      if (flushes) gzip.flush(constants.Z_SYNC_FLUSH)
      await until(() => heard(number), flushes ? LIMIT_MS : HELD_BACK_MS)
    }
    note('server', 'ends the stream', 'ended')
    gzip.end()
    await once(gunzip, 'end')
  },
})

export const compressionHoldsBack: Demonstration = {
  name: 'compression-holds-back',
  script: 'The same three messages, with a compressor on the way.',
  defect: { collection: 'show', name: 'a compressor waits for more' },
  broken: compressed('gzip', false),
  sound: compressed('gzip, flushed after each event', true),
  judge,
}
