/** The `ws` package with our limits: for the chat, and for the echo that is held against the conformance suite. */
import { WebSocketServer } from 'ws'
import { NO_CONTEXT_TAKEOVER } from './server-compression.ts'

/** Most pieces of one message: the largest there may be, in pieces of 400 bytes. An empty one costs memory too. */
const MAX_FRAGMENTS = 1_024
/**
 * How long a peer may take to answer our close frame (RFC 6455 §7.1.1). Its socket is useless from there on,
 * and what a peer that never answers could hold for the 30 s that `ws` allows is a connection of its cap.
 */
const CLOSE_MS = 3_000
/** Most reads that the network may cut one frame into. Each costs some 200 bytes until the frame is whole. */
const MAX_CHUNKS = 16_384

export interface SocketLimits {
  /** Longest message, in bytes. */
  readonly maxMessage: number
  readonly maxFragments?: number
  readonly maxChunks?: number
  /** Whether to agree to `permessage-deflate`. */
  readonly compress?: boolean
}

export function createSockets({
  maxMessage,
  maxFragments = MAX_FRAGMENTS,
  maxChunks = MAX_CHUNKS,
  compress = false,
}: SocketLimits): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false, // the transport keeps its own
    maxPayload: maxMessage,
    maxFragments,
    maxBufferedChunks: maxChunks,
    ...{ closeTimeout: CLOSE_MS }, // its types do not know it yet
    perMessageDeflate: compress && NO_CONTEXT_TAKEOVER,
  })
}
