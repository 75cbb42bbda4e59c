/** Defects in how a client sends, and in what it takes for an answer. */
import { TRY_MARK } from '../try-mark.ts'
import { type ClientDefect, withConnections } from './client-defect.ts'

/** Longest id of a draft, in UTF-16 code units (lab/wire/limits.ts). */
const MAX_ID_LENGTH = 64

export const newIdForEachTry: ClientDefect = {
  name: 'a new draftId for every try',
  story: 'The id is made where the request is made, so the retry has another one.',
  caughtBy: 'an answer that is lost after the hub has accepted makes no second message',
  wrap(transport) {
    const tries = new Map<string, number>()
    return withConnections(transport, (connection) => ({
      async send(draft, signal) {
        const { draftId } = draft
        const count = (tries.get(draftId) ?? 0) + 1
        tries.set(draftId, count)
        const end = count === 1 ? '' : `${TRY_MARK}${count}`
        const asSent = { ...draft, draftId: draftId.slice(0, MAX_ID_LENGTH - end.length) + end }
        const message = await connection.send(asSent, signal)
        tries.delete(draftId)
        return { ...message, draftId }
      },
    }))
  },
}

export const sentIsReceived: ClientDefect = {
  name: 'a send resolves before the hub has it',
  story: 'The bytes were handed to the network: that is taken for delivery (phenomenon 10).',
  caughtBy: 'an answer to a send is the message as it stands in the log',
  wrap: (transport) =>
    withConnections(transport, (connection) => ({
      async send(draft, signal) {
        connection.send(draft, signal).catch(() => {})
        return { ...draft, seq: 1, publishedAt: Date.now() }
      },
    })),
}
