/** What a scenario is given to run with: the page's own lanes, wires and ledger. */
import { request } from '../../../lab/client/http.ts'
import { pause, randomId } from '../../../lab/client/platform.ts'
import type { Lane } from '../../model/lane.ts'
import type { Tools } from '../../model/scenarios/scenario.ts'
import { createTraffic, TRAFFIC_AUTHOR } from '../../model/traffic/traffic.ts'
import type { Bench } from '../bench.ts'

/** How often it is looked whether what a run waits for has come, in milliseconds. */
const LOOK_EVERY_MS = 100

/** Traffic stops and faults are healed when `signal` aborts. */
export function createTools(bench: Bench, signal: AbortSignal, usesFaults: boolean): Tools {
  const { platform, wires, stories, ledger } = bench
  const { clock } = platform
  const started = clock.now()
  const isWired = (name: string) => wires.info.lanes.some((one) => one.name === name)
  // One that the reader has taken off the page shows nothing and sends nothing.
  const names = bench.lanes().flatMap(({ name, lane }) => (lane ? [name] : []))
  const lanes = usesFaults ? names.filter(isWired) : names
  const laneOf = (name: string) => bench.lanes().find((one) => one.name === name)

  const messagesUrl = () => new URL(`/rooms/${bench.room()}/messages`, location.origin)
  const trafficOf = (perSecond: number, bytes: number) =>
    createTraffic({
      ...{ platform, stopwatch: bench.stopwatch, url: messagesUrl },
      rate: () => perSecond,
      bytes: () => bytes,
      onChange: () => {},
    })

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
    async burst(count, bytes) {
      const traffic = trafficOf(0, bytes)
      for (let n = 0; n < count; n++) traffic.step()
      while (traffic.accepted + traffic.failed + traffic.skipped < count) await wait(LOOK_EVERY_MS / 10)
    },
    async publish(text) {
      const draft = { draftId: randomId(), author: TRAFFIC_AUTHOR, text }
      bench.stopwatch.start(draft.draftId, clock.now())
      const headers = { 'content-type': 'application/json' }
      const init = {
        method: 'POST',
        headers,
        body: JSON.stringify(draft),
        credentials: 'omit' as const,
        signal,
      }
      await (await request({ platform }, messagesUrl(), init)).text()
    },
    async say(name, text) {
      const lane = laneOf(name)?.lane
      if (!lane) return null
      const [began, refused] = [clock.now(), lane.refusal]
      await lane.send(text)
      return lane.refusal === refused ? clock.now() - began : null
    },
    every(ms, act) {
      const timer = setInterval(act, ms)
      const end = () => clearInterval(timer)
      signal.addEventListener('abort', end)
      return end
    },
    texts: (lane) => textsOf(laneOf(lane)?.lane ?? null),
    requests: (lane) => laneOf(lane)?.lane?.figures.requests ?? 0,
    traffic(perSecond, bytes) {
      const traffic = trafficOf(perSecond, bytes)
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
    crowd: (lane, tabs) => wires.crowd({ lane, tabs }, signal),
    async ledger() {
      await ledger.look()
      return new Map(ledger.rows.map((row) => [row.name, row]))
    },
  }
}

/** The texts that a lane shows, the newest last. */
export const textsOf = (lane: Lane | null): readonly string[] =>
  (lane?.lines ?? []).flatMap((line) => (line.kind === 'message' ? line.message.text : []))
