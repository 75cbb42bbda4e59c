/** Runs one case against one subject, on a test bench of its own. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Certificate } from '../../server/tls/certificates.ts'
import { createMemoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import type { StoreFactory } from '../kit/disk.ts'
import {
  type Front,
  openTestBench,
  type TestBench,
  type TestBenchOptions,
  TIMEOUT_MS,
} from '../kit/test-bench.ts'
import type { Case } from './case.ts'
import { ContractViolation } from './checks.ts'
import { lack, type Subject } from './subject.ts'

export type Outcome =
  | { readonly status: 'passed' }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: Error }

export interface RunOptions {
  /** Where chance begins: the same seed draws the same numbers. */
  readonly seed: number
  readonly timeoutMs?: number
  /** Where the rooms are kept; in memory, for the cases that need a store, unless given. */
  readonly stores?: StoreFactory
  /** Whether all members sign in, at a server that takes nothing from others. */
  readonly allSignIn?: boolean
  /** What stands between the members' lines and the server; nothing unless given. */
  readonly front?: Front
  readonly tls?: Certificate | undefined
  /** See {@link TestBenchOptions.network}. */
  readonly network?: TestBenchOptions['network']
  /** Gives the case up. */
  readonly signal?: AbortSignal
}

/** A case waits more than once, but one that takes longer than so many times its time-out hangs. */
const CASE_LIMIT = 4
/** For taking down a bench after a failure, when a transport may hold on to anything. */
const CLOSE_LIMIT_MS = 3_000

export async function runCase(one: Case, subject: Subject, options: RunOptions): Promise<Outcome> {
  const reason = whyNot(one, subject)
  if (reason !== null) return { status: 'skipped', reason }
  const { seed, timeoutMs = TIMEOUT_MS, allSignIn = false, signal } = options
  const stores = options.stores ?? (one.store ? inMemory() : undefined)
  const over = new AbortController()
  let bench: TestBench | null = null
  try {
    signal?.throwIfAborted()
    bench = await openTestBench({
      subject,
      seed,
      timeoutMs,
      stores,
      allSignIn,
      front: options.front,
      tls: options.tls,
      network: options.network,
      ...(one.hub && { hub: one.hub }),
    })
    const ended = play(one, bench)
    await Promise.race([ended, expiry(CASE_LIMIT * timeoutMs, over.signal), given(signal)])
    return { status: 'passed' }
  } catch (thrown) {
    return { status: 'failed', error: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  } finally {
    over.abort()
    await Promise.race([bench?.close(), pause(CLOSE_LIMIT_MS, null, { ref: false })])
  }
}

/** Why a subject does not run a case; null when it does. */
function whyNot({ name, needs = [] }: Case, subject: Subject): string | null {
  if ('server' in subject && subject.cannot && Object.hasOwn(subject.cannot, name))
    return subject.cannot[name]!
  for (const need of needs) {
    const reason = lack(subject, need)
    if (reason) return reason
  }
  return null
}

async function play(one: Case, bench: TestBench): Promise<void> {
  await one.run(bench)
  await bench.leaveNothing()
}

async function expiry(limitMs: number, over: AbortSignal): Promise<void> {
  const expired = await pause(limitMs, true, { signal: over }).catch(() => false)
  if (expired) throw new ContractViolation('the case', `to end within ${limitMs / 1_000} s`, 'no end')
}

function given(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function inMemory(): StoreFactory {
  const stores = new Map<number, Store>()
  return {
    open(log, keep) {
      const store = stores.get(log) ?? createMemoryStore({ keep })
      stores.set(log, store)
      return store
    },
  }
}
