/**
 * A capture that Wireshark opens: pcapng (draft-ietf-opsawg-pcapng), with the TCP and IP headers made up around the
 * bytes, since the lab sees a stream and no packets.
 *
 * Sequence numbers are made to agree, so that Wireshark follows the stream; nothing about loss or retransmission may
 * be read from them. TLS, if there was any, is already undone.
 */
import { joined } from '../../../transports/_formats/joined.ts'
import type { ConnectionNews } from '../capture/marks.ts'
import type { Direction } from '../capture/records.ts'

export interface CapturedConnection extends ConnectionNews {
  /** In order of time. */
  readonly segments: readonly {
    readonly direction: Direction
    readonly at: number
    readonly offset: number
    readonly bytes: Uint8Array
  }[]
}

/** No Ethernet: packets begin with their IPv4 header. */
const LINKTYPE_RAW = 101
/** A packet is at most so long on most networks; IPv4 itself ends at 65,535. */
const MAX_SEGMENT = 16_384
const CLIENT = [10, 0, 0, 1] as const
const SERVER = [10, 0, 0, 2] as const
/** The first port that any program may have. The connection's number is added, so that each has its own. */
const FIRST_PORT = 1_024
const HTTP = 80
const SYN = 0x02
const FIN = 0x01
const PSH = 0x08
const ACK = 0x10
/** In the field of 16 bits that has no scale here. */
const WINDOW = 65_535

export function asPcapng(connections: readonly CapturedConnection[], comment: string): Uint8Array {
  const packets = connections.flatMap(packetsOf).sort((a, b) => a.at - b.at)
  return joined([
    sectionHeader(comment),
    interfaceDescription(),
    ...packets.map(({ at, bytes }) => enhancedPacket(at, bytes)),
  ])
}

interface Packet {
  readonly at: number
  readonly bytes: Uint8Array
}

/** The handshake, the bytes of both sides, and the end, each with numbers that follow from the one before. */
function packetsOf({ id, opened, closed, segments }: CapturedConnection): Packet[] {
  const port = FIRST_PORT + (id % (65_536 - FIRST_PORT))
  const packets: Packet[] = []
  const next: Record<Direction, number> = { toServer: 1, toClient: 1 }
  const add = (direction: Direction, at: number, flags: number, seq: number, payload = NOTHING) => {
    const ack = flags & ACK ? next[direction === 'toServer' ? 'toClient' : 'toServer'] : 0
    packets.push({ at, bytes: packet(direction, port, flags, seq, ack, payload) })
  }
  add('toServer', opened, SYN, 0)
  add('toClient', opened, SYN | ACK, 0)
  add('toServer', opened, ACK, 1)
  for (const { direction, at, offset, bytes } of segments) {
    for (let start = 0; start < bytes.length; start += MAX_SEGMENT) {
      const piece = bytes.subarray(start, start + MAX_SEGMENT)
      // What is no longer kept leaves a hole in the numbers, which Wireshark names as such.
      add(direction, at, PSH | ACK, (1 + offset + start) >>> 0, piece)
      next[direction] = (1 + offset + start + piece.length) >>> 0
    }
  }
  if (closed === null) return packets
  add('toClient', closed, FIN | ACK, next.toClient)
  next.toClient = (next.toClient + 1) >>> 0
  add('toServer', closed, FIN | ACK, next.toServer)
  next.toServer = (next.toServer + 1) >>> 0
  add('toClient', closed, ACK, next.toClient)
  return packets
}

const NOTHING: Uint8Array = new Uint8Array(0)

/** IPv4 (RFC 791 §3.1) and TCP (RFC 9293 §3.1), without options. */
function packet(
  direction: Direction,
  port: number,
  flags: number,
  seq: number,
  ack: number,
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(40 + payload.length)
  const view = new DataView(bytes.buffer)
  const isClient = direction === 'toServer'
  view.setUint8(0, 0x45)
  view.setUint16(2, bytes.length)
  view.setUint8(8, 64) // time to live
  view.setUint8(9, 6) // TCP
  bytes.set(isClient ? CLIENT : SERVER, 12)
  bytes.set(isClient ? SERVER : CLIENT, 16)
  view.setUint16(10, checksum(bytes.subarray(0, 20), 0))
  view.setUint16(20, isClient ? port : HTTP)
  view.setUint16(22, isClient ? HTTP : port)
  view.setUint32(24, seq)
  view.setUint32(28, ack)
  view.setUint8(32, 5 << 4)
  view.setUint8(33, flags)
  view.setUint16(34, WINDOW)
  bytes.set(payload, 40)
  // The sum of TCP is also over the addresses, the protocol and the length (RFC 9293 §3.1).
  const pseudo = sumOf(bytes.subarray(12, 20)) + 6 + 20 + payload.length
  view.setUint16(36, checksum(bytes.subarray(20), pseudo))
  return bytes
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0)
  return sum
}

/** RFC 1071: the sum of all pairs of bytes, with what it carries over, inverted. */
function checksum(bytes: Uint8Array, start: number): number {
  let sum = start + sumOf(bytes)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

const padded = (length: number): number => (length + 3) & ~3

/** A block: type, length, body, and the length again, so that it can be read from both ends. */
function block(type: number, body: Uint8Array): Uint8Array {
  const length = 12 + padded(body.length)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  bytes.set(body, 8)
  view.setUint32(length - 4, length, true)
  return bytes
}

const OPT_COMMENT = 1

function sectionHeader(comment: string): Uint8Array {
  const text = new TextEncoder().encode(comment)
  const body = new Uint8Array(16 + 4 + padded(text.length) + 4)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x1a2b3c4d, true) // by which a reader knows the order of bytes
  view.setUint16(4, 1, true)
  view.setBigInt64(8, -1n, true) // the section's length is not said
  view.setUint16(16, OPT_COMMENT, true)
  view.setUint16(18, text.length, true)
  body.set(text, 20)
  return block(0x0a0d0d0a, body)
}

function interfaceDescription(): Uint8Array {
  const body = new Uint8Array(8)
  new DataView(body.buffer).setUint16(0, LINKTYPE_RAW, true)
  return block(1, body)
}

function enhancedPacket(at: number, bytes: Uint8Array): Uint8Array {
  const body = new Uint8Array(20 + bytes.length)
  const view = new DataView(body.buffer)
  const microseconds = BigInt(Math.round(at * 1_000)) // the resolution of an interface that says nothing else
  view.setUint32(4, Number(microseconds >> 32n), true)
  view.setUint32(8, Number(microseconds & 0xffffffffn), true)
  view.setUint32(12, bytes.length, true)
  view.setUint32(16, bytes.length, true)
  body.set(bytes, 20)
  return block(6, body)
}
