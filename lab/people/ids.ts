/** Names that are drawn and not chosen, and what is kept of those that are secret. */
import { createHash, randomBytes } from 'node:crypto'

/** 2⁸⁰ of them: never drawn twice, and guessing one would gain nothing. 20 of a-f and 0-9. */
export const randomName = (): string => randomBytes(10).toString('hex')

/** 256 bits, in 43 characters that may stand in a header, a cookie and an address (base64url, RFC 4648 §5). */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/**
 * What is kept of a secret: a thief of our disk finds nothing to sign in with. No salt, and one round
 * of SHA-256: what is drawn at random from 2²⁵⁶ cannot be guessed, as a passphrase can.
 */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
