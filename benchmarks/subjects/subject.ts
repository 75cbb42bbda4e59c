/**
 * A subject: something that carries messages from a server to many, in two halves that
 * meet only on the wire. The serving half runs in the process under test; the reading half runs
 * a thousandfold in the load process, and so it must cost little and be no client library.
 */
import type { Server } from 'node:net'
import type { ReaderContext, RequestKind, WireReader } from '../../lab/client/load/reader.ts'
import type { SubjectInfo } from '../run-file.ts'
import type { Program } from './program.ts'

export interface Subject extends SubjectInfo {
  /** Whether a reader who was cut can ask for what it missed. */
  readonly resumes: boolean
  /** Whether its stamps can be seen only after unpacking, by the reader, who then hands them to `scan`. */
  readonly packed?: boolean
  /** What autocannon can ask of it, under {@link roomPath}. */
  readonly asks: readonly RequestKind[]
  readonly roomPath: string
  /** How to get what it needs and this machine does not have; null when all is here. What comes with the lab has no such function. */
  readonly absent?: () => string | null
  /** What is measured, by name, where that is no package in `node_modules`. */
  readonly versions?: () => Readonly<Record<string, string>>
  serve(options: ServeOptions): Promise<Serving>
  read(context: ReaderContext): WireReader
}

export interface ServeOptions {
  readonly delayMs: number
}

export interface Serving {
  /** Listens on a free port of 127.0.0.1: in this process, or as a program of its own. */
  readonly server: Server | Program
  /** Carries a text to every reader, now. */
  publish(text: string, number: number): void
  /** The place after the last message, in whatever form this subject's readers ask for it. */
  place(): string
}

/**
 * A listener's queue for connections that the program has not accepted yet. Node's 511 overflows when
 * thousands come at once, and what is dropped then is retried by TCP after 1 and 3 s: a measurement
 * of timers.
 */
export const BACKLOG = 4_096

export function listen(server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => resolve(server))
  })
}
