/**
 * The bench on which a case is tried: a hub, a server with the one transport, and clients on
 * lines that can be broken. Everything is real but the network's length.
 *
 * Every case has a bench of its own, and when it ends, the bench looks whether anything was
 * left behind: a follower in a room, a connection that is still in use, a timer.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { randomId } from '../../client/platform.ts'
import type { Settings } from '../../client/transport.ts'
import { Hub, type HubOptions } from '../../hub/hub.ts'
import { type Presence, versionIn } from '../../hub/presence.ts'
import type { Room } from '../../hub/room.ts'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import type { Scope } from '../../people/caller.ts'
import { ALL_SCOPES } from '../../people/sessions.ts'
import type { Certificate } from '../../server/tls/certificates.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { KEEP_MESSAGES } from '../../store/store.ts'
import type { ChatMessage, Cursor } from '../../wire/message.ts'
import { createRandom, type Random } from '../../wire/random.ts'
import { openProxy, type TcpProxy } from '../../wires/proxy.ts'
import { ContractViolation } from '../conformance/checks.ts'
import { inMemory } from '../conformance/reference.ts'
import type { InProcessServer, Subject } from '../conformance/subject.ts'
import { createSkippingClock, type SkippingClock } from './clock.ts'
import { type Disk, onDisk, type StoreFactory } from './disk.ts'
import { overTls } from './network/http2-fetch.ts'
import type { Network } from './network/network.ts'
import { type SubjectServer, serveSubject } from './serve-subject.ts'
import { createTestClient, SHORT_RETRY_MS, type TestClient } from './test-client.ts'

/** The room that every case uses unless it says otherwise. */
export const ROOM = 'lobby'
/** How long a case waits for what must come. Far longer than it takes, for machines that are busy. */
export const TIMEOUT_MS = 20_000
const LOOK_EVERY_MS = 2

export interface TestBenchOptions {
  readonly subject: Subject
  readonly seed: number
  readonly hub?: HubOptions
  /** Where the rooms are kept; nowhere unless given. */
  readonly stores?: StoreFactory | undefined
  readonly timeoutMs?: number
  /** Whether all clients sign in, at a server that takes nothing from others. */
  readonly allSignIn?: boolean
  /** What stands between the clients' lines and the server; nothing unless given. */
  readonly front?: Front | undefined
  /** Over TLS, and HTTP/2 where there is no upgrade. */
  readonly tls?: Certificate | undefined
  /** With `tls`: how each client talks then; {@link overTls} unless given. */
  readonly network?: ((certificate: Certificate) => Network) | undefined
}

/** Another project's proxy, which outlives the benches that use it. */
export interface Front {
  /** Where the clients' lines lead. */
  readonly port: number
  /** Tells where the server listens now; null while it is down. */
  lead(serverPort: () => number | null): void
}

export interface JoinOptions {
  readonly room?: string
  readonly since?: Cursor | null
  /** Over the reference transport instead: a reader who came by another way. */
  readonly byReference?: boolean
  /** See {@link TestClientOptions.retryMs}; short unless given. */
  readonly retryMs?: number | 'usual'
  /** What the client may do by the token that it shows; it shows none unless given. */
  readonly signedIn?: readonly Scope[] | undefined
  /** Under which name it writes; its own unless given. */
  readonly author?: string
  /** Counted among those who are here: having signed in, or without a name. Only with a `gateway`. */
  readonly here?: 'by name' | 'as a visitor'
}

export interface TestBench {
  readonly subject: Subject
  readonly random: Random
  /** Read by the transports at each poll, so a case can turn them while it runs. */
  readonly settings: { -readonly [Key in keyof Settings]: Settings[Key] }
  /** The hub that serves now. */
  readonly hub: Hub
  readonly room: Room
  /** Only for cases that have a `store`. */
  readonly disk: Disk
  /** The members that have signed in here. */
  readonly accounts: Accounts
  /** Takes back the token that the client shows. */
  signOut(testClient: TestClient): void
  /**
   * Publishes at the hub itself, all in this turn of the event loop, as a writer on no transport.
   *
   * @returns the messages, when they are committed; a case that does not need them need not wait
   */
  say(...texts: readonly string[]): Promise<ChatMessage[]>
  /** All that the room remembers. */
  log(): ChatMessage[]
  /** A client that has not connected yet. */
  invite(name: string, options?: JoinOptions): Promise<TestClient>
  /** A client that is open and listening. */
  join(name: string, options?: JoinOptions): Promise<TestClient>
  /** Closes the server as Ctrl-C does: it says goodbye first. */
  stop(): Promise<void>
  /**
   * Starts it again, with the log that there was or with a new one. With a store, the hub is a new
   * one in either case, as in a new process.
   */
  start(log?: 'same log' | 'new log'): Promise<void>
  /** What the server has written and the kernel has not taken, over all connections, in bytes. */
  readonly serverBacklog: number
  /** @throws {@link ContractViolation} when it has not come true in time; `saw` tells what was there instead */
  until(what: string, isSo: () => boolean, saw?: () => unknown): Promise<void>
  /** Who is here, as the server keeps it. Only with a `gateway`. */
  readonly presence: Presence
  /** The server's clock, which can be put forward. */
  readonly clock: SkippingClock
  /**
   * Lets time pass at both ends, a little at a time: meanwhile, these clients show that they are alive, and
   * are told who is here.
   */
  pass(ms: number, alive: readonly TestClient[]): Promise<void>
  /** Waits until this many messages were shown to the client. */
  heard(testClient: TestClient, count: number): Promise<void>
  /** All clients go, and whatever stays behind is a failure. */
  leaveNothing(): Promise<void>
  /** Takes everything down, whatever state it is in. */
  close(): Promise<void>
}

