/** What servers of one log ask each other: how far they are, and for a copy, a piece at a time. */

export type Question =
  /** Where all stand. `trims`: the one that asks will trim the log by the answers. */
  | { readonly kind: 'where'; readonly from: string; readonly trims: boolean }
  /** A piece of a copy that is called so by the one that takes it; the first opens it. */
  | { readonly kind: 'piece'; readonly from: string; readonly copy: string; readonly index: number }
  /** The copy is there, or is not wanted any more. */
  | { readonly kind: 'done'; readonly copy: string }

/** What a server says of itself. */
export interface Standing {
  readonly server: string
  /** The place after which it needs the log; null for one that the log is of no use to until it has a copy. */
  readonly needs: number | null
  /** The place up to which it has all that the log has brought; null while it waits for a copy. */
  readonly has: number | null
  /** Up to where it has trimmed the log itself, or knows that another has. */
  readonly trimmed: number
  /** Whether what it has outlives its process. */
  readonly isOnDisk: boolean
  /** Whether it would give a copy now. */
  readonly gives: boolean
  /** Of the copies that it gives (lab/store/copy.ts). */
  readonly format: number
}

/** At the head of each piece; the bytes follow behind a line feed. */
export interface PieceHead {
  readonly index: number
  /** Of the last piece: SHA-256 of the bytes of all, in hex. */
  readonly digest?: string
}

const utf8 = new TextEncoder()
const text = new TextDecoder()

export const toBytes = (said: Question | Standing): Uint8Array => utf8.encode(JSON.stringify(said))

/** Null for what no server of this version has said. */
export function questionIn(body: Uint8Array): Question | null {
  const said = parsed(body) as Question | null
  return said && ['where', 'piece', 'done'].includes(said.kind) ? said : null
}

/** Null for what no server has said of itself. */
export function standingIn(body: Uint8Array): Standing | null {
  const said = parsed(body) as Standing | null
  const isPlace = (value: unknown) => value === null || Number.isSafeInteger(value)
  const isIt = typeof said?.server === 'string' && isPlace(said.needs) && isPlace(said.has)
  return isIt ? said : null
}

export function pieceOf(head: PieceHead, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([utf8.encode(`${JSON.stringify(head)}\n`), bytes])
}

/** Null for what is no piece. */
export function pieceIn(body: Uint8Array): { readonly head: PieceHead; readonly bytes: Uint8Array } | null {
  const end = body.indexOf(0x0a)
  const head = parsed(body.subarray(0, Math.max(0, end))) as PieceHead | null
  return Number.isSafeInteger(head?.index) ? { head: head!, bytes: body.subarray(end + 1) } : null
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(text.decode(body))
  } catch {
    return null
  }
}
