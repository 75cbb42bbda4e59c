/**
 * What brings each pitfall out, and how it shows in the ledger. Each play is put on twice, with the pitfall and without, and
 * does not know which: it says what it has seen.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { TransportName } from '../../../transports/manifest.ts'
import { HEARTBEAT_MS, type LaneBench, type LaneOptions, pause } from './pitfall-bench.ts'

export interface Play {
  readonly lane: TransportName
  readonly options?: LaneOptions
  /** @returns whether the defect shows; when not, the lane must have been seen to be well. */
  act(laneBench: LaneBench): Promise<boolean>
}

/** How long a client hears nothing before it gives its connection up, where that is played: many heartbeats. */
const SILENCE_MS = 20 * HEARTBEAT_MS
/** More than that, and more than the idle timeout. */
const PAST_SILENCE_MS = 1.5 * SILENCE_MS

const isWaiting = ({ states }: LaneBench) => states.some(({ status }) => status === 'waiting')
const isOpen = ({ client }: LaneBench) => client.state.status === 'open'
const reconnects = ({ client }: LaneBench) => client.figures.reconnects

/** All has come that stands in the log by then, and what it has cost. */
async function doubled(laneBench: LaneBench): Promise<boolean> {
  return (await laneBench.whole()).doubled > 0
}
async function lost(laneBench: LaneBench): Promise<boolean> {
  laneBench.say('the last') // what is missing at the end would be only behind
  return (await laneBench.whole()).lost > 0
}

/** The line is cut, and everything that was there before is there again. */
async function cutAndBack(laneBench: LaneBench): Promise<boolean> {
  laneBench.say('one', 'two')
  await laneBench.whole()
  await laneBench.fault('cut', {}, null)
  await laneBench.until('the lane comes back', () => reconnects(laneBench) > 0 && isOpen(laneBench))
  laneBench.say('three')
  return doubled(laneBench)
}

const acknowledged = async (laneBench: LaneBench): Promise<boolean> => (await laneBench.whole()).sentLost > 0

