/**
 * Encode once, for all readers.
 *
 * Readers at one place get the identical Page object from the room (lab/hub/room.ts),
 * so what a transport makes of a page can be kept beside it. A thousand readers then
 * cost one `JSON.stringify`, and the operating system is handed the same bytes a
 * thousand times. The WeakMap lets the bytes go with the page.
 */
import type { Page } from '../../wire/message.ts'

export function oncePerPage<T>(encode: (page: Page) => T): (page: Page) => T {
  const encoded = new WeakMap<Page, T>()
  return (page) => {
    let bytes = encoded.get(page)
    if (bytes === undefined) {
      bytes = encode(page)
      encoded.set(page, bytes)
    }
    return bytes
  }
}

/** A page as JSON text: what each transport wraps in its own framing. */
export const pageAsJson = oncePerPage((page) => JSON.stringify(page))
