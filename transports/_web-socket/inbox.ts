/**
 * What the client half of a transport does with the frames that come on its one open connection: pages are handed on,
 * answers go to the drafts that wait for them, and an error is kept as the reason of the end that follows it.
 */
import { ChatError } from '../../lab/wire/errors.ts'
import type { Page } from '../../lab/wire/message.ts'
import type { ServerFrame } from '../_formats/chat-frames.ts'
import { createAnswers } from './answers.ts'
import { createAsyncQueue } from './async-queue.ts'

/** @param onHeartbeat called for each: the server wants to hear from its reader */
export function createInbox(onHeartbeat: () => void) {
  const pages = createAsyncQueue<Page>()
  const answers = createAnswers()
  let lastWord: ChatError | null = null

  return {
    pages,
    answers,
    /** Why the server ends the connection, if it has said so. */
    get lastWord(): ChatError | null {
      return lastWord
    },
    /** @param frame null for one of a kind that this client does not know */
    take(frame: ServerFrame | null): void {
      if (frame?.type === 'page') pages.put(frame.page)
      else if (frame?.type === 'heartbeat') onHeartbeat()
      else if (frame?.type === 'accepted') answers.resolve(frame.message)
      else if (frame?.type === 'rejected')
        answers.reject(frame.draftId, new ChatError(frame.code, frame.message, frame))
      else if (frame?.type === 'error') lastWord = new ChatError(frame.code, frame.message, frame)
    },
    /** Nothing more will come. */
    fail(error: ChatError): void {
      pages.fail(error)
      answers.rejectAll(error)
    },
  }
}
