/** How many bytes stand in a row: sixteen, and on a phone, where those would be cut, eight. */
import { PER_ROW } from './hex-rows.ts'

/** From here on the styles of the inspector put its parts under one another, too. */
const narrow = matchMedia('(max-width: 40rem)')

export const rowLength = (): number => (narrow.matches ? PER_ROW / 2 : PER_ROW)

/** Calls `draw` when it has become another; the returned function ends it. */
export function onRowLength(draw: () => void): () => void {
  narrow.addEventListener('change', draw)
  return () => narrow.removeEventListener('change', draw)
}
