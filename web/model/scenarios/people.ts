/** Scenarios of people who write at the same time: what a lane makes of messages that come close together. */
import { bytes, milliseconds, number } from '../../words.ts'
import { FAMILIES, MOST_WAIT_MS, mostOf, type Scenario, type Tools, type Verdict } from './scenario.ts'

const BY_FAMILY = ['Short polling', 'Long polling', 'SSE or HTTP streaming', 'WebSocket'] as const

interface Bursts {
  /** Messages that are said at the same moment, how many times, and how far apart. */
  readonly atOnce: number
  readonly times: number
  readonly everyMs: number
  readonly size: number
}

/** Says the bursts, waits until each lane has shown all, and returns how many messages there were. */
async function sayInBursts(tools: Tools, { atOnce, times, everyMs, size }: Bursts): Promise<number> {
  await tools.reset()
  await tools.ledger()
  for (let n = 0; n < times; n++) {
    await tools.burst(atOnce, size)
    await tools.pause(everyMs)
  }
  const said = atOnce * times
  await tools.until(() => tools.lanes.every((lane) => tools.shown(lane) >= said), MOST_WAIT_MS)
  return said
}

const CHAT: Bursts = { atOnce: 3, times: 10, everyMs: 1_500, size: 80 }

export const groupChat: Scenario = {
  id: 'group-chat',
  title: 'Group chat',
  plan: `Three people answer at the same moment, ${CHAT.times} times, ${CHAT.everyMs / 1_000} seconds apart: ${CHAT.atOnce * CHAT.times} messages.`,
  question: 'In which lane does the latest of them come latest?',
  guesses: BY_FAMILY,
  needs: [],
  seconds: (CHAT.times * CHAT.everyMs + MOST_WAIT_MS) / 1_000 + 5,
  async run(tools) {
    const said = await sayInBursts(tools, CHAT)
    const ledger = await tools.ledger()
    const latest = (lane: string) => tools.latency(lane, 0.99)
    const most = mostOf(tools.lanes, latest)
    return {
      right: most === null ? null : FAMILIES.indexOf(most),
      words: `${number(said)} messages were said. A lane that asks shows them when it asks next, and one that is told shows them when they are said.`,
      columns: ['Half of all after', '99 of 100 after', 'Delivered', 'Out of order'],
      rows: tools.lanes.map((lane) => {
        const row = ledger.get(lane)
        return {
          lane,
          cells: [
            timeOf(tools.latency(lane, 0.5)),
            timeOf(latest(lane)),
            row ? `${number(row.delivered)} of ${number(row.inLog)}` : '–',
            row ? number(row.reordered) : '–',
          ],
        }
      }),
    }
  },
}

const DASHBOARD: Bursts = { atOnce: 12, times: 10, everyMs: 1_000, size: 120 }

export const dashboard: Scenario = {
  id: 'dashboard',
  title: 'Monitoring dashboard',
  plan: `Twelve machines report at the same moment, once a second, for ${DASHBOARD.times} seconds: ${DASHBOARD.atOnce * DASHBOARD.times} reports.`,
  question: 'Which lane needs most requests for each report?',
  guesses: [...BY_FAMILY, 'None: each lane needs fewer than one for each'],
  needs: [],
  seconds: (DASHBOARD.times * DASHBOARD.everyMs + MOST_WAIT_MS) / 1_000 + 5,
  async run(tools): Promise<Verdict> {
    const said = await sayInBursts(tools, DASHBOARD)
    const ledger = await tools.ledger()
    const each = (lane: string) => ledger.get(lane)?.requestsPerMessage ?? null
    const known = tools.lanes.map(each).filter((one) => one !== null)
    const most = mostOf(tools.lanes, each)
    const isShared = known.length > 0 && known.every((one) => one < 1)
    return {
      right: isShared ? 4 : most === null ? null : FAMILIES.indexOf(most),
      words: `${number(said)} reports were published. ${
        isShared
          ? 'What was said at the same moment went in one page, so a request carried several reports in every lane.'
          : 'A lane whose answer goes with the first of twelve has to ask again for the others.'
      }`,
      columns: ['Requests each', 'Bytes each', 'Half of all after', '99 of 100 after'],
      rows: tools.lanes.map((lane) => {
        const row = ledger.get(lane)
        return {
          lane,
          cells: [
            row?.requestsPerMessage == null ? '–' : row.requestsPerMessage.toFixed(2),
            row?.bytesPerMessage == null ? '–' : bytes(Math.round(row.bytesPerMessage)),
            timeOf(tools.latency(lane, 0.5)),
            timeOf(tools.latency(lane, 0.99)),
          ],
        }
      }),
    }
  },
}

const timeOf = (ms: number | null) => (ms === null ? '–' : milliseconds(ms))
