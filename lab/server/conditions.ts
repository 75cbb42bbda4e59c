/** Conditions: what a client says that it has already (RFC 9110 §13). */

/**
 * Whether `If-None-Match` names this ETag, so that it need not be sent again: 304.
 *
 * The comparison is the weak one (RFC 9110 §13.1.2): a cache on the way that has compressed the file may have
 * made the tag weak. `*` is whatever there is.
 *
 * @param header of the request; Node has put several into one list
 * @param etag with its quotes, and strong
 */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  // A tag may have commas within its quotes (RFC 9110 §8.8.3), so the list is not split at them.
  return [...header.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, opaque]) => opaque === etag)
}
