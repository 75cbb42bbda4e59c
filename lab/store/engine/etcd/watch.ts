/**
 * What is put under a range of keys: what is there, and what comes, tied together by a revision, so that nothing falls between. However a watch
 * ends, it is read again, and only what was put since is told.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Gateway, KeyValue, TxnResponse } from './gateway.ts'
import { type KeyRange, range } from './keys.ts'

/** Between two attempts, in milliseconds. */
const AGAIN_MS = 100

/** Lines of a watch (etcd, api/etcdserverpb, WatchResponse). */
export interface WatchLine {
  readonly result?: {
    readonly canceled?: boolean
    readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: KeyValue }[]
  }
  readonly error?: unknown
}

/**
 * @param onPut must not throw
 * @param signal ends it
 */
export async function watchRange(
  gateway: Gateway,
  { key, range_end }: KeyRange,
  onPut: (kv: KeyValue) => void,
  signal: AbortSignal,
): Promise<void> {
  /** Of what was told last, or read. */
  let revision = 0n
  while (!signal.aborted) {
    try {
      const since = { range_end, min_mod_revision: String(revision + 1n) }
      const { header, responses } = await gateway.ask<TxnResponse>('kv/txn', { success: [range(key, since)] })
      for (const kv of responses?.[0]?.response_range?.kvs ?? []) if (!signal.aborted) onPut(kv)
      revision = BigInt(header.revision)
      const create_request = { key, range_end, start_revision: String(revision + 1n) }
      const ending = new AbortController() // leaving the loop early would leave the answer open
      const lines = gateway.stream('watch', { create_request }, AbortSignal.any([signal, ending.signal]))
      for await (const { result } of lines as AsyncGenerator<WatchLine>) {
        if (signal.aborted) return
        if (!result || result.canceled) {
          ending.abort()
          break
        }
        for (const { type, kv } of result.events ?? []) {
          if (type === 'DELETE') continue
          onPut(kv)
          revision = BigInt(kv.mod_revision)
        }
      }
    } catch {} // it is away: what is put meanwhile is read when it is back
    await pause(AGAIN_MS, undefined, { signal }).catch(() => {})
  }
}
