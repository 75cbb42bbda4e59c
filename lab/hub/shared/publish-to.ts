/** A room's way to the shared log: a draft goes in, and the message comes back, or the log's refusal. */
import { ChatError } from '../../wire/errors.ts'
import type { ChatMessage } from '../../wire/message.ts'
import type { Outcome, Publish } from './rule.ts'
import type { SharedLog } from './shared-log.ts'

/**
 * @param bytes of the file that the draft announces
 * @throws ChatError by the promise, which a caller may leave alone
 */
export function publishTo(
  shared: Pick<SharedLog, 'submit'>,
  change: Pick<Publish, 'room' | 'draft' | 'at'>,
  bytes: Uint8Array | undefined,
): Promise<ChatMessage> {
  const file = bytes && { bytes: Buffer.from(bytes).toString('base64') }
  const published = shared.submit({ kind: 'publish', ...change, ...file }).then(messageOf)
  published.catch(() => {}) // Node ends the process for a rejection that no code handles
  return published
}

/** @throws ChatError what the log has refused */
function messageOf(outcome: Outcome): ChatMessage {
  if (outcome.kind === 'refused') throw new ChatError(outcome.code, outcome.why)
  if ('message' in outcome) return outcome.message
  throw new Error(`this is no outcome of a draft: ${outcome.kind}`)
}
