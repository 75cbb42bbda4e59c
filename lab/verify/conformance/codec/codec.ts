/** The codec of WebSocket frames, as the cases see it: sound, or with a defect planted in it (planted.ts). */
import type * as encoder from '../../../../transports/_formats/ws-encoder.ts'
import { FrameError } from '../../../../transports/_formats/ws-frame.ts'
import type * as parser from '../../../../transports/_formats/ws-parser.ts'

export interface Codec {
  readonly FrameParser: typeof parser.FrameParser
  readonly serverFrame: typeof encoder.serverFrame
  readonly clientFrame: typeof encoder.clientFrame
  readonly closePayload: typeof encoder.closePayload
}

/** What came, as a value that can be compared. */
export type Event =
  | readonly [what: 'text' | 'binary' | 'ping' | 'pong', hex: string]
  | readonly [what: 'close', code: number, reason: string]
  /** The connection must fail. */
  | readonly [what: 'failed', closeCode: number]

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const LIMITS: parser.ParserLimits = { masked: true, maxMessage: 1024 * 1024, maxFragments: 1_024 }

export interface Listening {
  readonly events: Event[]
  /** Takes one read. After a failure, it takes no more. */
  take(bytes: Uint8Array): void
}

/** A parser, and all that it tells. */
export function listen(codec: Codec, limits: Partial<parser.ParserLimits> = {}): Listening {
  const events: Event[] = []
  const handlers: parser.FrameHandlers = {
    onMessage: (opcode, payload) => void events.push([opcode === 1 ? 'text' : 'binary', hex(payload)]),
    onPing: (payload) => void events.push(['ping', hex(payload)]),
    onPong: (payload) => void events.push(['pong', hex(payload)]),
    onClose: (code, reason) => void events.push(['close', code, reason]),
  }
  const parser = new codec.FrameParser(handlers, { ...LIMITS, ...limits })
  return {
    events,
    take(bytes) {
      try {
        parser.take(bytes)
      } catch (error) {
        // By its name: a planted codec has an error class of its own.
        if ((error as Error).name !== FrameError.name && (error as Error).name !== 'FrameError') throw error
        events.push(['failed', (error as FrameError).closeCode])
      }
    },
  }
}

/** All that a parser tells of these bytes, in one read. */
export function eventsOf(
  codec: Codec,
  bytes: Uint8Array,
  limits?: Partial<parser.ParserLimits>,
): readonly Event[] {
  const { events, take } = listen(codec, limits)
  take(bytes)
  return events
}

/** A frame by hand, for what the encoder would not write: any first two bytes, and a mask of zeros when it is masked. */
export function rawFrame(first: number, second: number, ...rest: number[]): Uint8Array {
  const mask = second & 0x80 ? [0, 0, 0, 0] : []
  const extended = (second & 0x7f) === 126 ? 2 : (second & 0x7f) === 127 ? 8 : 0
  return Uint8Array.from([first, second, ...rest.slice(0, extended), ...mask, ...rest.slice(extended)])
}

export const joined = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts)
