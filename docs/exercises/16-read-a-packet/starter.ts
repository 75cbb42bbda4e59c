export interface Packet {
  /** Address and port, as in `127.0.0.1:80`. */
  readonly from: string
  readonly to: string
  /** The number of the first byte that is carried. */
  readonly seq: number
  readonly flags: readonly Flag[]
  readonly payload: Buffer
}

export type Flag = (typeof FLAGS)[number]
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'] as const

/** Of a stream, by the numbers of its bytes: from the first that is missing to the one behind the last. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** @param packet IPv4 with TCP in it, as a network card saw it */
export function readPacket(packet: Buffer): Packet {
  const [ip, tcp] = [packet.subarray(0, 20), packet.subarray(20)]
  return {
    from: `${[...ip.subarray(12, 16)].join('.')}:${tcp.readUInt16BE(0)}`,
    to: `${[...ip.subarray(16, 20)].join('.')}:${tcp.readUInt16BE(2)}`,
    seq: tcp.readInt32BE(4),
    flags: FLAGS.filter((_, bit) => tcp[13]! & (1 << bit)),
    payload: tcp.subarray(32),
  }
}

/**
 * @param packets of one side, in the order of their arrival
 * @param start the number of the first byte of the stream
 * @returns the first bytes that are missing between others; null when there are none
 */
export function firstGap(packets: readonly Buffer[], start: number): Gap | null {
  let place = start
  for (const { seq, payload } of packets.map(readPacket)) {
    if (seq !== place) return { from: place, to: seq }
    place += payload.length
  }
  return null
}
