/**
 * Passphrases, of which only a hash is kept: Argon2id, which costs a guesser as much memory per guess as it
 * costs us (RFC 9106).
 */
import { hash, verify } from '@node-rs/argon2'
import { ChatError } from '../wire/errors.ts'
import { randomSecret } from './ids.ts'

/** The first of the settings that OWASP's Password Storage Cheat Sheet gives: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1_024, timeCost: 2, parallelism: 1 }

/**
 * NIST SP 800-63B-4 §3.1.1.2 asks for 15 characters where nothing else proves who a person is, for at least
 * 64 to be allowed, and for no rules on what is in them.
 */
const MIN_LENGTH = 15
/** Anything longer is no passphrase, and costs time. */
const MAX_LENGTH = 256

/** Hashes made at once, each in 19 MiB and a thread of libuv's four, which the disk and DNS share. */
const AT_ONCE = 2
/** Those who wait for their turn: a class that signs in together. Beyond it, they are told to come again. */
const MAX_WAITING = 60

/** @throws ChatError `bad-person` when it is no text, or too long to be hashed */
export function parsePassphrase(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) {
    throw new ChatError('bad-person', `passphrase must be a text of at most ${MAX_LENGTH} characters`)
  }
  return value
}

/** A passphrase that a person chooses. @throws ChatError `bad-person` when it is too short */
export function parseNewPassphrase(value: unknown, name: string): string {
  const passphrase = parsePassphrase(value)
  if ([...passphrase].length < MIN_LENGTH) {
    throw new ChatError('bad-person', `passphrase must be at least ${MIN_LENGTH} characters: four words, say`)
  }
  if (passphrase.toLowerCase().replaceAll(name.toLowerCase(), '').length < MIN_LENGTH / 2) {
    throw new ChatError('bad-person', 'passphrase must be more than the name')
  }
  return passphrase
}

export interface Passphrases {
  /** @throws ChatError `too-many-requests` when too many wait already */
  hash(passphrase: string): Promise<string>
  /**
   * @param kept null when no person has the name: the check takes as long as with one
   * @throws ChatError `too-many-requests` when too many wait already
   */
  fits(kept: string | null, passphrase: string): Promise<boolean>
}

export function createPassphrases(): Passphrases {
  const waiting: (() => void)[] = []
  let busy = 0
  /** The hash of a random secret: no passphrase fits it. */
  let decoy: Promise<string> | null = null

  async function inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (busy >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) {
        throw new ChatError('too-many-requests', 'too many are signing in at this moment', { retryAfterS: 2 })
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else busy++
    try {
      return await act()
    } finally {
      // The place is handed on: a call that comes in between does not get it.
      const next = waiting.shift()
      if (next) next()
      else busy--
    }
  }

  return {
    hash: (passphrase) => inTurn(() => hash(plain(passphrase), COST)),
    fits: (kept, passphrase) =>
      inTurn(async () => {
        decoy ??= hash(randomSecret(), COST)
        const against = kept ?? (await decoy)
        await decoy // made by the first call, for all: its time must not tell whether the name exists
        return (await verify(against, plain(passphrase))) && kept !== null
      }),
  }
}

/** Two keyboards, one text (SP 800-63B-4 §3.1.1.2). */
const plain = (passphrase: string) => passphrase.normalize('NFKC')
