/**
 * A token bucket per writer, one across all transports: who is turned away at one door does not get in
 * by the next.
 *
 * A bucket is one number, the moment at which it will be full again (the form of it that is known as
 * GCRA). A full bucket is the same as none, so only those who wrote lately are remembered, and no more
 * than MAX_WRITERS of them.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChatError } from '../wire/errors.ts'
import { neighbourhoodOf } from './addresses.ts'
import { clientAddress } from './trust.ts'

/** A bucket holds what comes in so many seconds: a page that was offline sends what it kept at once. */
export const BURST_S = 2

/**
 * Most buckets, of some 100 bytes each. Beyond it the one that was used longest ago is forgotten: who has
 * more addresses than this is not to be stopped by counting addresses.
 */
export const MAX_WRITERS = 10_000

/** Takes a token from the writer's bucket. @throws ChatError `too-many-requests` when there is none */
export type Admit = (writer: string) => void

export const admitAll: Admit = () => {}

/**
 * @param perSecond tokens that drip into each bucket
 * @param now milliseconds that never go backwards
 */
export function createRateLimit(perSecond: number, now = () => performance.now()): Admit {
  const dripMs = 1_000 / perSecond
  const burstMs = Math.max(1, perSecond * BURST_S) * dripMs
  const fullAt = new Map<string, number>() // in the order of their last use

  return (writer) => {
    const time = now()
    const level = Math.max(time, fullAt.get(writer) ?? 0) + dripMs
    const waitMs = level - time - burstMs
    if (waitMs > 0) {
      throw new ChatError('too-many-requests', `no more than ${perSecond} messages a second, please`, {
        retryAfterS: Math.ceil(waitMs / 1_000),
      })
    }
    fullAt.delete(writer)
    fullAt.set(writer, level)
    forgetTheFull(time)
  }

  /** Two are looked at for each that comes in, so the map shrinks when it can. */
  function forgetTheFull(time: number): void {
    let looks = 2
    for (const [writer, moment] of fullAt) {
      if (looks-- === 0 || (moment > time && fullAt.size <= MAX_WRITERS)) return
      fullAt.delete(writer)
    }
  }
}

/** Before a body is read: to refuse a flood must cost less than to take it. */
export function limitWrites(app: FastifyInstance, admit: Admit): void {
  app.addHook('onRequest', (request, _reply, done) => {
    try {
      if (request.method === 'POST') admit(writerOf(request))
      done()
    } catch (error) {
      done(error as ChatError)
    }
  })
}

/** By what a writer is counted. An address, until there are users. */
export const writerOf = (request: FastifyRequest): string => neighbourhoodOf(clientAddress(request))
