/**
 * Encode once, for all readers.
 *
 * Readers at one place get the identical Page object from the room (lab/hub/room.ts),
 * so what a transport makes of a page can be kept beside it. A thousand readers then
 * cost one `JSON.stringify`, and the operating system is handed the same bytes a
 * thousand times. The WeakMap lets the bytes go with the page, but for the one that was asked for last.
 */
import type { Page } from '../../wire/message.ts'

export function oncePerPage<T>(encode: (page: Page) => T): (page: Page) => T {
  const encoded = new WeakMap<Page, T>()
  // A thousand readers ask for the same page one after the other. To look it up costs each of them more than to compare.
  let last: { readonly page: Page; readonly bytes: T } | null = null
  return (page) => {
    if (last?.page === page) return last.bytes
    let bytes = encoded.get(page)
    if (bytes === undefined) {
      bytes = encode(page)
      encoded.set(page, bytes)
    }
    last = { page, bytes }
    return bytes
  }
}

/** A page as JSON text: what each transport wraps in its own framing. */
export const pageAsJson = oncePerPage((page) => JSON.stringify(page))
