/** What is written down for the person who runs the server. log.ts writes it as JSON lines. */
import type { FastifyRequest } from 'fastify'
import type { ChatErrorCode } from '../../wire/errors.ts'

export interface Journal {
  /** Something that happens once in a while and is in order: started, stopped, a new certificate. */
  info(event: string, facts?: Facts): void
  /** Something that somebody should look into. */
  warn(event: string, facts?: Facts): void
  /** A fault of ours: with all that is known about it. */
  failed(error: unknown, request?: FastifyRequest | null): void
  /**
   * Somebody was told no. It can happen as often as a stranger likes, so not each is written.
   *
   * @param address of a peer that has not got so far as to make a request
   */
  refused(code: ChatErrorCode, request: FastifyRequest | null, address?: string): void
}

export type Facts = Readonly<Record<string, string | number | boolean>>

/** For a server that nobody runs, in a test say: only what must not stay unseen. */
export const plainJournal: Journal = {
  info() {},
  warn() {},
  failed: (error) => console.error(error),
  refused() {},
}
