/** Defects in where a client goes on reading when it comes back. */
import { type ClientDefect, openedWith } from './client-defect.ts'

export const sinceIgnored: ClientDefect = {
  name: 'since is ignored',
  story:
    'Each connection asks for everything, and the page is trusted to throw away what it has (phenomenon 21).',
  caughtBy: 'a reader who is up to date is told nothing old',
  wrap: (transport) => openedWith(transport, () => ({ since: null })),
}

export const startsOver: ClientDefect = {
  name: 'a reconnect begins at the start',
  story:
    'The place is kept on disk and not in memory: a reload resumes, a broken line repeats (phenomenon 9).',
  caughtBy: 'a line that is cut again and again loses and repeats nothing',
  wrap(transport) {
    let isFirst = true
    return openedWith(transport, ({ since }) => {
      const place = isFirst ? since : null
      isFirst = false
      return { since: place }
    })
  },
}
