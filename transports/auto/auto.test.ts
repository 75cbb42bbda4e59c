/**
 * Auto over ways that a test can break, with a real room behind them and a clock that the test turns: what it chooses,
 * when it moves, and that no move loses or repeats a message.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { type ChatClient, createChatClient } from '../../lab/client/chat-client.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { createSignals } from '../../lab/client/signals.ts'
import type { OpenOptions, Switch, Transport } from '../../lab/client/transport.ts'
import { Hub } from '../../lab/hub/hub.ts'
import { inMemory } from '../../lab/verify/conformance/reference.ts'
import { createManualClock, settle } from '../../lab/verify/kit/manual-clock.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { choosingAmong } from './client.ts'
import { under, type Way } from './link.ts'
import { FIRST_CLIMB_MS, HEALTHY_MS, LAST_CLIMB_MS, MOST_EARLY, REMEMBER_MS } from './memory.ts'
import { WAYS } from './transport.ts'

const TRY_MS = 4_000
const HEARTBEAT_MS = 15_000
const ROOM = 'lobby'
const unreachable = new ChatError('unreachable', 'nothing gets through')

/** How a way behaves: it works, answers with an error, never opens, or opens and then holds back every byte. */
type Health = 'works' | 'hangs' | 'holds back' | ChatError

const opened: { client: ChatClient; hub: Hub }[] = []
afterEach(() => {
  for (const { client, hub } of opened.splice(0)) {
    client.close()
    hub.close()
  }
})

function createNetwork({ offered = [...WAYS] as string[] } = {}) {
  const clock = createManualClock()
  const signals = createSignals()
  const hub = new Hub()
  const health = new Map<string, Health>(WAYS.map((name) => [name, 'works']))
  const lines = new Map<string, Set<AbortController>>(WAYS.map((name) => [name, new Set()]))
  /** Each try, by the way's name; probes in brackets. */
  const tries: string[] = []
  const platform: Platform = {
    fetch: async (url) => {
      if (new URL(String(url)).pathname !== '/transports') throw unreachable
      return Response.json({ transports: offered.map((name) => ({ name })) })
    },
    WebSocket: class {} as never,
    clock,
    random: () => 0.5,
    signals,
  }

  const transportBy = (name: string): Transport => ({
    async open(options) {
      tries.push(options.clientId === null ? `(${name})` : name)
      expect(options.baseUrl.href).toBe(`http://lab.test/transports/${name}/rooms/${ROOM}/`)
      const now = health.get(name)!
      if (now instanceof ChatError) throw now
      if (now === 'hangs') await aborted(options.signal)
      const line = new AbortController()
      lines.get(name)!.add(line)
      const shutdown = line.signal
      const connection = await inMemory(() => ({ hub, shutdown })).open(options)
      return {
        send: connection.send,
        renewPresence: connection.renewPresence,
        async *[Symbol.asyncIterator]() {
          if (now === 'holds back') await aborted(options.signal)
          void beat(options)
          yield* connection
          if (line.signal.aborted) throw unreachable
        },
      }
    },
  })
  const ways = WAYS.map(
    (name): Way => ({
      name,
      load: async () => transportBy(name),
      provenBy: name === 'sse' ? 'first bytes' : 'opening',
    }),
  )

  return {
    clock,
    signals,
    tries,
    /** From now on, for connections that are to be opened. */
    set(state: Health, ...names: readonly (typeof WAYS)[number][]) {
      for (const name of names) health.set(name, state)
    },
    /** Breaks what is open by this way. */
    async cut(name: string) {
      for (const line of lines.get(name)!) line.abort()
      lines.get(name)!.clear()
      await settle()
    },
    async say(text: string) {
      await hub.room(ROOM).publish({ draftId: text, author: 'host', text })
      await settle()
    },
    async join() {
      const client = createChatClient(
        choosingAmong(ways, () => TRY_MS),
        {
          baseUrl: new URL(`http://lab.test/transports/auto/rooms/${ROOM}/`),
          author: 'ada',
          platform,
          presence: { clientId: 'ada1' },
        },
      )
      opened.push({ client, hub })
      const texts: string[] = []
      const switches: Switch[] = []
      client.onMessage(({ text }) => texts.push(text))
      client.onSwitch((taken) => switches.push(taken))
      client.connect()
      await settle()
      return {
        client,
        texts,
        switches,
        get carrier() {
          return client.state.status === 'open' ? (switches.at(-1)?.to ?? null) : null
        },
      }
    },
  }
}

