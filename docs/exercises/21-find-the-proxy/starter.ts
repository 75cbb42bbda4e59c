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

/** @returns the cause nearest the server; null when the system is sound */
export async function findFault({ hops, ask }: System): Promise<{ hop: string; cause: Cause } | null> {
  const { firstByteMs } = await ask(hops[0]!, { path: '/poll', ms: 1_000, gzip: false })
  return firstByteMs === null ? { hop: hops[0]!, cause: 'buffers' } : null
}
