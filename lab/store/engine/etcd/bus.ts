/**
 * What servers tell each other beside the log, by etcd: each puts what it has to say under a key of its own, and all watch these.
 *
 * etcd keeps every revision until it is compacted, so nothing that was put is overwritten before it was watched; and it writes each to a
 * majority's disks, which this would not need. So it is sparing: one put is underway at a time, and what cannot wait is lost.
 */
import type { Bus } from '../bus.ts'
import { b64, bytesFrom, type Gateway } from './gateway.ts'
import type { Keys } from './keys.ts'
import type { WatchLine } from './watch.ts'

/** What may wait behind the put that is underway. */
const MOST_WAITING = 32
/** Between two attempts to watch, in milliseconds. */
const AGAIN_MS = 200

/**
 * @param server names this one among all
 * @param lease by which the key goes when this server does
 * @param ending ends all that listen
 */
export function createEtcdBus(
  gateway: Gateway,
  keys: Keys,
  server: string,
  lease: () => Promise<string>,
  ending: AbortSignal,
): Bus {
  const waiting: Uint8Array[] = []
  const key = b64(`${Buffer.from(keys.bus, 'base64')}${server}`)
  let isPutting = false

  async function putAll(): Promise<void> {
    isPutting = true
    for (let body = waiting.shift(); body && !ending.aborted; body = waiting.shift()) {
      try {
        await gateway.ask('kv/put', { key, value: b64(body), lease: await lease() })
      } catch {
        waiting.length = 0 // what is told while etcd is away would be old when it comes
      }
    }
    isPutting = false
  }

  async function listen(onMessage: (body: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const create_request = { key: keys.bus, range_end: keys.busEnd }
        const lines = gateway.stream('watch', { create_request }, signal) as AsyncGenerator<WatchLine>
        for await (const { result } of lines) {
          if (signal.aborted) return
          if (!result || result.canceled) break
          for (const { type, kv } of result.events ?? [])
            if (type !== 'DELETE') onMessage(bytesFrom(kv.value))
        }
      } catch {} // it is away: what was told meanwhile is lost
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }

  return {
    publish(body) {
      if (ending.aborted || waiting.length >= MOST_WAITING) return
      waiting.push(Uint8Array.from(body))
      if (!isPutting) void putAll()
    },
    subscribe(onMessage) {
      const stop = new AbortController()
      void listen(onMessage, AbortSignal.any([stop.signal, ending]))
      return () => stop.abort()
    },
  }
}
