/**
 * The outbox: what was written stays here until the server has it.
 *
 * One draft is on its way at a time, so that order is kept. When the response is lost, the client
 * cannot know whether the draft arrived. So it sends the same draft again, with the same `draftId`,
 * and the hub makes one message of it.
 */
import { ChatError } from '../wire/errors.ts'
import { MAX_NAME_LENGTH, MAX_TEXT_BYTES } from '../wire/limits.ts'
import type { ChatMessage, Draft } from '../wire/message.ts'
import { backoff, retryAfterMs } from './backoff.ts'
import { type Platform, pause } from './platform.ts'
import type { Connection } from './transport.ts'

/** More than a person writes while offline; a program that writes on blindly is told to stop. */
const MAX_UNSENT = 1_000
/**
 * How often something in between may say no to one message, on a line that stands. It may be a portal, and then the
 * line breaks too; or a filter that dislikes the very words, and then all that was written later would wait for ever.
 */
const MAX_REFUSALS = 5
/** An answer that takes longer is given up, and the draft is sent again. */
const ANSWER_MS = 10_000

export interface Outbox {
  readonly unsent: number
  /**
   * Resolves when the hub has accepted the draft, however often that had to be tried.
   *
   * @throws ChatError when the hub refuses it, `outbox-full`, or `closed`
   */
  put(draft: Draft): Promise<ChatMessage>
  /**
   * Call it when a connection has opened: what is waiting goes out by it. Call what it returns
   * when that connection is gone: what is waiting then waits on.
   */
  open(connection: Connection): () => void
  /** Rejects all that is waiting. @param why as its writer is told */
  close(why?: ChatError): void
}

interface Letter {
  readonly draft: Draft
  readonly resolve: (message: ChatMessage) => void
  readonly reject: (error: ChatError) => void
}

export function createOutbox({ clock, random }: Pick<Platform, 'clock' | 'random'>): Outbox {
  const letters: Letter[] = []
  /** The round of sending that is under way; aborted when its connection is gone. */
  let round: { readonly connection: Connection; readonly stop: AbortController; busy: boolean } | null = null
  let isClosed = false

  async function sendAll(): Promise<void> {
    const current = round
    if (!current || current.busy) return
    current.busy = true
    const { connection, stop } = current
    for (let attempt = 0; letters.length > 0 && !stop.signal.aborted; ) {
      const letter = letters[0]!
      try {
        const message = await withinTime(stop.signal, (signal) => connection.send(letter.draft, signal))
        if (letters[0] === letter) letters.shift()
        letter.resolve(message)
        attempt = 0
      } catch (thrown) {
        if (stop.signal.aborted) break
        const error = ChatError.from(thrown)
        // Not before the server wants it, and then not all of its clients in the same instant.
        const waitMs = retryAfterMs(error) + backoff(attempt++, random)
        const isJudged = error.code === 'refused' && attempt >= MAX_REFUSALS
        if (error.retryable && !isJudged) await pause(clock, waitMs, stop.signal)
        else letters.shift()?.reject(error)
      }
    }
    current.busy = false
  }

  async function withinTime<T>(stop: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const time = new AbortController()
    const cancel = clock.after(ANSWER_MS, () =>
      time.abort(new ChatError('silent', 'no answer to what was sent')),
    )
    try {
      return await act(AbortSignal.any([stop, time.signal]))
    } finally {
      cancel()
    }
  }

  function end(one: typeof round): void {
    one?.stop.abort(new ChatError('unreachable', 'the connection is gone'))
    if (round === one) round = null
  }

  return {
    get unsent() {
      return letters.length
    },
    put(draft) {
      return new Promise((resolve, reject) => {
        if (isClosed) return reject(new ChatError('closed', 'the client was closed'))
        if (letters.length >= MAX_UNSENT) {
          return reject(new ChatError('outbox-full', `${MAX_UNSENT} messages are waiting to be sent`))
        }
        if (isBeyondSending(draft)) {
          return reject(new ChatError('too-large', `text must be at most ${MAX_TEXT_BYTES} bytes of UTF-8`))
        }
        letters.push({ draft, resolve, reject })
        void sendAll()
      })
    },
    open(connection) {
      const mine = { connection, stop: new AbortController(), busy: false }
      end(round)
      round = mine
      void sendAll()
      return () => end(mine)
    },
    close(why = new ChatError('closed', 'the client was closed')) {
      isClosed = true
      end(round)
      for (const { reject } of letters.splice(0)) reject(why)
    },
  }
}

/**
 * Whether a server would hang up in the middle of this draft (MAX_DRAFT_BYTES) and not answer it.
 * We would take that for a broken line, and offer it again for ever, with everything else waiting
 * behind it. A code unit is at least one byte of UTF-8, so this refuses nothing that fits.
 */
function isBeyondSending({ draftId, author, text }: Draft): boolean {
  return draftId.length + author.length + text.length > MAX_TEXT_BYTES + 2 * MAX_NAME_LENGTH
}
