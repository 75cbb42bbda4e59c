/**
 * `POST /wires/crowd`: a thousand tabs of one transport wake at once, and the answer says what that took.
 *
 * It can be a weapon and a way in. So it takes the rights that a fault for all takes, is one at a time, and is bounded in tabs and time; an
 * order names a transport and a number, and nothing of what the tabs send or where to. They read a room of their own, which is
 * in memory only, and come from addresses that no client has (RFC 3849): they have no right of this machine's and take no
 * visitor's place among connections (docs/decisions/072-a-crowd-in-process.md).
 */
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Hub } from '../../../hub/hub.ts'
import type { Clock } from '../../../wire/clock.ts'
import { ChatError } from '../../../wire/errors.ts'
import type { Cursor } from '../../../wire/message.ts'
import { CrowdOrderSchema } from '../../../wires/control.ts'
import type { Client } from '../../../wires/listener.ts'
import type { SecureServer } from '../../tls/secure-server.ts'
import { type Announced, createInnerPort, lookLike } from '../inner-port.ts'
import { answerWith, badRequest, mustBeTeacher, orderOf } from '../orders.ts'
import type { Teacher } from '../teacher.ts'
import { type CrowdReader, wakeCrowd } from './crowd.ts'

export interface CrowdRoutesOptions {
  readonly hub: Hub
  readonly teacher: Teacher
  /** Serves what is no longer encrypted; undefined without TLS. */
  readonly secure: Pick<SecureServer, 'serveDecrypted'> | undefined
  /** How a transport is read, and under which name; null for one that cannot be. */
  readonly readerOf: (lane: string) => Promise<{ readonly name: string; readonly read: CrowdReader } | null>
  readonly shutdown: AbortSignal
  readonly clock: Clock
}

/** What is said while they sleep. */
const SAID = 10

interface Tab extends Announced {
  readonly address: string
}

export function serveCrowd(app: FastifyInstance, options: CrowdRoutesOptions): void {
  const { hub, teacher, secure, readerOf, shutdown, clock } = options
  const room = `_crowd-${randomBytes(9).toString('hex')}`
  let isRunning = false
  let isListening = false
  let crowds = 0
  const portOf = () => (app.server.address() as AddressInfo).port

  const inner = createInnerPort<Tab>((socket, { address }) => {
    lookLike(socket, { address, port: 1_024, family: 'IPv6', isSecure: secure !== undefined }, portOf())
    secure?.serveDecrypted(socket, PLAIN)
    app.server.emit('connection', socket)
  })
  app.addHook('onClose', async () => inner.close())

  app.post('/wires/crowd', async (request, reply) => {
    mustBeTeacher(teacher, request, 'a crowd is')
    const { lane, tabs } = orderOf(CrowdOrderSchema, request)
    const reader = await readerOf(lane)
    if (!reader) throw badRequest(`there is no lane ${JSON.stringify(lane)} of which tabs can be simulated`)
    if (isRunning)
      throw new ChatError('too-many-requests', 'a crowd is awake already: wait until it is through', {
        retryAfterS: 5,
      })
    isRunning = true
    try {
      if (!isListening) await inner.listen()
      isListening = true
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const since = endOf()
      const mark = await saySomething()
      const result = await wakeCrowd({
        ...{ tabs, since, mark, clock, read: reader.read },
        path: `/transports/${reader.name}/rooms/${room}/`,
        ...{ port: portOf(), isSecure: secure !== undefined },
        connect: (tab) => inner.connect({ address: addressOf(tab), onServed() {} }),
        signal: AbortSignal.any([gone.signal, shutdown]),
      })
      return answerWith(reply, result)
    } finally {
      isRunning = false
    }
  })

  function endOf(): Cursor {
    let page = hub.room(room).read(null)
    while (page.more) page = hub.room(room).read(page.cursor)
    return page.cursor
  }

  /** @returns what the last of it says, and nothing before it */
  async function saySomething(): Promise<string> {
    const crowd = ++crowds
    const mark = (n: number) => `${room} ${crowd} ${n} of ${SAID} while you slept`
    for (let n = 1; n <= SAID; n++)
      await hub.room(room).publish({ draftId: `${crowd}-${n}`, author: 'lab', text: mark(n) })
    return mark(SAID)
  }
}

/** Of the tab's own. The prefix is reserved for documentation (RFC 3849). */
const addressOf = (tab: number) => `2001:db8:0:${tab.toString(16)}::1`

/** What the lab's own connections speak. */
const PLAIN: Client['onceAgreed'] = (action) => action('http/1.1')
