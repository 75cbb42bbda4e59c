/** Wireshark's own reader opens what the page saves, and finds in it what passed: requests, events, unmasked frames. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { clientFrame, serverFrame } from '../../../transports/_formats/ws-encoder.ts'
import { createCapture } from '../../../web/scope/capture/capture.ts'
import type { Direction } from '../../../web/scope/capture/records.ts'
import { save } from '../../../web/scope/export/save.ts'
import { find, skipLoudly } from '../proxies/programs.ts'

const TSHARK = find('tshark')
const utf8 = new TextEncoder()
const EVENT = 'id: x:1\ndata: {"messages":[{"draftId":"m","text":"hello from sse"}]}\n\n'

/** A stream and a socket as the lab records them, a cookie in each request. */
function capture() {
  const capture = createCapture()
  const offsets = new Map<string, number>()
  let at = 1_700_000_000_000
  const bytes = (connection: number, direction: Direction, content: string | Uint8Array) => {
    const key = `${connection} ${direction}`
    const all = typeof content === 'string' ? utf8.encode(content) : content
    const offset = offsets.get(key) ?? 0
    offsets.set(key, offset + all.length)
    capture.take({ kind: 'bytes', connection, direction, at: at++, offset, bytes: all })
  }
  const ask = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: lab\r\nCookie: session=s3cret\r\n${more}\r\n`
  capture.take({ kind: 'open', connection: 1, lane: 'sse', at: at++ })
  bytes(1, 'toServer', ask('/events'))
  bytes(
    1,
    'toClient',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  bytes(1, 'toClient', `${EVENT.length.toString(16)}\r\n${EVENT}\r\n0\r\n\r\n`)
  capture.take({ kind: 'close', connection: 1, at: at++, by: 'client', how: 'end' })
  capture.take({ kind: 'open', connection: 2, lane: 'websocket', at: at++ })
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
  bytes(2, 'toServer', ask('/socket', `Connection: Upgrade\r\nUpgrade: websocket\r\n${key}`))
  bytes(
    2,
    'toClient',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
  )
  bytes(2, 'toServer', clientFrame(1, utf8.encode('hello from the client'), Uint8Array.of(1, 2, 3, 4)))
  bytes(2, 'toClient', serverFrame(1, utf8.encode('hello from the server')))
  return capture
}

/** What tshark says of a saved file, a line to a packet. */
async function read(showsSecrets: boolean, args: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-wireshark-'))
  try {
    const file = join(folder, 'capture.pcapng')
    await writeFile(file, save(capture(), { format: 'pcapng', connection: null, showsSecrets }).bytes)
    const { stdout } = await promisify(execFile)(TSHARK!, ['-n', '-r', file, ...args], {
      env: { ...process.env, HOME: folder },
    })
    return stdout.split('\n').filter((line) => line !== '')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (!TSHARK) skipLoudly('tshark', 'tshark')
else
  describe.each([false, true])('tshark reads a capture that was saved (with secrets: %s)', (showsSecrets) => {
    const fields = (filter: string, ...names: string[]) =>
      read(showsSecrets, ['-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name])])

    it('and finds no packet malformed, lost, repeated or out of order', async () => {
      expect(
        await read(showsSecrets, [
          '-o',
          'tcp.check_checksum:TRUE',
          '-o',
          'ip.check_checksum:TRUE',
          '-Y',
          '_ws.malformed || tcp.analysis.flags || tcp.checksum.status == "Bad" || ip.checksum.status == "Bad"',
        ]),
      ).toEqual([])
      expect((await read(showsSecrets, [])).length).toBeGreaterThanOrEqual(14)
    })

    it('and finds the requests, the chunked stream, and the frames, unmasked', async () => {
      expect(await fields('http.request', 'http.request.method', 'http.request.uri')).toEqual([
        'GET\t/events',
        'GET\t/socket',
      ])
      expect(await fields('http.response', 'http.response.code')).toEqual(
        expect.arrayContaining(['200', '101']),
      )
      const stream = (await read(showsSecrets, ['-Y', 'http.response.code == 200', '-V'])).join('\n')
      expect(stream).toContain(`Data chunk (${EVENT.length} octets)`)
      expect(stream).toContain('text/event-stream')
      const frames = (await read(showsSecrets, ['-Y', 'websocket', '-V'])).join('\n')
      expect(frames).toContain('hello from the client')
      expect(frames).toContain('hello from the server')
    })

    it('and finds a cookie only when it was to be saved', async () => {
      expect(await fields('http.cookie', 'http.cookie')).toEqual(
        Array(2).fill(showsSecrets ? 'session=s3cret' : 'session=******'),
      )
    })
  })
