/** Records of wires as the server tells them (`GET /wires/records`), made up: for tests of what the page makes of them. */
import { clientFrame, serverFrame } from '../../../transports/_formats/ws-encoder.ts'
import type { Direction, WireRecord } from './records.ts'

const utf8 = new TextEncoder()
const KEY = Uint8Array.of(1, 2, 3, 4)
export const page = (...ids: string[]) =>
  JSON.stringify({ messages: ids.map((draftId) => ({ draftId, text: `says ${draftId}` })), cursor: 'x:1' })
export const chunk = (text: string) => `${utf8.encode(text).length.toString(16)}\r\n${text}\r\n`
export const ok = (body: string, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${utf8.encode(body).length}\r\n${more}\r\n${body}`
export const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: lab\r\n${more}\r\n`

/** Records of one server, as they come. */
export function createSimulatedWires() {
  const offsets = new Map<string, number>()
  const records: WireRecord[] = []
  return {
    records,
    open: (connection: number, lane: string, at: number) =>
      void records.push({ kind: 'open', connection, lane, at }),
    bytes(connection: number, direction: Direction, at: number, content: string | Uint8Array) {
      const key = `${connection} ${direction}`
      const offset = offsets.get(key) ?? 0
      const bytes = typeof content === 'string' ? utf8.encode(content) : content
      offsets.set(key, offset + bytes.length)
      records.push({ kind: 'bytes', connection, direction, at, offset, bytes })
    },
    close: (connection: number, at: number, by = 'client') =>
      void records.push({ kind: 'close', connection, at, by, how: 'end' }),
  }
}

/** The same message on four transports, with a heartbeat on each that has one, and a poll for nothing. */
export function oneMessage(): readonly WireRecord[] {
  const { open, bytes, close, records } = createSimulatedWires()
  open(1, 'stream', 10)
  bytes(1, 'toServer', 12, get('/a/events'))
  bytes(
    1,
    'toClient',
    15,
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  open(2, 'socket', 20)
  bytes(2, 'toServer', 21, get('/a/socket', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
  bytes(2, 'toClient', 22, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')
  open(3, 'held', 30)
  bytes(3, 'toServer', 31, get('/a/messages?since=x:0&wait=25'))
  open(4, 'polls', 40)
  bytes(4, 'toServer', 41, get('/a/messages?since=x:0'))
  bytes(4, 'toClient', 42, ok(page()))
  bytes(
    2,
    'toServer',
    50,
    clientFrame(1, utf8.encode('{"type":"send","draft":{"draftId":"m1","text":"says m1"}}'), KEY),
  )
  bytes(1, 'toClient', 51, chunk(`id: x:1\ndata: ${page('m1')}\n\n`))
  bytes(2, 'toClient', 52, serverFrame(1, utf8.encode(`{"type":"page","page":${page('m1')}}`)))
  bytes(3, 'toClient', 53, ok(page('m1')))
  bytes(4, 'toServer', 60, get('/a/messages?since=x:0'))
  bytes(4, 'toClient', 61, ok(page('m1')))
  bytes(1, 'toClient', 70, chunk(':\n'))
  bytes(2, 'toClient', 71, serverFrame(1, utf8.encode('{"type":"heartbeat"}')))
  close(1, 80, 'fault')
  return records
}
