/**
 * What brings each pitfall out, and how it shows in the ledger. Each play is put on twice, with the pitfall and without, and
 * does not know which: it says what it has seen.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { TransportName } from '../../../transports/manifest.ts'
import { HEARTBEAT_MS, type LaneOptions, pause, type Stage } from './stage.ts'

export interface Play {
  readonly lane: TransportName
  readonly options?: LaneOptions
  /** @returns whether the defect shows; when not, the lane must have been seen to be well. */
  act(stage: Stage): Promise<boolean>
}

/** How long a client hears nothing before it gives its connection up, where that is played: many heartbeats. */
const SILENCE_MS = 20 * HEARTBEAT_MS
/** More than that, and more than the idle timeout. */
const PAST_SILENCE_MS = 1.5 * SILENCE_MS

const isWaiting = ({ states }: Stage) => states.some(({ status }) => status === 'waiting')
const isOpen = ({ client }: Stage) => client.state.status === 'open'
const reconnects = ({ client }: Stage) => client.figures.reconnects

/** All has come that stands in the log by then, and what it has cost. */
async function doubled(stage: Stage): Promise<boolean> {
  return (await stage.whole()).doubled > 0
}
async function lost(stage: Stage): Promise<boolean> {
  stage.say('the last') // what is missing at the end would be only behind
  return (await stage.whole()).lost > 0
}

/** The line is cut, and everything that was there before is there again. */
async function cutAndBack(stage: Stage): Promise<boolean> {
  stage.say('one', 'two')
  await stage.whole()
  await stage.fault('cut', {}, null)
  await stage.until('the lane comes back', () => reconnects(stage) > 0 && isOpen(stage))
  stage.say('three')
  return doubled(stage)
}

const acknowledged = async (stage: Stage): Promise<boolean> => (await stage.whole()).sentLost > 0

