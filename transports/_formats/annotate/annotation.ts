/**
 * Bytes, taken apart and told in plain words: what a page shows beside them, field by field.
 *
 * An annotation is a tree over a stretch of bytes. Its leaves say which bytes carry what the application wanted to
 * say (payload) and which only carry those (overhead), so the two can be coloured, and added up.
 */

export type Role = 'overhead' | 'payload'

export interface Annotation {
  readonly name: string
  /** Bytes, counted from the beginning of the stretch; `to` is the first that no longer belongs to it. */
  readonly from: number
  readonly to: number
  /** Bits within the byte at `from`, 0 for the highest; null for what is whole bytes. */
  readonly bits: readonly [first: number, count: number] | null
  /** As it stands there, readable: text, or bytes in hexadecimal. */
  readonly value: string
  readonly meaning: string
  /** What the protocol forbids about it; null when nothing is wrong. */
  readonly problem: string | null
  readonly role: Role
  /** It holds what proves who the viewer is: shown masked unless its viewer asks, and in exports. */
  readonly isSecret: boolean
  readonly children: readonly Annotation[]
}

/** An annotation with the usual values: overhead, whole bytes, nothing wrong. */
export function note(
  name: string,
  from: number,
  to: number,
  value: string,
  meaning: string,
  more: Partial<Pick<Annotation, 'bits' | 'problem' | 'role' | 'isSecret' | 'children'>> = {},
): Annotation {
  return {
    ...{ name, from, to, value, meaning },
    ...{ bits: null, problem: null, role: 'overhead', isSecret: false, children: [] },
    ...more,
  }
}

/** The same, `by` bytes further on. */
export const moved = (one: Annotation, by: number): Annotation => ({
  ...one,
  from: one.from + by,
  to: one.to + by,
  children: one.children.map((child) => moved(child, by)),
})

/** For each byte, whether it is payload. What no annotation names is overhead. */
export function rolesOf(annotations: readonly Annotation[], length: number): Uint8Array {
  const roles = new Uint8Array(length)
  const paint = (one: Annotation): void => {
    if (one.children.length === 0 || one.role === 'payload')
      roles.fill(one.role === 'payload' ? 1 : 0, one.from, one.to)
    for (const child of one.children) paint(child)
  }
  for (const one of annotations) paint(one)
  return roles
}

/** The sum, in bytes. */
export function sumOf(
  annotations: readonly Annotation[],
  length: number,
): { payload: number; overhead: number } {
  const payload = rolesOf(annotations, length).reduce((sum, one) => sum + one, 0)
  return { payload, overhead: length - payload }
}

/** The stretches of the bytes that hold a secret. */
export function secretsIn(annotations: readonly Annotation[]): { from: number; to: number }[] {
  return annotations.flatMap((one) =>
    one.isSecret ? [{ from: one.from, to: one.to }] : secretsIn(one.children),
  )
}

export const inHex = (bytes: Uint8Array, most = 32): string => {
  const shown = Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > most ? `${shown} …` : shown
}

export const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** One character for each byte, so that a place in the text is a place in the bytes. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = ''
  // In pieces: a call has a bounded number of arguments.
  for (let at = from; at < to; at += 8_192)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(to, at + 8_192)))
  return text
}

const decoder = new TextDecoder()
export const textOf = (bytes: Uint8Array, from = 0, to = bytes.length): string =>
  decoder.decode(bytes.subarray(from, to))

/** Line ends made visible, as source code writes them. */
export const visible = (text: string): string => text.replaceAll('\r', '\\r').replaceAll('\n', '\\n')
