/** Defects in how a client tells a quiet line from a dead one, and in what it does when a try fails. */
import { backoffBound } from '../../client/backoff.ts'
import { ChatError } from '../../wire/errors.ts'
import { shownByPitfall } from '../said.ts'
import { type ClientDefect, openedWith, withConnections } from './client-defect.ts'

/** Longer than any page is open, and no more than a timer can wait (2³¹ ms). */
const FOR_EVER_MS = 2_000_000_000

export const openIsBelieved: ClientDefect = {
  name: 'a socket that says open is believed',
  story:
    'The state says OPEN and no error has come, so nothing asks when anything was heard last (phenomenon 25).',
  caughtBy: 'a line that died without a word is noticed, and left for a new one',
  wrap: (transport) =>
    withConnections(
      openedWith(transport, ({ onActivity }) => ({ onActivity: () => onActivity(FOR_EVER_MS) })),
      (connection, { onActivity }) => ({
        async *[Symbol.asyncIterator]() {
          onActivity(FOR_EVER_MS)
          for await (const page of connection) {
            yield page
            onActivity(FOR_EVER_MS) // the client itself has taken the page for a sign of life meanwhile
          }
        },
      }),
    ),
}

export const deafToComments: ClientDefect = {
  name: 'heartbeats that a script cannot see',
  story:
    'They are comments, and an EventSource hands none to its page: a quiet stream looks dead (phenomenon 19).',
  caughtBy: shownByPitfall('invisible-heartbeats'),
  wrap: (transport) => openedWith(transport, () => ({ onActivity() {} })),
}

export const oneFailureIsTheEnd: ClientDefect = {
  name: 'one failed try is the end',
  story:
    'It reconnects by itself, it is said; but one answer that is no stream ends an EventSource for good (phenomenon 17).',
  caughtBy: shownByPitfall('gives-up'),
  wrap: (transport) => ({
    async open(options) {
      try {
        return await transport.open(options)
      } catch (thrown) {
        if (options.signal.aborted) throw thrown
        const { message } = ChatError.from(thrown)
        throw new ChatError('closed', `this client takes one failed try for the end: ${message}`)
      }
    },
  }),
}

export const withoutJitter: ClientDefect = {
  name: 'a herd comes back',
  story: 'All clients that lost a server in one moment wait for the same time, and come back in one moment.',
  caughtBy: 'herd shows its defect on the side that has it',
  wrap: (transport) => transport,
  backoffMs: backoffBound,
}
