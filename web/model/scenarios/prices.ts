/** Scenarios on whole wires: what a transport costs, by how much is said. */
import { bytes, milliseconds, number } from '../../words.ts'
import { FAMILIES, mostOf, type Scenario, type Tools, type Verdict } from './scenario.ts'

const QUIET_S = 20

const BY_FAMILY = ['Short polling', 'Long polling', 'SSE or HTTP streaming', 'WebSocket'] as const

export const quietRoom: Scenario = {
  id: 'quiet-room',
  title: 'The price of asking',
  plan: `Nothing is said for ${QUIET_S} seconds. All lanes stay open.`,
  question: 'Which lane has moved most bytes at the end?',
  guesses: BY_FAMILY,
  needs: [],
  seconds: QUIET_S + 3,
  async run(tools) {
    await tools.reset()
    const before = await tools.ledger()
    await tools.pause(QUIET_S * 1_000)
    const ledger = await tools.ledger()
    const of = (lane: string, key: 'requests' | 'bytes') => {
      const [from, to] = [before.get(lane)?.[key] ?? null, ledger.get(lane)?.[key] ?? null]
      return from === null || to === null ? null : to - from
    }
    const hasBytes = tools.lanes.some((lane) => of(lane, 'bytes') !== null)
    const key = hasBytes ? 'bytes' : 'requests'
    const most = mostOf(tools.lanes, (lane) => of(lane, key))
    const messages = Math.max(0, ...tools.lanes.map(tools.shown))
    return {
      right: most === null ? null : FAMILIES.indexOf(most),
      words: `${messages === 0 ? 'Not one message was carried' : `${number(messages)} messages were carried all the same: other users are in this room`}, and this is what ${QUIET_S} seconds have cost.${
        hasBytes
          ? ''
          : ' This lab has one port for all lanes and cannot tell their bytes apart, so requests decide.'
      }`,
      columns: ['Requests', 'Bytes', 'Bytes a day, so'],
      rows: tools.lanes.map((lane) => {
        const moved = of(lane, 'bytes')
        return {
          lane,
          cells: [
            number(of(lane, 'requests') ?? 0),
            moved === null ? '–' : bytes(moved),
            moved === null ? '–' : bytes(Math.round((moved / QUIET_S) * 86_400)),
          ],
        }
      }),
    }
  },
}

const PRICES_S = 10

export const livePrices: Scenario = {
  id: 'live-prices',
  title: 'Live prices',
  plan: `Twenty prices a second, of 48 bytes each, for ${PRICES_S} seconds.`,
  question: 'Which lane moves most bytes for each price?',
  guesses: BY_FAMILY,
  needs: [],
  seconds: PRICES_S + 10,
  run: (tools) => costOf(tools, { perSecond: 20, size: 48, seconds: PRICES_S }),
}

const NOTIFICATIONS_S = 30

export const notifications: Scenario = {
  id: 'notifications',
  title: 'Notifications',
  plan: `One short message each five seconds, for ${NOTIFICATIONS_S} seconds: a page that waits for news.`,
  question: 'Which lane moves most bytes for each notification?',
  guesses: BY_FAMILY,
  needs: [],
  seconds: NOTIFICATIONS_S + 10,
  run: (tools) => costOf(tools, { perSecond: 0.2, size: 64, seconds: NOTIFICATIONS_S }),
}

interface Load {
  readonly perSecond: number
  readonly size: number
  readonly seconds: number
}

async function costOf(tools: Tools, { perSecond, size, seconds }: Load): Promise<Verdict> {
  await tools.reset()
  await tools.ledger()
  const stop = tools.traffic(perSecond, size)
  await tools.pause(seconds * 1_000)
  const published = stop()
  await tools.until(() => tools.lanes.every((lane) => tools.shown(lane) >= published), 5_000)
  const ledger = await tools.ledger()
  const costIn = (lane: string) => {
    const row = ledger.get(lane)
    return row ? (row.bytesPerMessage ?? row.requestsPerMessage) : null
  }
  const most = mostOf(tools.lanes, costIn)
  const hasBytes = tools.lanes.some((lane) => ledger.get(lane)?.bytesPerMessage != null)
  return {
    right: most === null ? null : FAMILIES.indexOf(most),
    words: `${number(published)} messages of ${bytes(size)} in ${seconds} seconds: everything above ${bytes(size)} for each is what carries it.${
      hasBytes
        ? ''
        : ' This lab has one port for all lanes and cannot tell their bytes apart, so requests decide.'
    }`,
    columns: ['Half of all after', '99 of 100 after', 'Bytes each', 'Requests each', 'Lost'],
    rows: tools.lanes.map((lane) => {
      const row = ledger.get(lane)
      const [half, most] = [tools.latency(lane, 0.5), tools.latency(lane, 0.99)]
      return {
        lane,
        cells: [
          half === null ? '–' : milliseconds(half),
          most === null ? '–' : milliseconds(most),
          row?.bytesPerMessage == null ? '–' : bytes(Math.round(row.bytesPerMessage)),
          row?.requestsPerMessage == null ? '–' : number(row.requestsPerMessage),
          row ? number(row.lost) : '–',
        ],
      }
    }),
  }
}
