/** The timeline as a table: for those who do not see it, and for those who would rather read. */
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Mark } from '../capture/marks.ts'
import { markTime } from './layout.ts'
import { firstFrom, type Store } from './store.ts'
import { clock } from './words.ts'

/** Rows that are shown, the newest first. */
const MAX_ROWS = 60

/** @param until marks before this time: a timeline that stands still has a table that does */
export function markTable(
  store: Store,
  lanes: readonly string[],
  title: (lane: string) => string,
  open: (mark: Mark) => void,
  until: number,
) {
  const marks = store.lanes
    .flatMap(({ marks: all }) => {
      const end = firstFrom(all, until, markTime)
      return all.slice(Math.max(0, end - MAX_ROWS), end)
    })
    .sort((a, b) => b.until - a.until)
    .slice(0, MAX_ROWS)
  return html`<div class="table" tabindex="0" role="region" aria-label="The latest marks, as a table">
    <table>
      <caption>The latest ${marks.length} of ${lanes.length} ${lanes.length === 1 ? 'lane' : 'lanes'}, newest first</caption>
      <thead>
        <tr><th scope="col">Time</th><th scope="col">Lane</th><th scope="col">Way</th><th scope="col">What</th><th scope="col">Bytes</th><th scope="col">Message</th><th scope="col"><span class="sr-only">Open</span></th></tr>
      </thead>
      <tbody>
        ${repeat(
          marks,
          ({ id }) => id, // a row stays the row of its mark, wherever it moves: a click hits what it was meant for
          (mark) => html`<tr>
            <td>${clock(mark.until)}</td>
            <th scope="row">${title(mark.lane)}</th>
            <td>${mark.direction === 'toServer' ? 'to the server' : 'to the client'}</td>
            <td>${mark.label}${mark.problem === null ? nothing : html` <strong>${mark.problem}</strong>`}</td>
            <td class="number">${mark.size}</td>
            <td><bdi>${mark.text}</bdi></td>
            <td><button @click=${() => open(mark)} aria-label=${`Open the bytes of ${mark.label}, ${title(mark.lane)}`}>Bytes</button></td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
