export type Cause = 'buffers' | 'compresses' | 'cuts'

export interface Probe {
  readonly path: '/poll' | '/stream'
  /** For how long the answer is read, if it does not end before. */
  readonly ms: number
  /** Whether the request says `Accept-Encoding: gzip`, as that of a browser. */
  readonly gzip: boolean
}

export interface Answer {
  /** When the first byte of the body came; null when none came in time. */
  readonly firstByteMs: number | null
  /** When the answer ended; null when it was still open. */
  readonly endedMs: number | null
}

export interface System {
  /** From the page to the server, which is the last. */
  readonly hops: readonly string[]
  ask(hop: string, probe: Probe): Promise<Answer>
}

const HEARTBEAT_MS = 20_000
const LIMIT_MS = 90_000

/** @returns the cause nearest the server; null when the system is sound */
export async function findFault({ hops, ask }: System): Promise<{ hop: string; cause: Cause } | null> {
  for (const hop of hops.toReversed()) {
    const plain = await ask(hop, { path: '/stream', ms: LIMIT_MS, gzip: false })
    if (isLate(plain)) return { hop, cause: 'buffers' }
    if (plain.endedMs !== null) return { hop, cause: 'cuts' }
    const asBrowser = await ask(hop, { path: '/stream', ms: LIMIT_MS, gzip: true })
    if (isLate(asBrowser)) return { hop, cause: 'compresses' }
  }
  return null
}

const isLate = ({ firstByteMs }: Answer): boolean => firstByteMs === null || firstByteMs > HEARTBEAT_MS
