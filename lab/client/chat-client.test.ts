import { describe, expect, it } from 'vitest'
import { createManualClock, settle } from '../verify/kit/manual-clock.ts'
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Draft, Page } from '../wire/message.ts'
import { type Here, type PresenceUpdate, RETYPE_MS } from '../wire/presence.ts'
import { createChatClient } from './chat-client.ts'
import { createSignals } from './signals.ts'
import type { OpenOptions, Transport } from './transport.ts'

/** One connection as the test plays it: pages are pushed, breaks are made, drafts are answered by hand. */
interface Played {
  readonly options: OpenOptions
  readonly updates: PresenceUpdate[]
  readonly sent: { readonly draft: Draft; accept(): void; refuse(error: ChatError): void }[]
  deliver(page: Page): Promise<void>
  breakOff(error?: ChatError): Promise<void>
}

function createFixture({ random = () => 0.5, silenceMs = 30_000, clientId = '' } = {}) {
  const clock = createManualClock()
  const signals = createSignals()
  const connections: Played[] = []
  let refuseOpen: ChatError | null = null
  let hangOpen = false
  const silence = { ms: silenceMs }

  const transport: Transport = {
    async open(options) {
      if (refuseOpen) throw refuseOpen
      if (hangOpen)
        await new Promise((_, reject) =>
          options.signal.addEventListener('abort', () => reject(options.signal.reason)),
        )
      const pages: (Page | ChatError | null)[] = []
      let wake = () => {}
      const push = async (item: Page | ChatError | null) => {
        pages.push(item)
        wake()
        await settle()
      }
      const played: Played = {
        options,
        updates: [],
        sent: [],
        deliver: push,
        breakOff: (error) => push(error ?? null),
      }
      connections.push(played)
      options.signal.addEventListener('abort', () => void push(ChatError.from(options.signal.reason)))
      return {
        send: (draft, signal) =>
          new Promise<ChatMessage>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
            played.sent.push({
              draft,
              accept: () => resolve({ ...draft, seq: 1, publishedAt: 0 }),
              refuse: reject,
            })
          }),
        renewPresence: (update) => void played.updates.push(update),
        async *[Symbol.asyncIterator]() {
          for (;;) {
            while (pages.length === 0) await new Promise<void>((resolve) => (wake = resolve))
            const next = pages.shift()!
            if (next === null) return
            if (next instanceof ChatError) throw next
            yield next
          }
        },
      }
    },
  }
  const client = createChatClient(transport, {
    baseUrl: new URL('http://lab.test/'),
    author: 'ada',
    get silenceMs() {
      return silence.ms
    },
    ...(clientId && { presence: { clientId } }),
    platform: { fetch, WebSocket: class {} as never, clock, random, signals },
  })
  const texts: string[] = []
  const states: string[] = []
  client.onMessage(({ text }) => texts.push(text))
  client.onState(({ status }) => states.push(status))
  return {
    clock,
    signals,
    client,
    connections,
    silence,
    texts,
    states,
    last: () => connections.at(-1)!,
    refuseToOpen: (error: ChatError | null) => {
      refuseOpen = error
    },
    hangWhileOpening: () => {
      hangOpen = true
    },
  }
}

const page = (...seqs: number[]): Page => ({
  messages: seqs.map((seq) => ({ seq, draftId: `d${seq}`, author: 'bob', text: `m${seq}`, publishedAt: 0 })),
  cursor: `e:${seqs.at(-1)}` as Cursor,
  gap: false,
  more: false,
})
const unreachable = new ChatError('unreachable', 'gone')

describe('state', () => {
  it('goes from idle over connecting to open, once, however often connect is called', async () => {
    const { client, states, connections } = createFixture()
    expect(client.state).toEqual({ status: 'idle' })
    client.connect()
    client.connect()
    await settle()
    client.connect()
    expect(states).toEqual(['connecting', 'open'])
    expect(connections).toHaveLength(1)
  })

  it('says how long it waits and why', async () => {
    const { client, last } = createFixture()
    client.connect()
    await settle()
    await last().breakOff(unreachable)
    expect(client.state).toEqual({ status: 'waiting', retryInMs: 250, upToMs: 500, cause: unreachable })
  })

  it('ends for good when the server says no', async () => {
    const { client, refuseToOpen, clock } = createFixture()
    const no = new ChatError('bad-room', 'no such name')
    refuseToOpen(no)
    client.connect()
    await settle()
    expect(client.state).toEqual({ status: 'closed', cause: no })
    expect(clock.alarms).toBe(0)
  })
})

