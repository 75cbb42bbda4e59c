/** One try of auto: a connection by one of the transports, opened within a time limit and shown to work. */
import { pause } from '../../lab/client/platform.ts'
import type { Connection, OpenOptions, Transport } from '../../lab/client/transport.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { Page } from '../../lab/wire/message.ts'

/** One of the transports that are chosen from. */
export interface Way {
  readonly name: string
  /** Fetches its code: a page that never needs it never loads it. */
  load(): Promise<Transport>
  /** `first bytes` for a stream: a proxy that holds back its body may pass its head on, so the head proves nothing. */
  readonly provenBy: 'opening' | 'first bytes'
}

/** A connection by one of the ways. */
export interface Link {
  /** The number of the way; 0 is the best. */
  readonly way: number
  readonly connection: Connection
  /** By the client's clock, in milliseconds. */
  readonly openedAt: number
  /** The page that comes next. It has been asked for already, so a switch can wait for it and for something else. */
  readonly next: Promise<IteratorResult<Page>>
  /** The last page has been taken: asks for the one after. */
  ask(): void
  /** Hangs up. */
  close(why: string): void
}

/**
 * Opens a connection by one way.
 *
 * @param limitMs how long that may take; null for as long as the caller waits
 * @throws ChatError `silent` when it does not open in time, or what the transport throws
 */
export async function openBy(
  way: number,
  { name, load, provenBy }: Way,
  options: OpenOptions,
  limitMs: number | null,
): Promise<Link> {
  const { clock } = options.platform
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const cancel = limitMs === null ? () => {} : clock.after(limitMs, () => stop.abort(tooLate(limitMs)))
  let prove = () => {}
  const proof = new Promise<void>((resolve) => (prove = resolve))
  try {
    const transport = await orAbort(signal, load())
    const opening = transport.open({
      ...options,
      baseUrl: under(name, options.baseUrl),
      signal,
      onActivity(quietMs) {
        prove()
        options.onActivity(quietMs)
      },
      pause: (ms) => pause(clock, ms, signal),
    })
    const connection = await orAbort(signal, opening)
    const pages = connection[Symbol.asyncIterator]()
    let next = askForPage()
    if (provenBy === 'first bytes') await orAbort(signal, Promise.race([proof, next]))
    return {
      way,
      connection,
      openedAt: clock.now(),
      get next() {
        return next
      },
      ask() {
        next = askForPage()
      },
      close: (why) => stop.abort(new ChatError('closed', why)),
    }

    function askForPage(): Promise<IteratorResult<Page>> {
      const page = pages.next()
      page.catch(() => {}) // after a switch, no caller waits for it any more
      return page
    }
  } catch (thrown) {
    const error = ChatError.from(signal.aborted ? signal.reason : thrown)
    stop.abort(error)
    throw error
  } finally {
    cancel()
  }
}

const tooLate = (limitMs: number) => new ChatError('silent', `did not open within ${limitMs / 1_000} s`)

/** The same room under another transport. */
export const under = (name: string, { href }: URL): URL =>
  new URL(href.replace(/\/transports\/[^/]+(?=\/rooms\/[^/]+\/$)/, `/transports/${name}`))

/** What `promise` brings, unless the signal aborts before: a transport's code may hang, too. */
function orAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