/** Signs of life, as each transport gives them: without, the chat client gives up a quiet line. */
async function beat({ onActivity, pause, signal }: OpenOptions): Promise<void> {
  while (!signal.aborted) {
    onActivity()
    await pause(HEARTBEAT_MS)
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

function expectUnharmed({ client }: { readonly client: ChatClient }): void {
  expect(client.figures).toMatchObject({ duplicates: 0, lost: 0, gaps: 0 })
}

describe('the first choice', () => {
  it('is the best, and tries no other, where nothing is in the way', async () => {
    const network = createNetwork()
    const ada = await network.join()
    expect(network.tries).toEqual(['websocket'])
    expect(ada.switches).toEqual([{ from: null, to: 'websocket', tried: [], tookMs: 0 }])
  })

  it.each(WAYS.slice(1).map((name, index) => [name, WAYS.slice(0, index + 1)] as const))(
    'is %s when all that is better is refused, and it says what was tried and why not',
    async (name, better) => {
      const network = createNetwork()
      network.set(unreachable, ...better)
      const ada = await network.join()
      expect(ada.carrier).toBe(name)
      const tried = better.map((one) => ({ name: one, why: 'nothing gets through' }))
      expect(ada.switches).toEqual([{ from: null, to: name, tried, tookMs: 0 }])
    },
  )

  it('gives one that does not open its time limit, and not longer', async () => {
    const network = createNetwork()
    network.set('hangs', 'websocket')
    const ada = await network.join()
    await network.clock.pass(TRY_MS - 1)
    expect(network.tries).toEqual(['websocket'])
    await network.clock.pass(1)
    expect(ada.carrier).toBe('sse')
    const tried = [{ name: 'websocket', why: 'did not open within 4 s' }]
    expect(ada.switches).toEqual([{ from: null, to: 'sse', tried, tookMs: TRY_MS }])
  })

  it('passes over a stream whose head comes and whose bytes are held back', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    network.set('holds back', 'sse')
    const ada = await network.join()
    await network.clock.pass(TRY_MS)
    expect(ada.carrier).toBe('long-polling')
    await network.say('all the same')
    expect(ada.texts).toEqual(['all the same'])
  })

  it('waits for the last one as long as the chat client does', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket', 'sse', 'long-polling')
    network.set('hangs', 'short-polling')
    const ada = await network.join()
    await network.clock.pass(29_999)
    expect(ada.client.state.status).toBe('connecting')
    await network.clock.pass(1)
    expect(ada.client.state).toMatchObject({ status: 'waiting', cause: { code: 'silent' } })
  })

  it('is not made when the server itself refuses: it would refuse on every way', async () => {
    const network = createNetwork()
    network.set(new ChatError('not-signed-in', 'sign in first'), 'websocket')
    const ada = await network.join()
    expect(network.tries).toEqual(['websocket'])
    expect(ada.client.state).toMatchObject({ status: 'closed', cause: { code: 'not-signed-in' } })
  })

  it('is not made because the server is busy: it says when to come again', async () => {
    const network = createNetwork()
    network.set(new ChatError('too-many-connections', 'full', { retryAfterS: 1 }), 'websocket')
    const ada = await network.join()
    expect(network.tries).toEqual(['websocket'])
    expect(ada.client.state.status).toBe('waiting')
  })

  it('passes over what the server does not offer, by its own list', async () => {
    const network = createNetwork({ offered: ['sse', 'long-polling', 'short-polling'] })
    network.set(new ChatError('not-found', 'no such address'), 'websocket')
    expect((await network.join()).carrier).toBe('sse')
  })

  it('believes a not-found of what the server does offer: it is the room that is not there', async () => {
    const network = createNetwork()
    network.set(new ChatError('not-found', 'no such room'), 'websocket')
    const ada = await network.join()
    expect(ada.client.state).toMatchObject({ status: 'closed', cause: { code: 'not-found' } })
  })

  it('begins with the best again when none has worked', async () => {
    const network = createNetwork()
    network.set(unreachable, ...WAYS)
    const ada = await network.join()
    expect(ada.client.state.status).toBe('waiting')
    network.set('works', ...WAYS)
    await network.clock.pass(1_000)
    expect(ada.carrier).toBe('websocket')
  })
})

