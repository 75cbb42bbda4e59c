/** Long polling, server side: keep the request until there is a response. */
import type { FastifyReply } from 'fastify'
import type { AnswerOwner } from '../../lab/server/http/answers/held.ts'
import { countPage, JsonBody, oweAnswer, type PollAnswer } from '../../lab/server/http/answers/poll.ts'
import type { TransportMetrics } from '../../lab/server/observe/server-metrics.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { acceptPosts, cursorOf, openReader, secondsOf } from '../../lab/server/transport-kit/requests.ts'
import type { Place, Reader } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { type Stopping, shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'

/** How long a poll is held: answer before the proxies between us lose patience. */
const HOLD_S = 25

const longPolling: HttpTransport = async (app, lab) => {
  const shared: Shared = { shutdownListeners: shutdownListenersOn(lab.shutdown), metrics: lab.metrics }
  lab.metrics.readers = () => shared.shutdownListeners.size
  acceptPosts(app, lab)

  app.get('/messages', (request, reply) => {
    const holdMs = (secondsOf(request, 'wait', MAX_WAIT_S) ?? HOLD_S) * 1_000
    const reader = openReader(lab, request, holdMs)
    new HeldPoll(reply, reader, cursorOf(request), holdMs, shared)
  })
}

/** What all polls share. */
interface Shared {
  readonly shutdownListeners: Set<Stopping>
  readonly metrics: TransportMetrics
}

/** One poll, until it is answered. A class, since ten thousand wait at once: closures would be made for each. */
class HeldPoll implements AnswerOwner, Stopping {
  readonly #answer: PollAnswer
  readonly #reader: Reader
  readonly #since: Cursor | null
  readonly #shared: Shared
  readonly #place: Place
  readonly #timer: NodeJS.Timeout

  constructor(reply: FastifyReply, reader: Reader, since: Cursor | null, holdMs: number, shared: Shared) {
    this.#reader = reader
    this.#since = since
    this.#shared = shared
    // Subscribed before the first look. A message that came between a look and the subscription would lie
    // unread until the next one: the classic lost message.
    this.#place = reader.follow(
      since,
      () => this.onNews(),
      () => this.onShutdown(),
    )
    this.#answer = oweAnswer(reply, this, shared.metrics)
    this.#timer = setTimeout(timeIsUp, holdMs, this)
    shared.shutdownListeners.add(this)
    if (holdMs === 0) this.onShutdown()
    else this.onNews()
  }

  onNews(): void {
    this.#attempt(() => this.#place.next())
  }

  /** One page is the whole response. */
  onPage(page: Page): void {
    this.onClose()
    const body = asBody(page)
    this.#answer.send(body)
    countPage(page, body, this.#shared.metrics)
  }

  // No onHeartbeat: a poll that comes back in time is its own sign of life.
  /** The time is up, the server closes, or the reader may read no more: answer with what there is. */
  onShutdown(): void {
    this.#attempt(() => this.#place.next() ?? this.#reader.read(this.#since))
  }

  /** Answered, or the client has hung up. */
  onClose(): void {
    this.#place.stop()
    clearTimeout(this.#timer)
    this.#shared.shutdownListeners.delete(this)
  }

  /** An old page comes from the disk, and that can fail: where the room has called us, nothing else would catch it. */
  #attempt(read: () => Page | null): void {
    try {
      const page = read()
      if (page) this.onPage(page)
    } catch (error) {
      this.onClose()
      this.#answer.fail(error)
    }
  }
}

function timeIsUp(poll: HeldPoll): void {
  poll.onShutdown()
}

/** Readers who waited together get the same bytes. */
const asBody = oncePerPage((page) => new JsonBody(pageAsJson(page)))

export default longPolling