export const PLAYS: Readonly<Record<string, Play>> = {
  'overlapping-polls': {
    lane: 'short-polling',
    options: { settings: { intervalMs: 20 } },
    async act(laneBench) {
      await laneBench.fault('latency', { ms: 60, jitterMs: 0 })
      laneBench.say('one', 'two')
      await laneBench.whole()
      // What is doubled comes with the answers that were underway by then.
      for (let looks = 0; looks < 10; looks++) {
        if ((await laneBench.row()).doubled > 0) return true
        await pause(100)
      }
      return false
    },
  },
  'no-cursor': {
    lane: 'long-polling',
    options: { settings: { holdMs: 2_000 } },
    async act(laneBench) {
      await laneBench.fault('latency', { ms: 40, jitterMs: 0 })
      for (const text of ['one', 'two', 'three', 'four', 'five']) {
        laneBench.say(text)
        await pause(20)
      }
      await laneBench.heal()
      await pause(100) // what was underway arrives, and the next poll waits
      return lost(laneBench)
    },
  },
  'written-is-received': {
    lane: 'long-polling',
    options: { settings: { holdMs: 5_000 } },
    async act(laneBench) {
      await laneBench.until('a poll waits', () => laneBench.bench.server.hub.followers === 1)
      await laneBench.fault('cut-at-byte', { bytes: 100, toServer: 0 })
      laneBench.say('one', 'two')
      await laneBench.until('the answer breaks', () => isWaiting(laneBench))
      await laneBench.until('the next poll waits', () => laneBench.bench.server.hub.followers === 1)
      return lost(laneBench)
    },
  },
  'session-lock': {
    lane: 'long-polling',
    options: { settings: { holdMs: 1_000 } },
    async act(laneBench) {
      const before = laneBench.pages.length
      await laneBench.until('a poll waits', () => laneBench.bench.server.hub.followers === 1)
      await laneBench.send('is this sent at once?')
      await laneBench.whole()
      return laneBench.pages[before] === false // the poll came back empty before the message was let in
    },
  },
  'lost-wake-up': {
    lane: 'long-polling',
    options: { settings: { holdMs: 5_000 } },
    async act(laneBench) {
      for (let tries = 0; tries < 8; tries++) {
        laneBench.say('is this heard?')
        await pause(60)
        if ((await laneBench.row()).behind === 0) continue
        await pause(150) // longer than an answer takes
        if ((await laneBench.row()).behind > 0) return true
      }
      await laneBench.whole()
      return false
    },
  },
  'raw-carriage-return': {
    lane: 'sse',
    async act(laneBench) {
      laneBench.say('a carriage return:\rand on')
      await laneBench.until('it is heard, or never', async () => {
        const { behind } = await laneBench.row()
        return behind === 0 || reconnects(laneBench) > 2
      })
      return (await laneBench.row()).behind > 0
    },
  },
  'event-without-id': { lane: 'sse', act: cutAndBack },
  'gives-up': {
    lane: 'sse',
    async act(laneBench) {
      await laneBench.fault('refusal')
      await laneBench.fault('cut', {}, null)
      await laneBench.until('it tries, or gives up', () =>
        laneBench.states.some(({ status }, at) => at > 2 && (status === 'waiting' || status === 'closed')),
      )
      await laneBench.until(
        'it has tried',
        () => laneBench.client.state.status === 'closed' || laneBench.states.length > 7,
      )
      await laneBench.heal()
      if (laneBench.client.state.status === 'closed') return true
      await laneBench.until('it is back', () => isOpen(laneBench))
      return lost(laneBench)
    },
  },
  'invisible-heartbeats': {
    lane: 'sse',
    options: { silenceMs: SILENCE_MS },
    async act(laneBench) {
      await pause(PAST_SILENCE_MS)
      return reconnects(laneBench) > 0 || isWaiting(laneBench)
    },
  },
  'chunk-is-an-event': {
    lane: 'http-streaming',
    async act(laneBench) {
      await laneBench.fault('slicing', { bytes: 1 })
      const before = (await laneBench.row()).bytes ?? 0
      laneBench.say('one', 'two')
      const bytes = async () => (await laneBench.row()).bytes ?? 0
      await laneBench.until('the slices have passed', async () => (await bytes()) > before + 250)
      await laneBench.heal()
      return lost(laneBench)
    },
  },
  'no-backpressure': {
    lane: 'http-streaming',
    async act(laneBench) {
      await laneBench.fault('slow-reader', { bytesPerSecond: 0 })
      let most = 0
      for (let part = 0; part < 40; part++) {
        laneBench.say(...Array.from({ length: 8 }, () => 'x'.repeat(60 * 1024)))
        for (let turns = 0; turns < 5; turns++) await turn()
        most = Math.max(most, laneBench.bench.server.backlog())
      }
      return most > 4 * 1024 * 1024
    },
  },
  'no-heartbeat': {
    lane: 'websocket',
    async act(laneBench) {
      await laneBench.fault('idle-timeout', { ms: SILENCE_MS })
      await pause(PAST_SILENCE_MS)
      return reconnects(laneBench) > 0 || isWaiting(laneBench)
    },
  },
  'open-is-believed': {
    lane: 'websocket',
    options: { silenceMs: SILENCE_MS },
    async act(laneBench) {
      await laneBench.fault('silence')
      laneBench.say('one', 'two')
      await pause(PAST_SILENCE_MS)
      if (!isWaiting(laneBench)) {
        await laneBench.heal()
        return isOpen(laneBench) && (await laneBench.row()).behind > 0
      }
      await laneBench.heal()
      return lost(laneBench)
    },
  },
  'no-resume': {
    lane: 'websocket',
    options: { backoffMs: 100 },
    async act(laneBench) {
      await laneBench.fault('cut', {}, null)
      await laneBench.until('the lane waits', () => isWaiting(laneBench))
      laneBench.say('one', 'two')
      await laneBench.until('the lane is back', () => isOpen(laneBench))
      return lost(laneBench)
    },
  },
  'no-goodbye': {
    lane: 'websocket',
    async act(laneBench) {
      await laneBench.fault('server-restart', {}, 0.2)
      await laneBench.until('the lane is broken', () => isWaiting(laneBench))
      const state = laneBench.states.find(({ status }) => status === 'waiting')
      await laneBench.until('the lane is back', () => isOpen(laneBench))
      await laneBench.whole()
      return state?.status === 'waiting' && state.cause.message.includes('1006')
    },
  },
  'new-id-for-each-try': {
    lane: 'sse',
    async act(laneBench) {
      await laneBench.fault('lost-acknowledgement', { count: 1 })
      await laneBench.send('once, please')
      return (await laneBench.whole()).sentTwice > 0
    },
  },
  'sent-is-received': {
    lane: 'websocket',
    options: { silenceMs: SILENCE_MS },
    async act(laneBench) {
      await laneBench.fault('silence')
      const sending = laneBench.send('did this arrive?')
      await laneBench.until('the lane gives its line up', () => isWaiting(laneBench))
      await laneBench.heal()
      await sending
      await laneBench.until('the lane is back', () => isOpen(laneBench))
      laneBench.say('after that')
      return acknowledged(laneBench)
    },
  },
  'acknowledged-before-stored': {
    lane: 'websocket',
    async act(laneBench) {
      await laneBench.send('is this stored?')
      await laneBench.fault('server-restart', {}, 0.2)
      await laneBench.until('the lane is broken', () => isWaiting(laneBench))
      await laneBench.until('the lane is back', () => isOpen(laneBench))
      laneBench.say('after that')
      return acknowledged(laneBench)
    },
  },
  'starts-over': { lane: 'websocket', act: cutAndBack },
  'no-jitter': {
    lane: 'http-streaming',
    options: { backoffMs: null },
    async act(laneBench) {
      await laneBench.fault('refusal', {}, 0.3)
      await laneBench.fault('cut', {}, null)
      await laneBench.until('the lane waits', () => isWaiting(laneBench))
      const waits = laneBench.states.flatMap((state) => (state.status === 'waiting' ? [state] : []))
      await laneBench.until('the lane is back', () => isOpen(laneBench))
      await laneBench.whole()
      return waits.every(({ retryInMs, upToMs }) => retryInMs === upToMs)
    },
  },
}
