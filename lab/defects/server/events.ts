/** Defects in how a page is written as an event (WHATWG HTML §9.2.5). */
import { pageAsJson } from '../../server/transport-kit/encode.ts'
import type { ServerDefect } from './server-defect.ts'

/** JSON with its line feeds escaped, and its carriage returns as they are: a CR ends a line of an event stream too. */
export const rawCarriageReturn: ServerDefect = {
  name: 'a carriage return in an event',
  story:
    'A server escapes line feeds in its data and forgets that a carriage return ends a line too: a text can forge events.',
  caughtBy: 'cr-in-an-event shows its defect on the side that has it',
  encode: (page) =>
    `id: ${page.cursor}\ndata: ${pageAsJson(page).replace(/\\(.)/g, (all, letter) => (letter === 'r' ? '\r' : all))}\n\n`,
}

/** Without an `id`, an EventSource has nothing to come back with. */
export const eventWithoutId: ServerDefect = {
  name: 'since is ignored',
  story: 'An event shows in the page with its data alone, so the id is left out (phenomenon 21).',
  caughtBy: 'a reader who is up to date is told nothing old',
  encode: (page) => `data: ${pageAsJson(page)}\n\n`,
}
