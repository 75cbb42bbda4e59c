/**
 * For tests: servers of one log whose entries reach each of them when the test says so, and what people do there.
 *
 * A passphrase is hashed by writing it down. Clocks are a second apart.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import { createMemberships, type Memberships } from '../../people/membership/memberships.ts'
import type { Passphrases } from '../../people/passphrases.ts'
import { createRecordsApplier, type RecordsApplier } from '../../people/shared/applier.ts'
import { keepShared } from '../../people/shared/keep-shared.ts'
import { outcomeOf, type RecordsChange, type RecordsOutcome } from '../../people/shared/rule.ts'
import type { Tables } from '../../people/shared/tables.ts'
import { tablesOf } from '../../people/tables-of.ts'
import type { Engine, Position } from '../../store/engine/engine.ts'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createTurnReader, entriesOf } from '../../store/engine/turn.ts'
import { createMemoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import { ChatError } from '../../wire/errors.ts'

const passphrases: Passphrases = {
  hash: async (passphrase) => `hash of ${passphrase}`,
  fits: async (kept, passphrase) => kept === `hash of ${passphrase}`,
}

/** How the servers are, and what a mistake on purpose changes. */
export interface Behaviour {
  readonly name: string
  /** Whether this server applies an entry when it comes; otherwise when the test says so. */
  readonly isPrompt?: (server: number) => boolean
  /** While it is so, the engine cannot be reached. */
  readonly isCutOff?: () => boolean
  /** What the rule of this server is. */
  ruleOf?(server: number): typeof outcomeOf
  /** What travels in place of a change. */
  travels?(change: RecordsChange): RecordsChange
  /** The writer is told as soon as the engine has it. */
  readonly isEarly?: true
  /** A server that begins again does not know where it was. */
  readonly forgetsPlace?: true
  /** What is in memory follows the changes of its own server alone. */
  readonly followsItself?: true
}

/** What is done once at one server. */
export interface Act {
  readonly what: string
  answer: string | null
  /** What it has brought into the log. */
  readonly changes: string[]
}

interface Running {
  readonly tables: Tables
  readonly applier: RecordsApplier
  readonly accounts: Accounts<true>
  readonly memberships: Memberships<true>
  readonly waiting: Map<string, { settle(outcome: RecordsOutcome): void; fail(error: Error): void }>
  readonly stop: () => void
}

export interface PeopleServer extends Pick<Running, 'accounts' | 'memberships' | 'tables'> {
  readonly store: Store
  readonly outcomes: Map<string, RecordsOutcome['kind']>
  /** Entries that have come and are not applied yet. */
  readonly inbox: { readonly position: Position; readonly body: Uint8Array }[]
  /** How many wait for what others had changed when they asked. */
  readonly behind: number
  /** Applies so many of them. */
  take(count?: number): void
  /** Ends at once, and begins again from what is kept. */
  restart(): void
}

export const startedAt = 1_700_000_000_000
const act = new AsyncLocalStorage<Act>()

/**
 * @param maxPeople small, so that it is reached
 * @param engines each server's own way to the log; to one in memory unless given
 */
