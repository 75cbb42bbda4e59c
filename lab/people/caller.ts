/**
 * Who asks, as far as that has been proven.
 *
 * This folder knows who people are and what they may do. It knows neither rooms' messages nor HTTP.
 */

/** A person with a name that no other person may use. */
export interface Person {
  /** Stays the same for ever, and is never given to another person. 1 to 32 of a-z and 0-9. */
  readonly id: string
  /** 1 to 64 characters (lab/wire/codec.ts says of which kind). */
  readonly name: string
  /** A guest's name is theirs for as long as they can show their session; a member's, whenever they know the passphrase. */
  readonly kind: 'guest' | 'member'
}

/** What a caller may do at most; in a room, their role may allow less. */
export type Scope = 'read' | 'write' | 'moderate'

export interface Caller {
  /** Null for who has not signed in; and where a token for one room is shown at another, which is no sign-in there. */
  readonly person: Person | null
  readonly scopes: ReadonlySet<Scope>
  /** What has proven it. Null for who has not signed in. */
  readonly session: Session | null
}

export interface Session {
  readonly isOver: boolean
  /** What a token is called; null for a browser's session. */
  readonly label: string | null
  /** Calls once, when the session has ended: signed out, taken back, too old. Returns how to stop listening. */
  onEnd(listener: () => void): () => void
}

/** A caller of whom nothing is known. */
export const ANONYMOUS: Caller = { person: null, scopes: new Set<Scope>(['read', 'write']), session: null }
