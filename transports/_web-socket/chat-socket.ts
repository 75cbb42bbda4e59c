/**
 * The client half of every transport that speaks WebSocket: open once, then both sides talk when they please.
 *
 * The browser does the handshake, the frames and the masks; only the server can be written by hand.
 */
import { request, urlSince } from '../../lab/client/http.ts'
import type { OpenOptions, Transport } from '../../lab/client/transport.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { type ClientFrame, parseServerFrame } from '../_formats/chat-frames.ts'
import { createInbox } from './inbox.ts'

export function chatSocket(): Transport {
  return {
    async open(options) {
      const { baseUrl, clientId, since, signal, platform, onActivity } = options
      signal.throwIfAborted()
      const url = urlSince('socket', { baseUrl, clientId }, since)
      url.protocol = url.protocol.replace('http', 'ws')
      const socket = new platform.WebSocket(url)
      const inbox = createInbox(answerHeartbeat)

      socket.addEventListener('message', ({ data }) => {
        onActivity()
        try {
          inbox.take(parseServerFrame(String(data)))
        } catch (thrown) {
          over(ChatError.from(thrown, 'bad-answer'))
          socket.close(4000, 'unreadable frame')
        }
      })
      socket.addEventListener('close', ({ code, reason }) => {
        over(inbox.lastWord ?? new ChatError('unreachable', describe(code, reason)))
      })
      signal.addEventListener('abort', hangUp)

      /** Not by a timer of our own, which a browser slows down to one call a minute in a page that is hidden. */
      function answerHeartbeat(): void {
        if (clientId !== null) say({ type: 'here' })
      }
      function say(frame: ClientFrame): void {
        // While it closes a browser would throw the frame away and complain; the end that follows fails all who wait.
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
      }
      function hangUp(): void {
        over(ChatError.from(signal.reason))
        socket.close(1000)
      }
      function over(error: ChatError): void {
        signal.removeEventListener('abort', hangUp)
        inbox.fail(error)
      }

      await new Promise<void>((resolve, reject) => {
        socket.addEventListener('open', resolve)
        socket.addEventListener('error', () => void whyNot(options).then(reject))
        signal.addEventListener('abort', () => reject(ChatError.from(signal.reason)), { once: true })
      })
      return {
        send(draft, stop) {
          say({ type: 'send', draft })
          return inbox.answers.wait(draft.draftId, stop)
        },
        renewPresence({ leaving, ...update }) {
          if (leaving) return // to hang up by 1000 says it
          say({ type: 'here', ...update })
        },
        [Symbol.asyncIterator]: () => inbox.pages[Symbol.asyncIterator](),
      }
    },
  }
}

/**
 * Why the socket did not open. A browser keeps from scripts what a handshake was answered, or pages could find
 * out with it what other servers are there. So the same is asked again without the offer to upgrade: a reader that
 * would have been let in is told to upgrade (426), and any other is told why not.
 */
async function whyNot({ baseUrl, since, signal, platform }: OpenOptions): Promise<ChatError> {
  try {
    await request({ platform }, urlSince('socket', { baseUrl, clientId: null }, since), { signal })
  } catch (thrown) {
    const error = ChatError.from(thrown)
    if (error.code !== 'upgrade-required') return error
  }
  return new ChatError('unreachable', 'the server is there, but the socket did not open')
}

/** Close codes a reader will meet, in words (RFC 6455 §7.4.1). */
function describe(code: number, reason: string): string {
  if (code === 1001) return 'the server is going away'
  if (code === 1006) return 'the connection broke without a close frame (1006)'
  return `the server closed the socket: ${code} ${reason}`.trim()
}