export const PLAYS: Readonly<Record<string, Play>> = {
  'overlapping-polls': {
    lane: 'short-polling',
    options: { settings: { intervalMs: 20 } },
    async act(stage) {
      await stage.fault('latency', { ms: 60, jitterMs: 0 })
      stage.say('one', 'two')
      await stage.whole()
      // What is doubled comes with the answers that were underway by then.
      for (let looks = 0; looks < 10; looks++) {
        if ((await stage.row()).doubled > 0) return true
        await pause(100)
      }
      return false
    },
  },
  'no-cursor': {
    lane: 'long-polling',
    options: { settings: { holdMs: 2_000 } },
    async act(stage) {
      await stage.fault('latency', { ms: 40, jitterMs: 0 })
      for (const text of ['one', 'two', 'three', 'four', 'five']) {
        stage.say(text)
        await pause(20)
      }
      await stage.heal()
      await pause(100) // what was underway arrives, and the next poll waits
      return lost(stage)
    },
  },
  'written-is-received': {
    lane: 'long-polling',
    options: { settings: { holdMs: 5_000 } },
    async act(stage) {
      await stage.until('a poll waits', () => stage.bench.server.hub.followers === 1)
      await stage.fault('cut-at-byte', { bytes: 100, toServer: 0 })
      stage.say('one', 'two')
      await stage.until('the answer breaks', () => isWaiting(stage))
      await stage.until('the next poll waits', () => stage.bench.server.hub.followers === 1)
      return lost(stage)
    },
  },
  'session-lock': {
    lane: 'long-polling',
    options: { settings: { holdMs: 1_000 } },
    async act(stage) {
      const before = stage.pages.length
      await stage.until('a poll waits', () => stage.bench.server.hub.followers === 1)
      await stage.send('is this sent at once?')
      await stage.whole()
      return stage.pages[before] === false // the poll came back empty before the message was let in
    },
  },
  'lost-wake-up': {
    lane: 'long-polling',
    options: { settings: { holdMs: 5_000 } },
    async act(stage) {
      for (let tries = 0; tries < 8; tries++) {
        stage.say('is this heard?')
        await pause(60)
        if ((await stage.row()).behind === 0) continue
        await pause(150) // longer than an answer takes
        if ((await stage.row()).behind > 0) return true
      }
      await stage.whole()
      return false
    },
  },
  'raw-carriage-return': {
    lane: 'sse',
    async act(stage) {
      stage.say('a carriage return:\rand on')
      await stage.until('it is heard, or never', async () => {
        const { behind } = await stage.row()
        return behind === 0 || reconnects(stage) > 2
      })
      return (await stage.row()).behind > 0
    },
  },
  'event-without-id': { lane: 'sse', act: cutAndBack },
  'gives-up': {
    lane: 'sse',
    async act(stage) {
      await stage.fault('refusal')
      await stage.fault('cut', {}, null)
      await stage.until('it tries, or gives up', () =>
        stage.states.some(({ status }, at) => at > 2 && (status === 'waiting' || status === 'closed')),
      )
      await stage.until(
        'it has tried',
        () => stage.client.state.status === 'closed' || stage.states.length > 7,
      )
      await stage.heal()
      if (stage.client.state.status === 'closed') return true
      await stage.until('it is back', () => isOpen(stage))
      return lost(stage)
    },
  },
  'invisible-heartbeats': {
    lane: 'sse',
    options: { silenceMs: SILENCE_MS },
    async act(stage) {
      await pause(PAST_SILENCE_MS)
      return reconnects(stage) > 0 || isWaiting(stage)
    },
  },
  'chunk-is-an-event': {
    lane: 'http-streaming',
    async act(stage) {
      await stage.fault('slicing', { bytes: 1 })
      const before = (await stage.row()).bytes ?? 0
      stage.say('one', 'two')
      const bytes = async () => (await stage.row()).bytes ?? 0
      await stage.until('the slices have passed', async () => (await bytes()) > before + 250)
      await stage.heal()
      return lost(stage)
    },
  },
  'no-backpressure': {
    lane: 'http-streaming',
    async act(stage) {
      await stage.fault('slow-reader', { bytesPerSecond: 0 })
      let most = 0
      for (let part = 0; part < 40; part++) {
        stage.say(...Array.from({ length: 8 }, () => 'x'.repeat(60 * 1024)))
        for (let turns = 0; turns < 5; turns++) await turn()
        most = Math.max(most, stage.bench.server.backlog())
      }
      return most > 4 * 1024 * 1024
    },
  },
  'no-heartbeat': {
    lane: 'websocket',
    async act(stage) {
      await stage.fault('idle-timeout', { ms: SILENCE_MS })
      await pause(PAST_SILENCE_MS)
      return reconnects(stage) > 0 || isWaiting(stage)
    },
  },
  'open-is-believed': {
    lane: 'websocket',
    options: { silenceMs: SILENCE_MS },
    async act(stage) {
      await stage.fault('silence')
      stage.say('one', 'two')
      await pause(PAST_SILENCE_MS)
      if (!isWaiting(stage)) {
        await stage.heal()
        return isOpen(stage) && (await stage.row()).behind > 0
      }
      await stage.heal()
      return lost(stage)
    },
  },
  'no-resume': {
    lane: 'websocket',
    options: { backoffMs: 100 },
    async act(stage) {
      await stage.fault('cut', {}, null)
      await stage.until('the lane waits', () => isWaiting(stage))
      stage.say('one', 'two')
      await stage.until('the lane is back', () => isOpen(stage))
      return lost(stage)
    },
  },
  'no-goodbye': {
    lane: 'websocket',
    async act(stage) {
      await stage.fault('server-restart', {}, 0.2)
      await stage.until('the lane is broken', () => isWaiting(stage))
      const state = stage.states.find(({ status }) => status === 'waiting')
      await stage.until('the lane is back', () => isOpen(stage))
      await stage.whole()
      return state?.status === 'waiting' && state.cause.message.includes('1006')
    },
  },
  'new-id-for-each-try': {
    lane: 'sse',
    async act(stage) {
      await stage.fault('lost-acknowledgement', { count: 1 })
      await stage.send('once, please')
      return (await stage.whole()).sentTwice > 0
    },
  },
  'sent-is-received': {
    lane: 'websocket',
    options: { silenceMs: SILENCE_MS },
    async act(stage) {
      await stage.fault('silence')
      const sending = stage.send('did this arrive?')
      await stage.until('the lane gives its line up', () => isWaiting(stage))
      await stage.heal()
      await sending
      await stage.until('the lane is back', () => isOpen(stage))
      stage.say('after that')
      return acknowledged(stage)
    },
  },
  'acknowledged-before-stored': {
    lane: 'websocket',
    async act(stage) {
      await stage.send('is this stored?')
      await stage.fault('server-restart', {}, 0.2)
      await stage.until('the lane is broken', () => isWaiting(stage))
      await stage.until('the lane is back', () => isOpen(stage))
      stage.say('after that')
      return acknowledged(stage)
    },
  },
  'starts-over': { lane: 'websocket', act: cutAndBack },
  'no-jitter': {
    lane: 'http-streaming',
    options: { backoffMs: null },
    async act(stage) {
      await stage.fault('refusal', {}, 0.3)
      await stage.fault('cut', {}, null)
      await stage.until('the lane waits', () => isWaiting(stage))
      const waits = stage.states.flatMap((state) => (state.status === 'waiting' ? [state] : []))
      await stage.until('the lane is back', () => isOpen(stage))
      await stage.whole()
      return waits.every(({ retryInMs, upToMs }) => retryInMs === upToMs)
    },
  },
}
