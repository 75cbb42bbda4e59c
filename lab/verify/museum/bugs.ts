/**
 * The switches of the museum's server: each is a bug that many hand-made WebSocket servers have.
 *
 * All of them stood in one well-known tutorial (docs/museum.md). With no switch on, the server keeps RFC 6455.
 */
export const BUGS = [
  'key-by-position',
  'key-by-case',
  'handshakes-stay',
  'lengths-not-read',
  'fixed-offset',
  'seven-bytes',
  'read-is-a-frame',
  'mask-not-required',
  'hex-opcode',
  'fragments-ignored',
  'pings-ignored',
  'utf8-unchecked',
  'no-close-handshake',
  'lengths-not-written',
  'text-cut-at-125',
  'half-written',
] as const

export type Bug = (typeof BUGS)[number]
export type Bugs = ReadonlySet<Bug>

export const NO_BUGS: Bugs = new Set()
