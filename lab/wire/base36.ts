/** Names for what is drawn or computed: of a-z and 0-9, which stand in a cursor, an address and a file's name as they are. */

/** A character for each byte. Some come up a little more often than others, which names do not mind. */
export const base36 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
