/** The close codes that protocol.md says the server sends are those that it sends, with those reasons. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { webSocketTransports } from '../../lab/verify/fifth/reading-address.ts'
import { startTestServer, type TestServer } from '../../lab/verify/kit/test-server.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import { root } from './examples.ts'
import { tableRows } from './markdown.ts'

const table = tableRows(readFileSync(join(root, 'docs/reference/protocol.md'), 'utf8'), 'Close codes')
/** Frames as RFC 6455 §5.2 draws them; the mask of the masked ones is four zeros, which changes nothing. */
const UNMASKED = Buffer.from([0x81, 0x01, 0x61])
const RESERVED_BIT = Buffer.from([0xc1, 0x80, 0, 0, 0, 0])
const NOT_UTF8 = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe])

describe.each(await webSocketTransports())('a socket of %s is closed', (name) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  it.each<[why: string, code: number, reason: string, act: (peer: WebSocket, wire: Socket) => void]>([
    ['for a frame without a mask', 1002, '', (_peer, wire) => wire.write(UNMASKED)],
    ['for a reserved bit', 1002, '', (_peer, wire) => wire.write(RESERVED_BIT)],
    ['for a binary message', 1003, 'wrong-type', (peer) => peer.send(Buffer.from('tea'))],
    ['for text that is not UTF-8', 1007, '', (_peer, wire) => wire.write(NOT_UTF8)],
    ['for what is not JSON', 1008, 'bad-json', (peer) => peer.send('tea')],
    ['for what is not a frame', 1008, 'bad-frame', (peer) => peer.send('{"type":"tea"}')],
    ['for a message that is too long', 1009, '', (peer) => peer.send('t'.repeat(MAX_DRAFT_BYTES + 1))],
    ['when the peer wants it', 1000, '', (peer) => peer.close(1000)],
    ['last of all, when the server stops', 1001, 'stopping', () => void server.close()],
  ])('%s, with %d %s', async (_why, code, reason, act) => {
    expect(await closing(server.port, name, act)).toEqual({ code, reason })
    const row = table.find((cells) => cells[0] === String(code))
    expect(row, `${code} is not in the table`).toBeDefined()
    expect(row![1]).toContain(reason)
    if (reason === '') expect(row![1], 'the table states a reason where none comes').toBe('')
  })
})

/** Opens a socket, acts on it, and tells how it was closed. */
function closing(
  port: number,
  name: string,
  act: (peer: WebSocket, wire: Socket) => void,
): Promise<{ code: number; reason: string }> {
  const peer = new WebSocket(`ws://127.0.0.1:${port}/transports/${name}/rooms/closing/socket`)
  return new Promise((done, fail) => {
    let wire: Socket
    peer.on('upgrade', (response) => {
      wire = response.socket
    })
    peer.on('open', () => act(peer, wire))
    peer.on('close', (code, reason) => done({ code, reason: String(reason) }))
    peer.on('error', fail)
  })
}
