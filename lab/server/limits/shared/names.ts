/**
 * What a bucket is called between servers: a hash, keyed by the name of the log, cut to 72 bits. The same at each server of that log.
 *
 * It keeps addresses out of what is captured or written down by the way. It does not keep them from one who can read the
 * engine and means to have them: that one has the name of the log too, and can try all IPv4 addresses.
 */
import { createHmac } from 'node:crypto'

/** Those that are remembered, since a hash takes some microseconds and a connection is to cost less. Of some 150 bytes each. */
const MAX_REMEMBERED = 10_000
const LENGTH = 12

/** @param log its name */
export function createNames(log: string): (key: string) => string {
  const known = new Map<string, string>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const name = createHmac('sha256', `limits of ${log}`).update(key).digest('base64url').slice(0, LENGTH)
    if (known.size >= MAX_REMEMBERED) known.delete(known.keys().next().value!)
    known.set(key, name)
    return name
  }
}