describe('reconnecting', () => {
  it('resumes where reading stopped', async () => {
    const { client, last, clock, texts } = createFixture()
    client.connect()
    await settle()
    expect(last().options.since).toBeNull()
    await last().deliver(page(1, 2))
    await last().breakOff()
    await clock.pass(250)
    expect(last().options.since).toBe('e:2')
    await last().deliver(page(3))
    expect(texts).toEqual(['m1', 'm2', 'm3'])
    expect(client.figures).toMatchObject({ reconnects: 1, duplicates: 0, lost: 0 })
  })

  it('waits longer after each failure', async () => {
    const { client, refuseToOpen, clock } = createFixture()
    refuseToOpen(unreachable)
    const waits: number[] = []
    client.onState((state) => state.status === 'waiting' && waits.push(state.retryInMs))
    client.connect()
    await clock.pass(20_000)
    expect(waits.slice(0, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 7_500])
  })

  it.each([
    ['in the words of the lab', new ChatError('too-many-connections', 'full', { retryAfterS: 5 }), 5_250],
    ['by a proxy', new ChatError('unreachable', 'busy', { retryAfterS: 5 }), 5_250],
    [
      'for an hour, which is cut to a minute',
      new ChatError('unreachable', 'busy', { retryAfterS: 3_600 }),
      60_250,
    ],
  ])('waits as long as it was asked to, %s, and a little longer', async (_how, error, waitMs) => {
    const { client, refuseToOpen, connections, clock } = createFixture()
    refuseToOpen(error)
    client.connect()
    await settle()
    expect(client.state).toMatchObject({ status: 'waiting', retryInMs: waitMs, upToMs: waitMs + 250 })
    refuseToOpen(null)
    await clock.pass(waitMs - 1)
    expect(connections).toHaveLength(0)
    await clock.pass(1)
    expect(client.state.status).toBe('open')
  })

  it('does not take a server that accepts and then drops for a healthy one', async () => {
    const { client, last, clock } = createFixture()
    const waits: number[] = []
    client.onState((state) => state.status === 'waiting' && waits.push(state.retryInMs))
    client.connect()
    await settle()
    for (let i = 0; i < 3; i++) {
      await last().breakOff()
      await clock.pass(waits.at(-1)!)
    }
    expect(waits).toEqual([250, 500, 1_000])
    await clock.pass(5_000)
    await last().breakOff()
    expect(waits.at(-1)).toBe(250)
  })
})

describe('what the machine says of its network', () => {
  const openAfter = async (fixture: ReturnType<typeof createFixture>) => {
    fixture.client.connect()
    await settle()
    expect(fixture.client.state.status).toBe('open')
  }

  it('is believed at once: a line that has no network is given up, not taken for a quiet one', async () => {
    const fixture = createFixture()
    await openAfter(fixture)
    fixture.refuseToOpen(unreachable)
    fixture.signals.tell('offline')
    await settle()
    expect(fixture.client.state).toMatchObject({ status: 'waiting', cause: { code: 'offline' } })
    expect(fixture.last().options.signal.aborted).toBe(true)
    await fixture.clock.pass(45_000)
    expect(fixture.client.state).toMatchObject({ status: 'waiting', cause: { code: 'offline' } })
  })

  it('ends a wait of many seconds when the network is back, and the wait begins small again', async () => {
    const fixture = createFixture()
    await openAfter(fixture)
    fixture.refuseToOpen(unreachable)
    fixture.signals.tell('offline')
    await fixture.clock.pass(45_000)
    fixture.signals.tell('online')
    await settle()
    expect(fixture.client.state).toMatchObject({ retryInMs: 250, cause: unreachable })
    fixture.refuseToOpen(null)
    fixture.signals.tell('online')
    await settle()
    expect(fixture.client.state.status).toBe('open')
  })

  it('is said of a line that was waiting already', async () => {
    const fixture = createFixture()
    fixture.refuseToOpen(unreachable)
    fixture.client.connect()
    await settle()
    fixture.signals.tell('offline')
    expect(fixture.client.state).toMatchObject({ status: 'waiting', cause: { code: 'offline' } })
  })

  it('does not keep a server on the same machine from being reached without a network', async () => {
    const fixture = createFixture()
    await openAfter(fixture)
    fixture.signals.tell('offline')
    await fixture.clock.pass(250)
    expect(fixture.client.state.status).toBe('open')
  })

  it('and that the page is back makes a waiting line try at once, and leaves an open one alone', async () => {
    const fixture = createFixture()
    await openAfter(fixture)
    fixture.signals.tell('back')
    await settle()
    expect(fixture.connections).toHaveLength(1)
    await fixture.last().breakOff()
    fixture.signals.tell('back')
    await settle()
    expect(fixture.client.state.status).toBe('open')
    expect(fixture.connections).toHaveLength(2)
  })

  it('wakes no listener that unsubscribed, and is heard no more after that', async () => {
    const fixture = createFixture()
    await openAfter(fixture)
    fixture.client.disconnect()
    fixture.signals.tell('back')
    fixture.signals.tell('online')
    await settle()
    expect(fixture.client.state.status).toBe('idle')
    expect(fixture.connections).toHaveLength(1)
  })
})

