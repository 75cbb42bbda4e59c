/** Scenarios in which a wire breaks. */
import { milliseconds, number } from '../../words.ts'
import { healMs, noticeMs, type Reaction } from '../wires/reaction.ts'
import { type Family, familyOf, type Scenario, type Tools, type Verdict } from './scenario.ts'

/** What is said while it lasts: slow enough to be read, fast enough that each fault meets some of it. */
const TALK_PER_SECOND = 2
const TALK_BYTES = 64
/** A lane that is not well by then after a fault is not waited for, in milliseconds. */
const MOST_HEAL_MS = 45_000

const TUNNEL_S = 8

export const tunnel: Scenario = {
  id: 'tunnel',
  title: 'A train goes through a tunnel',
  plan: `A group chats, two messages a second. For ${TUNNEL_S} seconds the line of every lane is dead, and neither end is told. Then the signal is back.`,
  question: 'When the train is out again, whose conversation has holes, or something twice?',
  guesses: [
    'The pollers’: they have missed what was said between two polls',
    'The streams’: SSE and HTTP streaming cannot ask for what they missed',
    'The WebSockets’: a new socket knows nothing of the old one',
    'No lane’s: each has everything, once and in order',
  ],
  needs: ['silence'],
  seconds: 4 + TUNNEL_S + MOST_HEAL_MS / 1_000 + 5,
  async run(tools) {
    await tools.reset()
    const stop = tools.traffic(TALK_PER_SECOND, TALK_BYTES)
    await tools.pause(4_000)
    await tools.break([{ fault: 'silence', settings: {} }], TUNNEL_S)
    await tools.pause(TUNNEL_S * 1_000)
    await tools.until(() => tools.lanes.every((lane) => tools.reaction(lane)?.healedAt != null), MOST_HEAL_MS)
    const published = stop()
    await settled(tools)
    const ledger = await tools.ledger()
    const isOdd = (lane: string) => {
      const row = ledger.get(lane)
      return row !== undefined && row.lost + row.doubled + row.reordered > 0
    }
    const odd = tools.lanes.filter(isOdd)
    const slowest = slowestOf(tools)
    return {
      right: odd.length === 0 ? 3 : guessOf(odd, ['short polling|long polling', 'streams', 'sockets']),
      words: `${number(published)} messages were published. ${
        odd.length === 0
          ? 'Every lane has all of them, once and in order: a reader that kept its cursor asks for what came after it.'
          : `Not whole: ${odd.length} of ${tools.lanes.length} lanes.`
      }${slowest ? ` What differs is the time: the slowest was well ${slowest} after the end of the tunnel.` : ''}`,
      columns: ['Noticed after', 'Well again after', 'Delivered', 'Lost', 'Doubled'],
      rows: rowsOf(tools, (lane, reaction) => {
        const row = ledger.get(lane)
        return [
          ...timesIn(reaction),
          row ? `${number(row.delivered)} of ${number(row.inLog)}` : '–',
          row ? number(row.lost) : '–',
          row ? number(row.doubled) : '–',
        ]
      }),
    }
  },
}

const BUFFERED_S = 12

export const buffering: Scenario = {
  id: 'buffering',
  title: 'A proxy that buffers',
  plan: `Two messages a second. For ${BUFFERED_S} seconds a proxy on every lane keeps each answer until it is complete, as many an office’s and many a server’s own proxy does.`,
  question: 'Which lanes still show messages while it lasts?',
  guesses: [
    'All of them: it only adds a little delay',
    'Those whose answers end: the polls. SSE and HTTP streaming stand still',
    'Only the WebSockets: everything that is HTTP stands still',
    'None: nothing passes',
  ],
  needs: ['buffering'],
  seconds: BUFFERED_S + 25,
  async run(tools) {
    await tools.reset()
    await tools.break([{ fault: 'buffering', settings: {} }], BUFFERED_S)
    const stop = tools.traffic(TALK_PER_SECOND, TALK_BYTES)
    await tools.pause((BUFFERED_S - 2) * 1_000)
    const published = stop()
    const shown = new Map(tools.lanes.map((lane) => [lane, tools.shown(lane)]))
    await tools.pause(2_000)
    await settled(tools, 20_000)
    const ledger = await tools.ledger()
    const passes = (lane: string) => (shown.get(lane) ?? 0) >= published / 2
    const still = tools.lanes.filter((lane) => !passes(lane))
    return {
      right: rightOfBuffering(tools.lanes, passes),
      words: `While the proxy buffered, ${number(published)} messages were published; ${
        still.length === 0
          ? 'every lane showed at least half of them'
          : `${still.length} of ${tools.lanes.length} lanes showed less than half of them`
      }. Answers that end pass such a proxy; one that never ends is never complete.`,
      columns: ['Shown meanwhile', 'Half of all after', 'Delivered in the end', 'Lost'],
      rows: rowsOf(tools, (lane) => {
        const row = ledger.get(lane)
        const p50 = tools.latency(lane, 0.5)
        return [
          `${number(shown.get(lane) ?? 0)} of ${number(published)}`,
          p50 === null ? '–' : milliseconds(p50),
          row ? `${number(row.delivered)} of ${number(row.inLog)}` : '–',
          row ? number(row.lost) : '–',
        ]
      }),
    }
  },
}

