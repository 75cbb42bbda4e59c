/** @param key four bytes */
export function unmask(payload: Buffer, key: Buffer): Buffer {
  const plain = Buffer.from(payload)
  for (let i = 0; i < plain.length; i++) plain[i]! ^= key[i & 3]!
  return plain
}
