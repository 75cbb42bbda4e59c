/**
 * `POST /wires/raw`: the raw composer. A visitor has bytes of their own written on a connection to this server, and sees what comes back.
 *
 * It can go wrong in two ways. It could become a proxy: so nothing in an order says where to but the name of a lane, and the connection
 * leads in process to this server. And it could lend a visitor rights: so it is opened as from the visitor's own address, counts
 * against that one's caps, carries no credential that the visitor has not, and takes the rights that a fault for all takes
 * (docs/decisions/065-raw-composer.md).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../wire/clock.ts'
import { ChatError } from '../../../wire/errors.ts'
import { MAX_RAW_BYTES, OWN_COOKIE, RawOrderSchema } from '../../../wires/control.ts'
import { isFromHere } from '../../limits/from-here.ts'
import { clientAddress, isLoopback, type Trust, trustNone } from '../../limits/trust.ts'
import type { Lanes } from '../lanes.ts'
import { answerWith, badRequest, mustBeTeacher, orderOf } from '../orders.ts'
import type { Teacher } from '../teacher.ts'
import { exchangeRaw, type RawClient } from './raw-exchange.ts'

export interface RawRoutesOptions {
  readonly lanes: Lanes | null
  readonly teacher: Teacher
  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  readonly visitorOf: (request: FastifyRequest) => string
  readonly shutdown: AbortSignal
  readonly trust: Trust | undefined
  readonly clock: Clock
}

/** Connections at once: of one visitor, and of all. Each lasts half a minute at most. */
const MAX_OF_ONE = 2
const MAX_OF_ALL = 16
/** In base64, and what stands around it. */
const MAX_BODY_BYTES = 2 * MAX_RAW_BYTES
/** A visitor's own cookies, where an order asks for them: in a field of that name, and nowhere else. */
const COOKIE_FIELD = new RegExp(`(^|\\r\\n)(cookie: ?)${OWN_COOKIE}(?=\\r\\n)`, 'gi')

export function serveRaw(app: FastifyInstance, options: RawRoutesOptions): void {
  const { lanes, teacher, visitorOf, shutdown, trust = trustNone, clock } = options
  const open = new Map<string, number>()
  let all = 0

  app.post('/wires/raw', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    mustBeTeacher(teacher, request, 'the raw composer is')
    const visitor = visitorOf(request)
    const client = clientOf(request, visitor)
    const { lane, parts, seconds } = orderOf(RawOrderSchema, request)
    const ready = parts.map(({ bytes, ...when }) => ({ ...when, bytes: withCookie(bytes, request) }))
    const size = ready.reduce((sum, { bytes }) => sum + bytes.length, 0)
    if (size > MAX_RAW_BYTES)
      throw new ChatError(
        'too-large',
        `at most ${MAX_RAW_BYTES} bytes can be sent at once, and these are ${size}`,
      )
    return answerWith(reply, await within(visitor, () => run(lane, client, ready, seconds, reply)))
  })

  function run(
    lane: string,
    client: RawClient,
    parts: Parameters<typeof exchangeRaw>[1]['parts'],
    seconds: number,
    reply: FastifyReply,
  ) {
    let connection: number | null = null
    const socket = lanes?.connectRaw(lane, client, (id) => (connection = id))
    if (!socket) throw badRequest(whyNot(lane))
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    return exchangeRaw(socket, {
      ...{ lane, parts, listenMs: seconds * 1_000, clock },
      signal: AbortSignal.any([gone.signal, shutdown]),
      connection: () => connection,
    })
  }

  function whyNot(lane: string): string {
    if (!lanes) return 'all transports share one port here (--single-port): there is no lane to connect to'
    const known = lanes.at.map(({ name }) => name).join(', ')
    return `there is no lane ${JSON.stringify(lane)}; the lanes are ${known}, and a TCP transport’s while it listens`
  }

  /** @throws ChatError `too-many-requests` */
  async function within<T>(visitor: string, act: () => Promise<T>): Promise<T> {
    const own = open.get(visitor) ?? 0
    if (own >= MAX_OF_ONE || all >= MAX_OF_ALL)
      throw new ChatError('too-many-requests', 'too many raw connections are open: wait until one is over', {
        retryAfterS: 2,
      })
    open.set(visitor, own + 1)
    all++
    try {
      return await act()
    } finally {
      all--
      const left = open.get(visitor)! - 1
      if (left === 0) open.delete(visitor)
      else open.set(visitor, left)
    }
  }

  /**
   * From where the server sees it come. Not from an address that means more than the visitor is: a proxy on this machine that is not
   * trusted asks for anyone; and one whose address is trusted is believed when it names another.
   */
  function clientOf(request: FastifyRequest, visitor: string): RawClient {
    const address = clientAddress(request)
    if (!isFromHere(request, trust) && (isLoopback(address) || trust(address, 0)))
      throw new ChatError(
        'not-allowed',
        'this lab cannot tell from where you come: a proxy stands between that it does not trust (--trust-proxy)',
      )
    const { remotePort = 0, remoteFamily = 'IPv4' } = request.raw.socket
    return { visitor, address, port: remotePort, family: remoteFamily }
  }
}

function withCookie(base64: string, { headers }: FastifyRequest): Buffer {
  const bytes = Buffer.from(base64, 'base64')
  if (!bytes.includes(OWN_COOKIE)) return bytes
  const text = bytes.toString('latin1').replace(COOKIE_FIELD, (_all, before: string, name: string) => {
    return `${before}${name}${headers.cookie ?? ''}`
  })
  return Buffer.from(text, 'latin1')
}