/** Longer than any lease lasts. */
const FORGOTTEN_MS = 120_000
/**
 * How much time passes at once. Less than half a turn of the heartbeats (lab/server/transport-kit/heartbeats.ts), whose
 * timer is set again in each turn and so fires at most once at a time.
 */
const STEP_MS = 470
/** A client is not waited for as long as its lease has more than this: some of it is for the way. */
const FRESH_MS = 2_000

export async function openTestBench(options: TestBenchOptions) {
  const { subject, seed, hub: limits, stores, timeoutMs = TIMEOUT_MS, allSignIn = false, tls } = options
  const { front, network: networkOver = overTls } = options
  const random = createRandom(seed)
  // A hold longer than our timeout: a poll that was not woken must not be saved by its time-out.
  const settings = { intervalMs: 10, holdMs: 30_000 }
  const testClients: TestClient[] = []
  const proxies: TcpProxy[] = []
  const clock = createSkippingClock()
  const accounts = createAccounts(createMemoryRecords())
  const tokens = new Map<string, string>()
  const disk: Disk = { isFull: false, refusals: 0 }
  let logs = 0
  let hub = openHub()
  let server: SubjectServer | null = await startServer()

  front?.lead(() => server?.port ?? null)
  const bench: TestBench = {
    subject,
    random,
    settings,
    get hub() {
      return hub
    },
    get room() {
      return hub.room(ROOM)
    },
    disk,
    accounts,
    signOut({ token }) {
      const session = token === null ? null : accounts.sessions.find(token)
      if (!session) throw new Error('this client has not signed in')
      accounts.signOut(session)
    },
    get serverBacklog() {
      return server?.backlog() ?? 0
    },
    say(...texts) {
      const publishing = texts.map((text) =>
        hub.room(ROOM).publish({ draftId: `host-${Math.floor(random() * 2 ** 52)}`, author: 'host', text }),
      )
      const said = Promise.all(publishing)
      said.catch(() => {}) // for a case that does not wait
      return said
    },
    log() {
      const all: ChatMessage[] = []
      for (let cursor: Cursor | null = null; ; ) {
        const page = hub.room(ROOM).read(cursor)
        all.push(...page.messages)
        if (!page.more) return all
        cursor = page.cursor
      }
    },
    async invite(name, options = {}) {
      const { room = ROOM, since = null, byReference = false, author, retryMs = SHORT_RETRY_MS } = options
      const { here, signedIn = here === 'by name' || allSignIn ? ALL_SCOPES : undefined } = options
      const scopes = here === 'as a visitor' ? undefined : signedIn
      // What was said before a client came is in the log by then, although storing takes until the turn ends.
      if (stores) await nextTurn()
      const path = `/transports/${subject.name}/rooms/${encodeURIComponent(room)}/`
      let testClient: TestClient
      if (byReference || 'inProcess' in subject) {
        const open = 'inProcess' in subject ? subject.inProcess : inMemory
        let line = new AbortController()
        const serving = (): InProcessServer | null =>
          server && {
            hub: server.hub,
            shutdown: AbortSignal.any([server.shutdown, line.signal]),
          }
        const cut = () => {
          line.abort()
          line = new AbortController()
        }
        const baseUrl = new URL(path, 'http://in-memory.invalid')
        testClient = createTestClient({
          name,
          transport: open(serving),
          baseUrl,
          since,
          random,
          proxy: null,
          cut,
          retryMs,
        })
      } else {
        const proxy = await openProxy(() => front?.port ?? server?.port ?? null)
        proxies.push(proxy)
        const baseUrl = new URL(path, `${tls ? 'https' : 'http'}://127.0.0.1:${proxy.port}`)
        const transport = subject.client(settings)
        const token = scopes ? tokenFor(name, scopes) : null
        const network = tls && networkOver(tls)
        const about = { name, transport, baseUrl, since, random, retryMs, author, token, network }
        const clientId = here ? randomId() : null
        testClient = createTestClient({ ...about, clientId, proxy, cut: proxy.cut })
      }
      testClients.push(testClient)
      return testClient
    },
    async join(name, options) {
      const testClient = await bench.invite(name, options)
      testClient.client.connect()
      await bench.until(
        `${name} is open`,
        () => testClient.client.state.status === 'open',
        () => testClient.client.state,
      )
      return testClient
    },
    async stop() {
      const closing = server
      server = null
      await closing?.close()
    },
    async start(log = 'same log') {
      if (log === 'new log') logs++
      if (log === 'new log' || stores) {
        hub.close()
        hub = openHub()
      }
      server = await startServer()
    },
    async until(what, isSo, saw) {
      const deadline = performance.now() + timeoutMs
      while (!isSo()) {
        if (performance.now() > deadline) {
          const came = saw ? JSON.stringify(saw()) : 'nothing of the kind'
          throw new ContractViolation(what, `to come true within ${timeoutMs / 1_000} s`, came)
        }
        await pause(LOOK_EVERY_MS)
      }
    },
    clock,
    get presence() {
      if (!server?.presences)
        throw new Error('presence is not counted here: the case must say `needs: ["gateway"]`')
      return server.presences.of(ROOM)
    },
    async pass(ms, alive) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        clock.skip(Math.min(left, STEP_MS))
        for (const testClient of testClients) testClient.clock.skip(Math.min(left, STEP_MS))
        for (const testClient of alive) {
          await bench.until(
            `${testClient.name} shows signs of life, and is told who is here`,
            () =>
              remainingMs(testClient) > FRESH_MS &&
              versionIn(testClient.client.cursor) === bench.presence.version,
            () =>
              `${remainingMs(testClient)} ms left, told version ${versionIn(testClient.client.cursor)} of ${bench.presence.version}`,
          )
        }
      }
    },
    heard: (testClient, count) =>
      bench.until(
        `${testClient.name} has heard ${count} messages`,
        () => testClient.messages.length >= count,
        () => `${testClient.messages.length} messages, state ${testClient.client.state.status}`,
      ),
    async leaveNothing() {
      for (const { client } of testClients) client.close()
      // The network gives up at last on the lines that we silenced.
      for (const proxy of proxies) proxy.dropSilent()
      await bench.until(
        'no follower is left in the room after all have gone',
        () => hub.followers === 0,
        () => `${hub.followers} followers`,
      )
      await bench.until(
        'no client counts as here for ever after all have gone',
        () => {
          clock.skip(FORGOTTEN_MS)
          return [...(server?.presences?.of(ROOM).leases ?? [])].length === 0
        },
        () => server?.presences?.of(ROOM).here,
      )
      await bench.until(
        'no timer is left behind by a closed client',
        () => testClients.every(({ clock }) => clock.pending === 0),
        () => `timers: ${testClients.map(({ name, clock }) => `${name} ${clock.pending}`).join(', ')}`,
      )
      if (front) return // it keeps idle connections for as long as it likes
      await bench.until(
        'no connection is still in use after all have gone',
        () => {
          server?.closeIdle()
          return proxies.every(({ connections }) => connections === 0)
        },
        () => `${proxies.reduce((sum, { connections }) => sum + connections, 0)} connections`,
      )
    },
    async close() {
      for (const { client } of testClients) client.close()
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await bench.stop()
      hub.close()
    },
  }
  return bench

  /** One for each name: a client that comes again shows the token it has. */
  function tokenFor(name: string, scopes: readonly Scope[]): string {
    const person = accounts.people.named(name) ?? accounts.signInAsGuest(name, null).person
    const token = tokens.get(name) ?? accounts.giveToken(person, { label: name, scopes, room: null }).secret
    tokens.set(name, token)
    return token
  }

  function startServer(): Promise<SubjectServer> {
    return serveSubject(subject, { hub, accounts, signIn: allSignIn, tls, clock })
  }

  /** Until the client counts as silent, by the server's clock; less than nothing when it does. */
  function remainingMs({ clientId }: TestClient): number {
    const lease = [...bench.presence.leases].find(({ key }) => key.endsWith(` ${clientId}`))
    return (lease?.silentAt ?? Number.NEGATIVE_INFINITY) - clock.now()
  }

  function openHub(): Hub {
    if (!stores) return new Hub(limits)
    const store = onDisk(stores.open(logs, limits?.maxMessages ?? KEEP_MESSAGES), disk)
    return new Hub({ ...limits, store, engine: stores.engine?.(logs) ?? null })
  }
}
