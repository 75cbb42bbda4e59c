/**
 * How often one may try to sign in. Guessing is slowed down by name and address together: by the name
 * alone, an attacker could lock the name's holder out.
 *
 * A try is counted before it is hashed, and whether it succeeds or not.
 */
import type { FastifyRequest } from 'fastify'
import { keyOf } from '../../people/names.ts'
import { subnetOf } from './addresses.ts'
import { createBuckets } from './rate-limit.ts'
import type { LimitLink } from './shared/link.ts'
import { clientAddress } from './trust.ts'

/** Ten tries, for who has several passphrases in mind; and then 120 an hour, which guess nothing of 15 characters. */
const PER_NAME = { perSecond: 1 / 30, burst: 10, words: 'too many tries to sign in under this name' }
/** A class of 30 behind one address, three tries each; and then one a second. Guests and newcomers count here too. */
const PER_ADDRESS = { perSecond: 1, burst: 100, words: 'too many sign-ins from your address' }

export interface SignInLimits {
  /** Counts a new person from this request's address. @throws ChatError `too-many-requests` */
  admitNew(request: FastifyRequest): void
  /** Counts one try to sign in by that name. @throws ChatError `too-many-requests` */
  admitTry(request: FastifyRequest, name: string): void
}

/** @param now milliseconds that never go backwards @param link to the same limits at other servers */
export function createSignInLimits(now?: () => number, link?: LimitLink): SignInLimits {
  const perName = createBuckets(PER_NAME, now, link?.buckets('names'))
  const perAddress = createBuckets(PER_ADDRESS, now, link?.buckets('addresses'))
  return {
    admitNew: (request) => perAddress(subnetOf(clientAddress(request))),
    admitTry(request, name) {
      const address = subnetOf(clientAddress(request))
      perName(`${address} ${keyOf(name)}`)
      perAddress(address)
    },
  }
}
