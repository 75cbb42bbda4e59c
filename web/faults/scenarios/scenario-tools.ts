/** What a scenario is given to run with: the page's own lanes, wires and ledger. */
import { pause } from '../../../lab/client/platform.ts'
import type { Tools } from '../../model/scenarios/scenario.ts'
import { createTraffic } from '../../model/traffic/traffic.ts'
import type { Bench } from '../bench.ts'

/** How often it is looked whether what a run waits for has come, in milliseconds. */
const LOOK_EVERY_MS = 100

/** Traffic stops and faults are healed when `signal` aborts. */
export function createTools(bench: Bench, signal: AbortSignal, usesFaults: boolean): Tools {
  const { platform, wires, stories, ledger } = bench
  const { clock } = platform
  const started = clock.now()
  const isWired = (name: string) => wires.info.lanes.some((one) => one.name === name)
  const names = bench.lanes().map(({ name }) => name)
  const lanes = usesFaults ? names.filter(isWired) : names
  const laneOf = (name: string) => bench.lanes().find((one) => one.name === name)

  async function wait(ms: number): Promise<void> {
    await pause(clock, ms, signal)
    signal.throwIfAborted()
  }

  return {
    lanes,
    async reset() {
      bench.reset()
      ledger.reset()
      await ledger.look()
    },
    traffic(perSecond, bytes) {
      const traffic = createTraffic({
        platform,
        stopwatch: bench.stopwatch,
        url: () => new URL(`/rooms/${bench.room()}/messages`, location.origin),
        rate: () => perSecond,
        bytes: () => bytes,
        onChange: () => {},
      })
      signal.addEventListener('abort', traffic.pause)
      traffic.start()
      return () => {
        traffic.pause()
        return traffic.accepted
      }
    },
    async break(faults, seconds) {
      for (const { fault, settings } of faults) {
        const about = wires.info.faults.find(({ name }) => name === fault)
        await wires.set({ fault, lanes, settings, seconds: about?.isOnce ? null : seconds, whose: 'mine' })
      }
    },
    pause: wait,
    async until(holds, limitMs) {
      const end = clock.now() + limitMs
      while (!holds()) {
        if (clock.now() >= end) return false
        await wait(LOOK_EVERY_MS)
      }
      return true
    },
    reaction(lane) {
      const reaction = stories.lastOf(lane)?.reactions.get(lane) ?? null
      return reaction && reaction.startedAt >= started ? reaction : null
    },
    shown: (lane) => laneOf(lane)?.lane?.figures.messages ?? 0,
    latency: (lane, quantile) => laneOf(lane)?.latencies.quantile(quantile) ?? null,
    async ledger() {
      await ledger.look()
      return new Map(ledger.rows.map((row) => [row.name, row]))
    },
  }
}