describe('what has worked', () => {
  it('is where the next connection of the page begins, for an hour', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket', 'sse')
    await network.join()
    network.tries.length = 0
    await network.join()
    expect(network.tries).toEqual(['long-polling'])
    for (const { client } of opened.splice(0, 2)) client.close()
    await network.clock.pass(REMEMBER_MS)
    network.tries.length = 0
    await network.join()
    expect(network.tries).toEqual(['websocket', 'sse', 'long-polling'])
  })

  it('is forgotten when the machine is online again: it may be another network', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    const ada = await network.join()
    ada.client.close()
    network.signals.tell('online')
    network.tries.length = 0
    await network.join()
    expect(network.tries).toEqual(['websocket', 'sse'])
  })
})

describe('climbing', () => {
  it('looks after half a minute, then less and less often, and never more rarely than each ten minutes', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    await network.join()
    network.tries.length = 0
    const looks: number[] = []
    const begun = network.clock.now()
    while (looks.length < 7) {
      const before = network.tries.length
      await network.clock.pass(FIRST_CLIMB_MS)
      if (network.tries.length > before) looks.push((network.clock.now() - begun) / 1_000)
    }
    const waits = looks.map((at, index) => at - (looks[index - 1] ?? 0))
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600])
    expect(new Set(network.tries)).toEqual(new Set(['(websocket)']))
    expect(FIRST_CLIMB_MS).toBe(30_000)
    expect(LAST_CLIMB_MS).toBe(600_000)
  })

  it('is not put off by connections that end before they have looked', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    const ada = await network.join()
    for (let round = 0; round < 5; round++) {
      await network.clock.pass(FIRST_CLIMB_MS / 2)
      ada.client.disconnect()
      await settle()
      ada.client.connect()
      await settle()
    }
    network.set('works', 'websocket')
    await network.clock.pass(FIRST_CLIMB_MS)
    expect(ada.carrier).toBe('websocket')
  })

  it('moves up when the better one works, and nothing is lost, doubled or shown as a break', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket', 'sse')
    const ada = await network.join()
    const states: string[] = []
    ada.client.onState(({ status }) => states.push(status))
    await network.say('by long polling')
    network.set('works', 'websocket', 'sse')
    await network.clock.pass(FIRST_CLIMB_MS)
    expect(ada.carrier).toBe('websocket')
    await network.say('by WebSocket')
    await ada.client.send('and back')
    await settle()
    expect(ada.texts).toEqual(['by long polling', 'by WebSocket', 'and back'])
    expect(states).toEqual([])
    expectUnharmed(ada)
    expect(ada.switches.at(-1)).toEqual({ from: 'long-polling', to: 'websocket', tried: [], tookMs: 0 })
    // At the top there is nothing to look for.
    network.tries.length = 0
    await network.clock.pass(LAST_CLIMB_MS)
    expect(network.tries).toEqual([])
  })

  it('climbs step by step when only some of the better ones work', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket', 'sse', 'long-polling')
    const ada = await network.join()
    network.set('works', 'long-polling')
    await network.clock.pass(FIRST_CLIMB_MS)
    expect(ada.carrier).toBe('long-polling')
    network.set('works', 'websocket')
    await network.clock.pass(LAST_CLIMB_MS)
    expect(ada.carrier).toBe('websocket')
    expectUnharmed(ada)
  })

  it('stays where it is when the better one opens for a look and then not again', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    const ada = await network.join()
    network.set('works', 'websocket')
    // The probe finds it open; by the time that the chat itself comes, it is shut.
    const shut = setInterval(() => {
      if (network.tries.includes('(websocket)')) network.set(unreachable, 'websocket')
    }, 0)
    await network.clock.pass(FIRST_CLIMB_MS)
    clearInterval(shut)
    await network.say('still here')
    expect(ada.texts).toEqual(['still here'])
    expectUnharmed(ada)
  })

  it('is tried at once when the network is another', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    const ada = await network.join()
    network.set('works', 'websocket')
    network.signals.tell('online')
    await settle()
    expect(ada.carrier).toBe('websocket')
    expectUnharmed(ada)
  })

  it('holds up nothing while it looks: what is said in that time comes by the old way', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket')
    const ada = await network.join()
    network.set('hangs', 'websocket')
    await network.clock.pass(FIRST_CLIMB_MS)
    expect(network.tries.at(-1)).toBe('(websocket)')
    await network.say('meanwhile')
    expect(ada.texts).toEqual(['meanwhile'])
    await network.clock.pass(TRY_MS)
    expect(ada.carrier).toBe('sse')
  })
})

