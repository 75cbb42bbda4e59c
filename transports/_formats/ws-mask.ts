/**
 * Masking (RFC 6455 §5.3): each byte of a client's payload is XORed with one of the four bytes of a key.
 *
 * It hides nothing, since the key stands in front of it. It keeps a page from choosing the bytes on the wire, with
 * which it could make a proxy between the two take a payload for a request of its own (§10.3).
 * To mask and to unmask are the same.
 */

/**
 * Copies `source` from `start` to `end` into `target` at `at`, masked.
 *
 * @param key four bytes in one number, the first in the highest bits
 * @param phase how many bytes of this payload came before: the key goes round every four
 */
export function copyMasked(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  key: number,
  phase: number,
): void {
  // Turned by the phase, the key begins with the byte that is next, and four bytes need no index into it.
  const k0 = keyByte(key, phase)
  const k1 = keyByte(key, phase + 1)
  const k2 = keyByte(key, phase + 2)
  const k3 = keyByte(key, phase + 3)
  let from = start
  let to = at
  for (const whole = end - 3; from < whole; from += 4, to += 4) {
    target[to] = source[from]! ^ k0
    target[to + 1] = source[from + 1]! ^ k1
    target[to + 2] = source[from + 2]! ^ k2
    target[to + 3] = source[from + 3]! ^ k3
  }
  if (from < end) target[to++] = source[from++]! ^ k0
  if (from < end) target[to++] = source[from++]! ^ k1
  if (from < end) target[to] = source[from]! ^ k2
}

const keyByte = (key: number, index: number): number => (key >>> (24 - 8 * (index & 3))) & 0xff

/** The four bytes at `at`, as {@link copyMasked} wants them. */
export const keyAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
