/** What a polling reader makes of an answer: where to go on, and whether there is more to be had at once. */

import { lastCursor } from './cursors.ts'
import { createAnswerReader } from './http-answers.ts'
import type { ReaderContext } from './reader.ts'

/** Stands in a page behind its messages and its cursor. */
const MORE = '"more":true'

export function createPageReader(context: ReaderContext, turned: (cursor: string, more: boolean) => void) {
  return createAnswerReader(({ status, body }) => {
    const found = status === 200 ? lastCursor(body) : null
    if (!found) return context.fail(`a poll was answered with ${status} ${body.toString('latin1', 0, 200)}`)
    turned(found.cursor, body.indexOf(MORE, found.end) >= 0)
  }, context.fail)
}