describe('a person who will not wait', () => {
  it('has the next try at once, and no other than that', async () => {
    const { client, last, connections, clock } = createFixture()
    client.connect()
    await settle()
    client.retry()
    await last().breakOff()
    client.retry()
    await settle()
    expect(client.state.status).toBe('open')
    client.retry()
    await clock.pass(10_000)
    expect(connections).toHaveLength(2)
  })
})

describe('silence', () => {
  it('gives up a line that has died without a word, and comes back', async () => {
    const { client, clock, connections } = createFixture()
    client.connect()
    await clock.pass(29_999)
    expect(client.state.status).toBe('open')
    await clock.pass(1)
    expect(client.state).toMatchObject({ status: 'waiting', cause: { code: 'silent' } })
    expect(connections[0]!.options.signal.aborted).toBe(true)
    await clock.pass(250)
    expect(connections).toHaveLength(2)
  })

  it('is broken by any sign of life', async () => {
    const { client, clock, last } = createFixture()
    client.connect()
    await clock.pass(20_000)
    last().options.onActivity()
    await clock.pass(29_999)
    expect(client.state.status).toBe('open')
  })

  it('may be made shorter or longer while a line is open: it holds from the next sign of life on', async () => {
    const { client, clock, last, silence } = createFixture()
    client.connect()
    await clock.pass(1_000)
    silence.ms = 2_000
    last().options.onActivity()
    await clock.pass(1_999)
    expect(client.state.status).toBe('open')
    await clock.pass(1)
    expect(client.state).toMatchObject({ status: 'waiting', cause: { code: 'silent' } })
  })

  it('may last as long as was agreed, and the way back', async () => {
    const { client, clock, last } = createFixture()
    client.connect()
    await settle()
    last().options.onActivity(55_000)
    await clock.pass(59_999)
    expect(client.state.status).toBe('open')
    await clock.pass(1)
    expect(client.state.status).toBe('waiting')
  })

  it('while opening counts too', async () => {
    const { client, clock, hangWhileOpening } = createFixture()
    hangWhileOpening()
    client.connect()
    await clock.pass(30_000)
    expect(client.state).toMatchObject({ status: 'waiting', cause: { code: 'silent' } })
  })
})