function rightOfBuffering(lanes: readonly string[], passes: (lane: string) => boolean): number | null {
  const known = lanes.filter((lane) => familyOf(lane) !== null)
  const passing = new Set(known.filter(passes).map(familyOf))
  if (known.every(passes)) return 0
  if (passing.size === 0) return 3
  if (passing.size === 1 && passing.has('sockets')) return 2
  return !passing.has('streams') && (passing.has('short polling') || passing.has('long polling')) ? 1 : null
}

const HALF_OPEN_S = 60
/** Lanes that notice within this of each other have noticed together, in milliseconds. */
const TOGETHER_MS = 2_000

export const halfOpen: Scenario = {
  id: 'half-open',
  title: 'A line that is half open',
  plan: `One message a second. Then a router forgets every connection and tells neither end, for ${HALF_OPEN_S} seconds at most: a socket still says “open”, and nothing comes.`,
  question: 'Which lane is the first to notice?',
  guesses: [
    'Short polling: it asks all the time, and misses the answer',
    'Long polling: its answer is overdue',
    'SSE and HTTP streaming: the heartbeat stays out',
    'WebSocket: the protocol has pings for it',
    'None is first: each waits for the same silence',
  ],
  needs: ['silence'],
  seconds: HALF_OPEN_S + 10,
  async run(tools) {
    await tools.reset()
    const stop = tools.traffic(1, TALK_BYTES)
    await tools.pause(2_000)
    await tools.break([{ fault: 'silence', settings: {} }], HALF_OPEN_S)
    const hasNoticed = (lane: string) => tools.reaction(lane)?.noticedAt != null
    await tools.until(() => tools.lanes.every(hasNoticed), HALF_OPEN_S * 1_000)
    stop()
    const noticed = tools.lanes.filter((lane) => familyOf(lane) !== null && hasNoticed(lane))
    const at = (lane: string) => tools.reaction(lane)?.noticedAt ?? Number.POSITIVE_INFINITY
    const first = Math.min(...noticed.map(at))
    const together = new Set(noticed.filter((lane) => at(lane) <= first + TOGETHER_MS).map(familyOf))
    const families = ['short polling', 'long polling', 'streams', 'sockets'] as const
    const [only] = together
    const isAlone = together.size === 1 && only !== undefined && only !== null
    return {
      right: noticed.length === 0 ? null : isAlone ? families.indexOf(only) : together.size >= 3 ? 4 : null,
      words: `${noticed.length} of ${tools.lanes.length} lanes noticed. Without a limit for silence a reader waits for ever: TCP says nothing, so each lane here counts the seconds since it last heard anything, and the server sends heartbeats so that quiet is not taken for dead.`,
      columns: ['Noticed after'],
      rows: rowsOf(tools, (_lane, reaction) => timesIn(reaction).slice(0, 1)),
    }
  },
}

/** Until every lane has shown as much as the one that has shown most. */
const settled = async (tools: Tools, limitMs = 5_000): Promise<void> => {
  await tools.until(() => new Set(tools.lanes.map(tools.shown)).size === 1, limitMs)
}

const rowsOf = (
  tools: Tools,
  cells: (lane: string, reaction: Reaction | null) => readonly string[],
): Verdict['rows'] => tools.lanes.map((lane) => ({ lane, cells: cells(lane, tools.reaction(lane)) }))

function timesIn(reaction: Reaction | null): string[] {
  const notice = reaction && noticeMs(reaction)
  const heal = reaction && healMs(reaction)
  return [notice === null ? 'did not' : milliseconds(notice), heal === null ? 'not yet' : milliseconds(heal)]
}

function slowestOf(tools: Tools): string | null {
  const times = tools.lanes.flatMap((lane) => {
    const reaction = tools.reaction(lane)
    return (reaction && healMs(reaction)) ?? []
  })
  return times.length === 0 ? null : milliseconds(Math.max(...times))
}

/** Which of the guesses names the families of these lanes, and no other; null when none does. */
function guessOf(lanes: readonly string[], guesses: readonly string[]): number | null {
  const families = new Set(lanes.map(familyOf).filter((family): family is Family => family !== null))
  const index = guesses.findIndex((names) =>
    [...families].every((family) => names.split('|').includes(family)),
  )
  return families.size === 0 || index < 0 ? null : index
}