export function createPeopleServers(
  count: number,
  behaviour: Behaviour,
  maxPeople: number,
  engines?: readonly Engine[],
) {
  const log = createMemoryLog()
  const servers = Array.from({ length: count }, (_, i) => serverOf(engines?.[i] ?? log.open(), i))
  const acts: Act[] = []
  let time = startedAt

  function serverOf(engine: Engine, index: number): PeopleServer {
    const store = createMemoryStore()
    const outcomes: PeopleServer['outcomes'] = new Map()
    const inbox: PeopleServer['inbox'] = []
    const behind: { readonly newest: Position; resolve(): void }[] = []
    const applied = () => store.place()?.applied ?? 0
    let reader = createTurnReader()
    let running = start()

    function start(): Running {
      const tables = tablesOf(store.records)
      const waiting: Running['waiting'] = new Map()
      const transactor = keepShared(tables, {
        async change(change) {
          if (behaviour.isCutOff?.()) throw new ChatError('not-stored', 'the log cannot be reached')
          const came = new Promise<RecordsOutcome>((settle, fail) => waiting.set(change.id, { settle, fail }))
          came.catch(() => {})
          act.getStore()?.changes.push(change.id)
          const entries = entriesOf([behaviour.travels?.(change) ?? change], `server${index}-${change.id}`)
          for (const entry of entries) await engine.append(entry)
          return behaviour.isEarly ? { kind: 'took' } : came
        },
        async caughtUp() {
          const newest = await engine.newest()
          if (newest > applied()) await new Promise<void>((resolve) => behind.push({ newest, resolve }))
        },
      })
      const accounts = createAccounts(transactor, () => time + 1_000 * index, maxPeople, passphrases)
      const memberships = createMemberships(transactor, accounts.people)
      const place = behaviour.forgetsPlace ? 0 : (store.place()?.followAfter ?? 0)
      const stop = engine.follow(place, {
        onEntry(position, body) {
          inbox.push({ position, body })
          if (behaviour.isPrompt?.(index)) take()
        },
        onEnd(why) {
          if ((why as { code?: string }).code !== 'closed') throw why
        },
      })
      const applier = createRecordsApplier(tables, behaviour.ruleOf?.(index) ?? outcomeOf)
      return { tables, applier, accounts, memberships, waiting, stop }
    }

    function apply(position: Position, changes: RecordsChange[], followAfter: Position): void {
      const { applier, waiting } = running
      if (!behaviour.forgetsPlace && position <= applied()) return
      const isOwn = changes.some(({ id }) => waiting.has(id))
      const came = changes.map((change) => [change.id, applier.decide(change)] as const)
      store.append([], { log: engine.log, applied: position, followAfter }, applier.pending())
      if (isOwn || !behaviour.followsItself) applier.commit()
      for (const [id, outcome] of came) {
        outcomes.set(id, outcome.kind)
        waiting.get(id)?.settle(outcome)
        waiting.delete(id)
      }
    }

    function take(count = Number.POSITIVE_INFINITY): void {
      for (const { position, body } of inbox.splice(0, Math.min(count, inbox.length))) {
        apply(position, reader.read(position, body) as RecordsChange[], reader.restartAfter())
      }
      for (const one of behind.splice(0)) {
        if (one.newest > applied()) behind.push(one)
        else one.resolve()
      }
    }
    return {
      store,
      outcomes,
      inbox,
      get behind() {
        return behind.length
      },
      get accounts() {
        return running.accounts
      },
      get memberships() {
        return running.memberships
      },
      get tables() {
        return running.tables
      },
      take,
      restart() {
        running.stop()
        for (const { fail } of running.waiting.values()) fail(new Error('this server has ended'))
        inbox.splice(0)
        reader = createTurnReader()
        running = start()
      },
    }
  }

  return {
    servers,
    acts,
    /** @param ms that all clocks go on */
    pass(ms: number) {
      time += ms
    },
    /** Begins something; what becomes of it is in the act, once it is known. */
    begin(what: string, run: () => unknown): Act {
      const own: Act = { what, answer: null, changes: [] }
      acts.push(own)
      void act.run(own, async () => {
        try {
          await run()
          own.answer = 'done'
        } catch (error) {
          own.answer = (error as { code?: string }).code ?? (error as Error).message
        }
      })
      return own
    },
    /** All that can come has come, everywhere. */
    async settle(): Promise<void> {
      do {
        for (const server of servers) server.take()
        await tick()
      } while (
        servers.some(({ inbox }) => inbox.length > 0) ||
        (!behaviour.isEarly && acts.some(({ answer }) => answer === null))
      )
    },
  }
}

/** What promises have to do, and the log's followers, is done. */
export const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