describe('falling while it runs', () => {
  it('comes after some early ends in a row, and says why', async () => {
    const network = createNetwork()
    const ada = await network.join()
    for (let death = 1; death <= MOST_EARLY; death++) {
      expect(ada.carrier).toBe('websocket')
      await network.say(`before ${death}`)
      await network.cut('websocket')
      await network.say(`while it was cut ${death}`)
      await network.clock.pass(5_000)
    }
    expect(ada.carrier).toBe('sse')
    const why = 'its connections broke early, again and again'
    expect(ada.switches.at(-1)).toMatchObject({
      from: 'websocket',
      to: 'sse',
      tried: [{ name: 'websocket', why }],
    })
    expect(ada.texts).toHaveLength(2 * MOST_EARLY)
    expect(new Set(ada.texts).size).toBe(2 * MOST_EARLY)
    expectUnharmed(ada)
  })

  it('does not come when connections last before they break', async () => {
    const network = createNetwork()
    const ada = await network.join()
    for (let death = 0; death < 2 * MOST_EARLY; death++) {
      await network.clock.pass(HEALTHY_MS)
      await network.cut('websocket')
      await network.clock.pass(1_000)
    }
    expect(ada.carrier).toBe('websocket')
  })

  it('does not come from switching off and on, nor from losing the network', async () => {
    const network = createNetwork()
    const ada = await network.join()
    for (let round = 0; round < 2 * MOST_EARLY; round++) {
      ada.client.disconnect()
      await settle()
      ada.client.connect()
      await settle()
      network.signals.tell('offline')
      await network.clock.pass(1_000)
    }
    expect(ada.carrier).toBe('websocket')
  })

  it('goes no lower than the last', async () => {
    const network = createNetwork()
    network.set(unreachable, 'websocket', 'sse', 'long-polling')
    const ada = await network.join()
    for (let death = 0; death < 2 * MOST_EARLY; death++) {
      await network.cut('short-polling')
      await network.clock.pass(16_000)
    }
    expect(ada.carrier).toBe('short-polling')
  })

  it('keeps the outbox: what was written on a way that died goes out once by the next', async () => {
    const network = createNetwork()
    const ada = await network.join()
    network.set(unreachable, 'websocket', 'sse')
    await network.cut('websocket')
    const sending = ada.client.send('written in between')
    await network.clock.pass(1_000)
    await sending
    expect(ada.carrier).toBe('long-polling')
    expect(ada.texts).toEqual(['written in between'])
    expectUnharmed(ada)
  })
})

it('leaves nothing behind when it is closed, on whichever way and in the middle of a look', async () => {
  for (const blocked of [[], ['websocket'], ['websocket', 'sse', 'long-polling']] as const) {
    const network = createNetwork()
    network.set('hangs', ...blocked)
    const ada = await network.join()
    await network.clock.pass(TRY_MS * blocked.length + FIRST_CLIMB_MS + 1)
    expect(ada.client.state.status).toBe('open')
    ada.client.close()
    await settle()
    expect(network.clock.alarms).toBe(0)
    expect(opened.at(-1)!.hub.followers).toBe(0)
  }
})

it.each([
  ['http://a/transports/auto/rooms/lobby/', 'http://a/transports/sse/rooms/lobby/'],
  ['http://a/transports/auto/rooms/transports/', 'http://a/transports/sse/rooms/transports/'],
  ['https://a/lab/transports/auto/rooms/x%2Fy/', 'https://a/lab/transports/sse/rooms/x%2Fy/'],
])('%s is %s under another transport', (from, to) => {
  expect(under('sse', new URL(from)).href).toBe(to)
})
