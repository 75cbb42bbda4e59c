/**
 * Plain TCP: connect, say hello, then lines both ways. For programs; a page cannot open a TCP connection.
 *
 * The base URL's host and port are those of `npm start -- --listen tcp=PORT`, and its last part is the room.
 */
import type { TcpSocketLike } from '../../lab/client/platform.ts'
import type { OpenOptions, Transport } from '../../lab/client/transport.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { type ClientFrame, parseServerFrame } from '../_formats/chat-frames.ts'
import { createInbox } from '../_web-socket/inbox.ts'
import { asLine, LineReader } from './lines.ts'

/** Longest line that is read, in bytes: a page is at most 128 KiB, unless a single message is longer. */
const MAX_LINE_BYTES = 1024 * 1024

export default function tcp(): Transport {
  return {
    async open(options) {
      const { clientId, signal, onActivity } = options
      signal.throwIfAborted()
      const socket = connect(options)
      const lines = new LineReader(MAX_LINE_BYTES)
      const inbox = createInbox(() => say({ type: 'here' }))
      const opened = deferred()
      let isOpen = false

      socket.on('connect', () => socket.write(asLine(helloOf(options))))
      socket.on('data', (bytes) => {
        onActivity()
        try {
          for (const line of lines.take(bytes)) take(line)
        } catch (thrown) {
          over(ChatError.from(thrown, 'bad-answer'))
          socket.destroy()
        }
      })
      socket.on('error', (error) => over(ChatError.from(error)))
      socket.on('close', () =>
        over(inbox.lastWord ?? new ChatError('unreachable', 'the connection has ended')),
      )
      signal.addEventListener('abort', hangUp)

      function take(line: string): void {
        if (!line.startsWith('{')) return // for people
        if (line === OPEN) {
          isOpen = true
          opened.resolve()
          return
        }
        inbox.take(parseServerFrame(line))
      }
      function say(frame: ClientFrame): void {
        socket.write(asLine(frame))
      }
      /** After this turn, so that a reader who leaves can still say so; see `renewPresence`. */
      function hangUp(): void {
        over(ChatError.from(signal.reason))
        if (isOpen) queueMicrotask(() => socket.destroySoon())
        else socket.destroy()
      }
      function over(error: ChatError): void {
        signal.removeEventListener('abort', hangUp)
        opened.reject(error)
        inbox.fail(error)
      }

      await opened.promise
      return {
        send(draft, stop) {
          say({ type: 'send', draft })
          return inbox.answers.wait(draft.draftId, stop)
        },
        renewPresence({ leaving, ...update }) {
          if (leaving) socket.write(BYE)
          else if (clientId !== null) say({ type: 'here', ...update })
        },
        [Symbol.asyncIterator]: () => inbox.pages[Symbol.asyncIterator](),
      }
    },
  }
}

function connect({ platform, baseUrl }: OpenOptions): TcpSocketLike {
  if (!platform.connectTcp) throw new ChatError('closed', 'a browser cannot open a TCP connection')
  return platform.connectTcp({ host: baseUrl.hostname.replace(/^\[|\]$/g, ''), port: Number(baseUrl.port) })
}

/** Who we are goes into the first line: there are no headers and no cookies. */
function helloOf({ platform, baseUrl, since, clientId }: OpenOptions): object {
  const room = decodeURIComponent(baseUrl.pathname.split('/').filter(Boolean).at(-1) ?? '')
  return { type: 'hello', room, since, clientId, token: platform.token ?? null }
}

function deferred() {
  let resolve = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const OPEN = JSON.stringify({ type: 'open' })
const BYE = asLine({ type: 'bye' })
