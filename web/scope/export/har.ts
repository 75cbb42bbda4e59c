/**
 * HAR 1.2, which the developer tools of all browsers open. A request and its response is an entry; the frames of a
 * WebSocket stand in `_webSocketMessages`, as Chromium writes them.
 */
import { latin1, textOf } from '../../../transports/_formats/annotate/annotation.ts'
import { unchunk } from '../../../transports/_formats/annotate/chunks.ts'
import { annotateFrame } from '../../../transports/_formats/annotate/web-socket.ts'
import { joined } from '../../../transports/_formats/joined.ts'
import { framingOf, type Head, headerValue, parseHead } from '../../../transports/_formats/scan/head.ts'
import { headerSize } from '../../../transports/_formats/ws-header.ts'
import type { Capture, Place } from '../capture/capture.ts'
import { bytesToSave } from './secrets.ts'

interface Message {
  readonly place: Place
  readonly head: Head
  readonly headSize: number
  readonly bytes: Uint8Array
}

export function asHar(
  capture: Capture,
  connections: readonly number[],
  showsSecrets: boolean,
  version: string,
): string {
  const entries = connections.flatMap((id) => entriesOf(capture, id, showsSecrets))
  entries.sort((a, b) => a.startedDateTime.localeCompare(b.startedDateTime))
  return JSON.stringify(
    { log: { version: '1.2', creator: { name: 'Transport Lab', version }, entries } },
    null,
    1,
  )
}

function entriesOf(capture: Capture, connection: number, showsSecrets: boolean) {
  const places = capture.marksOf(connection)
  const asked: Message[] = []
  const entries = []
  for (const [index, place] of places.entries()) {
    if (place.kind !== 'message') continue
    const bytes = bytesToSave(capture, place, showsSecrets).bytes
    const text = latin1(bytes)
    const headSize = text.indexOf('\r\n\r\n') + 4
    const head = headSize < 4 ? null : parseHead(text.slice(0, headSize))
    if (!head) continue
    const message = { place, head, headSize, bytes }
    if (head.kind === 'request') asked.push(message)
    else if (head.status >= 200 || head.status === 101) {
      const request = asked.shift()
      if (request)
        entries.push(entry(capture, connection, request, message, followers(places, index), showsSecrets))
    }
  }
  return entries
}

/** The tiles that belong to a streamed response, or to its socket: all up to the next message of that direction. */
function followers(places: readonly Place[], index: number): Place[] {
  const { direction } = places[index]!.mark
  const rest = places.slice(index + 1)
  const end = rest.findIndex((place) => place.kind === 'message' && place.mark.direction === direction)
  return rest.slice(0, end < 0 ? undefined : end)
}

function entry(
  capture: Capture,
  connection: number,
  request: Message,
  response: Message,
  after: readonly Place[],
  showsSecrets: boolean,
) {
  if (request.head.kind !== 'request' || response.head.kind !== 'response')
    throw new Error('a response is no request')
  const { method, target, headers } = request.head
  const streamed = after.filter(({ mark, kind }) => mark.direction === 'toClient' && kind !== 'frame')
  const parts = [
    response.bytes.subarray(response.headSize),
    ...streamed.map((place) => bytesToSave(capture, place, showsSecrets).bytes),
  ]
  const wire = joined(parts)
  const { content } = unchunk(wire, 0, framingOf(response.head, method).kind === 'chunked' ? 0 : null)
  const url = new URL(target, `http://${headerValue(headers, 'host') ?? 'localhost'}`)
  const sent = request.place.mark.until - request.place.mark.at
  const wait = Math.max(0, response.place.mark.at - request.place.mark.until)
  const receive = Math.max(
    0,
    (streamed.at(-1)?.mark.until ?? response.place.mark.until) - response.place.mark.at,
  )
  const body = textOf(request.bytes, request.headSize)
  const frames = after.filter(({ kind }) => kind === 'frame')
  return {
    startedDateTime: new Date(request.place.mark.at).toISOString(),
    time: sent + wait + receive,
    request: {
      ...{ method, url: url.href, httpVersion: request.head.version, cookies: [], headers: [...headers] },
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      ...{ headersSize: request.headSize, bodySize: request.bytes.length - request.headSize },
      ...(body && { postData: { mimeType: headerValue(headers, 'content-type') ?? '', text: body } }),
    },
    response: {
      ...{
        status: response.head.status,
        statusText: response.head.reason,
        httpVersion: response.head.version,
      },
      ...{ cookies: [], headers: [...response.head.headers], redirectURL: '' },
      ...{ headersSize: response.headSize, bodySize: wire.length },
      content: {
        size: content.length,
        mimeType: headerValue(response.head.headers, 'content-type') ?? '',
        text: textOf(content),
      },
    },
    cache: {},
    timings: { send: sent, wait, receive },
    connection: String(connection),
    comment: `lane ${request.place.mark.lane}`,
    ...(frames.length > 0 && {
      _resourceType: 'websocket',
      _webSocketMessages: frames.map((place) => frame(capture, place, showsSecrets)),
    }),
  }
}

function frame(capture: Capture, place: Place, showsSecrets: boolean) {
  const bytes = bytesToSave(capture, place, showsSecrets).bytes
  const sender = place.mark.direction === 'toServer' ? 'client' : 'server'
  const { unmasked } = annotateFrame(bytes, sender)
  const payload = unmasked ?? bytes.subarray(bytes.length > 1 ? headerSize(bytes[1]!) : 0)
  const opcode = (bytes[0] ?? 0) & 15
  return {
    type: sender === 'client' ? 'send' : 'receive',
    time: place.mark.until / 1_000,
    opcode,
    data: opcode === 1 ? textOf(payload) : btoa(latin1(payload)),
  }
}
