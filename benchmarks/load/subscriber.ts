/**
 * One subscriber: a socket, a reader that knows what to say on it, and a scanner that looks for stamps.
 *
 * Thousands of these must cost the load process less than the server spends on them. So there
 * is one receive buffer for all (a socket is never read while another's bytes are looked at), and
 * nothing is parsed but what the reader must answer.
 */
import { connect, type Socket } from 'node:net'
import type { HeaderStyle } from '../../lab/client/load/reader.ts'
import { createScanner, nowNs } from '../measure/stamps.ts'
import type { Subject } from '../subjects/subject.ts'

export interface SubscriberOptions {
  readonly port: number
  readonly since: string
  readonly headers: HeaderStyle
  readonly pollMs: number
  readonly phase: number
  readonly resume: boolean
}

/** Whom a subscriber tells what happens to it. */
export interface SubscriberEvents {
  delivered(subscriber: Subscriber, scheduledNs: number, number: number): void
  ready(subscriber: Subscriber): void
  asked(): void
  broke(): void
  failed(why: string): void
}

export interface Subscriber {
  readonly startedNs: number
  /** The number of the last message; 0 before the first. */
  last: number
  readonly bytesIn: number
  readonly bytesOut: number
  close(): void
}

const received = Buffer.allocUnsafeSlow(256 * 1024)

/** A connection that was cut comes back after this long, for at most so many times. */
const RETRY_MS = 20
const MOST_RETRIES = 200

export function subscribe(
  subject: Subject,
  options: SubscriberOptions,
  events: SubscriberEvents,
): Subscriber {
  let socket: Socket
  let isClosed = false
  let isReady = false
  let retries = 0
  let timer: NodeJS.Timeout | null = null
  // Of connections that are gone.
  let bytesIn = 0
  let bytesOut = 0

  const scan = createScanner((scheduledNs, number) => events.delivered(subscriber, scheduledNs, number))
  const reading = subject.read({
    ...options,
    write: (bytes) => void socket.write(bytes),
    ask(request) {
      events.asked()
      socket.write(request)
    },
    ready() {
      retries = 0
      if (isReady) return
      isReady = true
      events.ready(subscriber)
    },
    later(ms, act) {
      timer = setTimeout(act, ms)
    },
    scan,
    fail: events.failed,
  })
  const subscriber: Subscriber = {
    startedNs: nowNs(),
    last: 0,
    get bytesIn() {
      return bytesIn + (socket.bytesRead ?? 0)
    },
    get bytesOut() {
      return bytesOut + (socket.bytesWritten ?? 0)
    },
    close() {
      isClosed = true
      if (timer) clearTimeout(timer)
      // A reset leaves no TIME_WAIT behind: ten thousand of those, run after run, use up the ports.
      socket.resetAndDestroy()
    },
  }

  function open(): void {
    const mine = connect({
      port: options.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: received,
        callback(length, buffer) {
          const bytes = (buffer as Buffer).subarray(0, length)
          if (!subject.packed) scan(bytes)
          reading.take(bytes)
          return true
        },
      },
    })
    socket = mine
    mine.on('connect', () => reading.begin())
    mine.on('error', () => {}) // 'close' follows
    mine.on('close', () => {
      bytesIn += mine.bytesRead
      bytesOut += mine.bytesWritten
      if (!isClosed) comeBack()
    })
  }

  function comeBack() {
    if (timer) clearTimeout(timer)
    events.broke()
    if (!options.resume) return events.failed('the server closed a connection in the middle of a measurement')
    if (++retries > MOST_RETRIES) return events.failed('the server takes no connections any more')
    timer = setTimeout(open, retries === 1 ? 0 : RETRY_MS)
  }

  open()
  return subscriber
}