describe('the outbox', () => {
  it('keeps what is written while offline and sends it once, in order', async () => {
    const { client, last } = createFixture()
    const sends = ['a', 'b', 'c'].map((text) => client.send(text))
    expect(client.unsent).toBe(3)
    client.connect()
    await settle()
    for (const text of ['a', 'b', 'c']) {
      expect(last().sent.at(-1)!.draft.text).toBe(text)
      last().sent.at(-1)!.accept()
      await settle()
    }
    expect((await Promise.all(sends)).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(last().sent).toHaveLength(3)
    expect(client.unsent).toBe(0)
  })

  it('sends again, with the same draftId, when the answer was lost', async () => {
    const { client, last, clock } = createFixture()
    client.connect()
    await settle()
    const send = client.send('hi')
    await settle()
    const first = last().sent[0]!.draft
    await last().breakOff()
    await clock.pass(250)
    expect(last().sent[0]!.draft).toEqual(first)
    last().sent[0]!.accept()
    await expect(send).resolves.toMatchObject({ text: 'hi' })
  })

  it('sends again when no answer comes although the connection stands', async () => {
    const { client, last, clock } = createFixture()
    client.connect()
    await settle()
    void client.send('hi')
    await clock.pass(10_250)
    expect(last().sent).toHaveLength(2)
    expect(last().sent[1]!.draft).toEqual(last().sent[0]!.draft)
    last().sent[1]!.accept()
    await settle()
    expect(client.unsent).toBe(0)
  })

  it('tells the writer of a refusal and goes on with the next', async () => {
    const { client, last } = createFixture()
    client.connect()
    await settle()
    const bad = client.send('')
    const good = client.send('hi')
    await settle()
    last().sent[0]!.refuse(new ChatError('bad-draft', 'empty'))
    await expect(bad).rejects.toMatchObject({ code: 'bad-draft' })
    await settle()
    last().sent[1]!.accept()
    await expect(good).resolves.toMatchObject({ text: 'hi' })
    expect(client.state.status).toBe('open')
  })

  it('waits as long as it is told, a little longer, and sends the same draft again', async () => {
    const { client, last, clock } = createFixture()
    client.connect()
    await settle()
    const send = client.send('hi')
    await settle()
    last().sent[0]!.refuse(new ChatError('too-many-requests', 'slowly', { retryAfterS: 3 }))
    await clock.pass(3_249)
    expect(last().sent).toHaveLength(1)
    await clock.pass(1)
    expect(last().sent).toHaveLength(2)
    expect(last().sent[1]!.draft).toEqual(last().sent[0]!.draft)
    last().sent[1]!.accept()
    await expect(send).resolves.toMatchObject({ text: 'hi' })
    expect(client.state.status).toBe('open')
  })

  it('gives a message back that something in between will not let through, and sends the next', async () => {
    const { client, last, clock } = createFixture()
    client.connect()
    await settle()
    const filtered = client.send('<b>').then(
      () => 'sent',
      ({ code }) => code,
    )
    const next = client.send('hi')
    for (let i = 0; i < 6; i++) {
      last().sent.at(-1)!.refuse(new ChatError('refused', 'something between us answered 403'))
      await clock.pass(15_000)
      last().options.onActivity()
    }
    expect(await filtered).toBe('refused')
    expect(client.state.status).toBe('open')
    last().sent.at(-1)!.accept()
    await expect(next).resolves.toMatchObject({ text: 'hi' })
  })

  it('is bounded', async () => {
    const { client } = createFixture()
    for (let i = 0; i < 1_000; i++) client.send('x').catch(() => {})
    await expect(client.send('x')).rejects.toMatchObject({ code: 'outbox-full' })
    client.close()
  })
})

describe('disconnecting', () => {
  it('is not closing: connect goes on where it stopped', async () => {
    const { client, last, connections, texts } = createFixture()
    client.connect()
    await settle()
    await last().deliver(page(1))
    client.disconnect()
    const send = client.send('while away')
    await settle()
    expect(client.state).toEqual({ status: 'idle' })
    expect(connections[0]!.options.signal.aborted).toBe(true)
    client.connect()
    await settle()
    expect(last().options.since).toBe('e:1')
    await last().deliver(page(2))
    last().sent[0]!.accept()
    await send
    expect(texts).toEqual(['m1', 'm2'])
  })

  it('and connecting in one breath leaves one connection, which sends', async () => {
    const { client, last, connections } = createFixture()
    client.connect()
    await settle()
    client.disconnect()
    client.connect()
    await settle()
    expect(client.state.status).toBe('open')
    expect(connections.map(({ options }) => options.signal.aborted)).toEqual([true, false])
    const send = client.send('hi')
    await settle()
    last().sent[0]!.accept()
    await send
  })

  it('while waiting to retry stops the waiting', async () => {
    const { client, last, clock, connections } = createFixture()
    client.connect()
    await settle()
    await last().breakOff()
    client.disconnect()
    await clock.pass(60_000)
    expect(connections).toHaveLength(1)
    expect(clock.alarms).toBe(0)
  })
})

describe('closing', () => {
  it('leaves nothing running and rejects what was not sent', async () => {
    const { client, last, clock, texts } = createFixture()
    client.connect()
    await settle()
    const send = client.send('too late')
    await settle()
    client.close()
    await expect(send).rejects.toMatchObject({ code: 'closed' })
    await expect(client.send('later still')).rejects.toMatchObject({ code: 'closed' })
    await last().deliver(page(1))
    expect(texts).toEqual([])
    expect(clock.alarms).toBe(0)
    expect(client.state).toEqual({ status: 'closed', cause: null })
    client.connect()
    expect(client.state.status).toBe('closed')
  })

  it('while opening leaves nothing running', async () => {
    const { client, clock, hangWhileOpening } = createFixture()
    hangWhileOpening()
    client.connect()
    await settle()
    client.close()
    await settle()
    expect(clock.alarms).toBe(0)
  })
})

it('tells of a gap before what comes after it', async () => {
  const { client, last } = createFixture()
  const seen: unknown[] = []
  client.onGap(({ lost }) => seen.push(`lost ${lost}`))
  client.onMessage(({ seq }) => seen.push(seq))
  client.connect()
  await settle()
  await last().deliver(page(1))
  await last().deliver({ ...page(5), gap: true })
  expect(seen).toEqual([1, 'lost 3', 5])
})

describe('presence', () => {
  const here = (visitors: number): Here => ({ people: [], unlisted: 0, visitors, typing: [] })

  it('is not asked for unless a listener wants it', async () => {
    const { client, last } = createFixture()
    client.connect()
    await settle()
    expect(last().options.clientId).toBeNull()
    client.typing()
    client.disconnect()
    expect(last().updates).toEqual([])
  })

  it('is told whenever it has changed, and kept', async () => {
    const { client, last } = createFixture({ clientId: 'mine' })
    const told: Here[] = []
    client.onHere((now) => told.push(now))
    client.connect()
    await settle()
    expect(client.here).toBeNull()
    await last().deliver({ ...page(1), here: here(1) })
    await last().deliver(page(2))
    await last().deliver({ ...page(), cursor: 'e:2.5' as Cursor, here: here(2) })
    expect(told).toEqual([here(1), here(2)])
    expect(client.here).toEqual(here(2))
    expect(client.cursor).toBe('e:2.5')
  })

  it('tells of typing now and then, not for every key, and again after what was typed is sent', async () => {
    const { client, last, clock } = createFixture({ clientId: 'mine' })
    client.typing() // no connection yet to tell it on
    client.connect()
    await settle()
    for (let key = 0; key < 5; key++) client.typing()
    expect(last().updates).toEqual([{ typing: true }])
    await clock.pass(RETYPE_MS)
    client.typing()
    client.typing()
    expect(last().updates).toHaveLength(2)
    void client.send('what was typed').catch(() => {})
    client.typing()
    expect(last().updates).toHaveLength(3)
  })

  it('keeps its client id through a broken connection, and has another one after it has left', async () => {
    const { client, connections, last, clock } = createFixture({ clientId: 'mine' })
    client.connect()
    await settle()
    await last().breakOff()
    await clock.pass(250)
    expect(connections.map(({ options }) => options.clientId)).toEqual(['mine', 'mine'])
    client.disconnect()
    expect(last().updates).toEqual([{ leaving: true }])
    expect(last().options.signal.aborted).toBe(true)
    client.connect()
    await settle()
    expect(last().options.clientId).toMatch(/^[a-z0-9]{1,32}$/)
    expect(last().options.clientId).not.toBe('mine')
    client.close()
    expect(last().updates).toEqual([{ leaving: true }])
  })

  it('tells the server that it leaves even when the connection has broken before', async () => {
    const { client, last } = createFixture({ clientId: 'mine' })
    client.connect()
    await settle()
    await last().breakOff()
    expect(client.state.status).toBe('waiting')
    client.typing()
    expect(last().updates).toEqual([])
    client.disconnect()
    expect(last().updates).toEqual([{ leaving: true }])
  })
})
