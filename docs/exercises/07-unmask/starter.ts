/** @param key four bytes */
export function unmask(payload: Buffer, key: Buffer): Buffer {
  for (let i = 0; i < payload.length; i++) payload[i]! ^= key[0]!
  return payload
}
