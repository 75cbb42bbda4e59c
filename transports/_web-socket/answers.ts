/**
 * Which answer belongs to which draft. HTTP pairs a response with its request; on a socket, many drafts may be on their
 * way at once, and only the id of each tells which of them is answered.
 */
import { ChatError } from '../../lab/wire/errors.ts'
import type { ChatMessage } from '../../lab/wire/message.ts'

export function createAnswers() {
  const open = new Map<
    string,
    { resolve: (message: ChatMessage) => void; reject: (error: ChatError) => void }
  >()
  return {
    wait(draftId: string, stop: AbortSignal): Promise<ChatMessage> {
      return new Promise<ChatMessage>((resolve, reject) => {
        const giveUp = () => reject(ChatError.from(stop.reason))
        open.set(draftId, { resolve, reject })
        stop.addEventListener('abort', giveUp, { once: true })
        if (stop.aborted) giveUp()
      }).finally(() => open.delete(draftId))
    },
    resolve: (message: ChatMessage) => open.get(message.draftId)?.resolve(message),
    reject: (draftId: string, error: ChatError) => open.get(draftId)?.reject(error),
    rejectAll(error: ChatError) {
      for (const { reject } of open.values()) reject(error)
    },
  }
}
