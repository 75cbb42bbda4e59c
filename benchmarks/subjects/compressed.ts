/** A WebSocket with compressed messages, read as cheaply as that goes: each page is unpacked once for all readers. */
import { constants, inflateRawSync } from 'node:zlib'
import { lastCursor } from '../../lab/client/load/cursors.ts'
import type { ReaderContext, WireReader } from '../../lab/client/load/reader.ts'
import { upgradeRequest } from '../../lab/client/load/requests.ts'
import { createSocketReader } from '../../lab/client/load/upgrade.ts'
import { headerAt } from '../../lab/client/load/web-socket-frames.ts'

const OFFER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'
/** The second bit: this message is compressed (RFC 7692 §6). */
const COMPRESSED = 0x40
const TEXT = 0x1

export function readCompressed(context: ReaderContext, room: string): WireReader {
  let since = context.since
  let unfinished = Buffer.alloc(0)
  const socket = createSocketReader(context, context.ready, take)

  return {
    begin() {
      unfinished = Buffer.alloc(0)
      socket.begin()
      context.ask(
        upgradeRequest(context, `${room}socket?since=${since}`, { 'Sec-WebSocket-Extensions': OFFER }),
      )
    },
    take: socket.take,
  }

  function take(bytes: Buffer): void {
    let all = unfinished.length > 0 ? Buffer.concat([unfinished, bytes]) : bytes
    for (let header = headerAt(all, 0); header; header = headerAt(all, 0)) {
      const end = header.size + header.length
      if (all.length < end) break
      const payload = all.subarray(header.size, end)
      if ((all[0]! & 0x0f) === TEXT) read(all[0]! & COMPRESSED ? unpacked(payload) : payload)
      all = all.subarray(end)
    }
    unfinished = Buffer.from(all) // the memory of what came is used again
  }

  function read(text: Buffer): void {
    context.scan(text)
    if (context.resume) since = lastCursor(text)?.cursor ?? since
  }
}

let lastPacked = Buffer.alloc(0)
let lastText = Buffer.alloc(0)

/** All readers of a process get the same bytes, one after the other: unpacking them each time would measure zlib. */
function unpacked(payload: Buffer): Buffer {
  if (!payload.equals(lastPacked)) {
    lastPacked = Buffer.from(payload)
    lastText = inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
  }
  return lastText
}
