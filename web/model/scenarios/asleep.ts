/** The scenario of tabs that sleep: what a transport asks of a server when all its readers come back at once. */
import { MAX_CROWD } from '../../../lab/wires/control.ts'
import { bytes, milliseconds, number } from '../../words.ts'
import { FAMILIES, familyOf, mostOf, type Scenario } from './scenario.ts'

/** Times within this of each other are the same: one run of each is no more exact. */
const SAME = 1.5

/** Tabs that wake first, by each transport, and are not counted. */
const WARM_UP = 300

export const sleepingTabs: Scenario = {
  id: 'sleeping-tabs',
  title: 'A thousand sleeping tabs',
  plan: `${number(MAX_CROWD)} tabs read one room, and all of them sleep: none has a connection, and each keeps its cursor. Ten messages are said. Then all wake at the same moment. The server’s own process simulates them, in a room of their own, by one transport after the other.`,
  question: 'By which is the last tab up to date latest?',
  guesses: [
    'Short polling: each asks, and asks again',
    'Long polling: each asks and is held',
    'SSE or HTTP streaming: each stream has to be replayed',
    'WebSocket: each needs a handshake first',
    'None: to come back is one connection and one request by each of them',
  ],
  needs: [],
  needsAll: true,
  seconds: 250,
  async run(tools) {
    await tools.reset()
    const lanes = tools.lanes.filter((lane) => familyOf(lane) !== null)
    const woke = new Map<string, Awaited<ReturnType<typeof tools.crowd>>>()
    // Code that has hardly run is slow: without this, the first transport would look like the slowest.
    for (const lane of lanes) await tools.crowd(lane, WARM_UP)
    for (const lane of lanes) woke.set(lane, await tools.crowd(lane, MAX_CROWD))
    const lastOf = (lane: string) => woke.get(lane)?.lastMs ?? null
    const times = lanes.map(lastOf)
    const known = times.filter((ms) => ms !== null)
    const isSame = known.length === times.length && Math.max(...known) <= SAME * Math.min(...known)
    const most = known.length < times.length ? null : mostOf(lanes, lastOf)
    const late = lanes.filter((lane) => lastOf(lane) === null)
    const problem = late.map((lane) => woke.get(lane)?.problem ?? null).find((words) => words !== null)
    return {
      right: isSame && known.length > 0 ? 4 : most === null ? null : FAMILIES.indexOf(most),
      words:
        late.length > 0
          ? `On ${late.length} of ${lanes.length} transports not all of ${number(MAX_CROWD)} tabs were up to date in time${problem ? `: ${problem}` : ''}.`
          : `The slowest crowd was up to date after ${milliseconds(Math.max(...known))}, the quickest after ${milliseconds(Math.min(...known))}. Each tab asked once for what came after its cursor; a server pays for a thousand of them at once, whichever way they come. CPU is that of the tabs too, since one process has both.`,
      columns: [
        'Up to date',
        'Half after',
        'The last after',
        'Requests',
        'Bytes to the server',
        'Bytes to the tabs',
        'CPU',
      ],
      rows: tools.lanes.map((lane) => {
        const crowd = woke.get(lane)
        const time = (ms: number | null) => (ms === null ? '–' : milliseconds(ms))
        return {
          lane,
          cells: crowd
            ? [
                `${number(crowd.upToDate)} of ${number(crowd.tabs)}`,
                time(crowd.halfMs),
                time(crowd.lastMs),
                number(crowd.requests),
                bytes(crowd.bytesToServer),
                bytes(crowd.bytesToClient),
                time(crowd.cpuMs),
              ]
            : Array.from({ length: 7 }, () => '–'),
        }
      }),
    }
  },
}
