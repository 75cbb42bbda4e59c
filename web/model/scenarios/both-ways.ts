/** Scenarios in which the lane writes as well as reads: a game of two players, and a text of two writers. */
import { milliseconds, number } from '../../words.ts'
import { type Family, familyOf, MOST_WAIT_MS, type Scenario, type Tools } from './scenario.ts'
import { dotText, type Insertion, insertionsIn, insertionText, placeOf, written } from './scenes.ts'

const PER_SECOND = 20
const TURN_MS = 2_500
/** Below so many requests for each position, a position has had none of its own. */
const OWN_REQUEST = 0.5

export const game: Scenario = {
  id: 'game',
  title: 'Game positions',
  plan: `Two players move, each at ${PER_SECOND} positions a second. The second is published by no lane; the first is sent by the lanes in turn, ${TURN_MS / 1_000} seconds each, and all lanes show both.`,
  question: 'Which lanes send a position without a request for it?',
  guesses: [
    'All of them: a connection is open anyway',
    'SSE, HTTP streaming and WebSocket: their connection stays open',
    'Only WebSocket: on the others nothing but a request goes to the server',
    'None',
  ],
  needs: [],
  seconds: 90,
  scene: 'game',
  async run(tools) {
    await tools.reset()
    const stop = moving(tools, 2, (text) => tools.publish(text))
    const spent = new Map<
      string,
      { readonly sent: number; readonly requests: number; readonly times: number[] }
    >()
    for (const lane of tools.lanes) {
      const before = tools.requests(lane)
      const times: number[] = []
      let unanswered = 0
      const end = moving(tools, 1, async (text) => {
        unanswered++
        const ms = await tools.say(lane, text).finally(() => unanswered--)
        if (ms !== null) times.push(ms)
      })
      await tools.pause(TURN_MS)
      const sent = end()
      // What a slow machine has not sent yet is of this turn too.
      await tools.until(() => unanswered === 0, TURN_MS)
      spent.set(lane, { sent, requests: tools.requests(lane) - before, times })
    }
    const published = stop()
    await tools.pause(1_000)
    const ledger = await tools.ledger()
    const each = (lane: string) => {
      const { sent = 0, requests = 0 } = spent.get(lane) ?? {}
      return sent === 0 ? null : requests / sent
    }
    const known = tools.lanes.filter((lane) => familyOf(lane) !== null && each(lane) !== null)
    const free = known.filter((lane) => each(lane)! < OWN_REQUEST)
    return {
      right: rightOfGame(known, free),
      words: `Player 2 sent ${number(published)} positions. ${free.length} of ${known.length} lanes sent player 1’s without a request for each; the others had a request, with all its headers, for every one.`,
      columns: [
        'Sent',
        'Requests for each',
        'Sent and acknowledged, half after',
        'Shown, 99 of 100 after',
        'Lost',
      ],
      rows: tools.lanes.map((lane) => {
        const { sent = 0, times = [] } = spent.get(lane) ?? {}
        const [one, half, shown] = [each(lane), middleOf(times), tools.latency(lane, 0.99)]
        const row = ledger.get(lane)
        return {
          lane,
          cells: [
            number(sent),
            one === null ? '–' : one.toFixed(2),
            half === null ? '–' : milliseconds(half),
            shown === null ? '–' : milliseconds(shown),
            row ? number(row.lost) : '–',
          ],
        }
      }),
    }
  },
}

/** Sends a player's positions until the returned function is called, with how many there were. */
function moving(tools: Tools, player: 1 | 2, send: (text: string) => Promise<unknown>): () => number {
  let sent = 0
  let ms = 0
  const end = tools.every(1_000 / PER_SECOND, () => {
    sent++
    ms += 1_000 / PER_SECOND
    void send(dotText(placeOf(player, ms))).catch(() => {})
  })
  return () => {
    end()
    return sent
  }
}

function rightOfGame(known: readonly string[], free: readonly string[]): number | null {
  const families = (lanes: readonly string[]) => new Set(lanes.map(familyOf))
  const [all, with0] = [families(known), families(free)]
  const others = families(known.filter((lane) => !free.includes(lane)))
  const is = (...wanted: Family[]) =>
    with0.size === wanted.length && wanted.every((one) => with0.has(one) && !others.has(one))
  if (free.length === 0) return 3
  if (with0.size === all.size && others.size === 0) return 0
  return is('streams', 'sockets') ? 1 : is('sockets') ? 2 : null
}

function middleOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

const LETTERS = 30
const TYPE_MS = 200

export const editing: Scenario = {
  id: 'editing',
  title: 'Collaborative editing',
  plan: `Two people type into one text, ${LETTERS} letters each, five a second. A’s letters are sent by the lanes in turn, B’s by none. A’s editor puts a letter of A in at once, and one of B when the lane shows it.`,
  question: 'On which lanes does A’s screen show, at the end, what stands in the log?',
  guesses: [
    'On all: every letter arrives',
    'On SSE, HTTP streaming and WebSocket: they are quick enough',
    'On WebSocket alone',
    'On none: an own letter is put in before some that come before it in the log',
  ],
  needs: [],
  seconds: (LETTERS * TYPE_MS + MOST_WAIT_MS) / 1_000 + 5,
  scene: 'text',
  async run(tools) {
    await tools.reset()
    const screens = new Map<string, Insertion[]>(tools.lanes.map((lane) => [lane, []]))
    const counts = { A: 0, B: 0 }
    /** Puts on each screen what its lane has shown of B since. */
    const look = () => {
      for (const [lane, screen] of screens) {
        const shown = insertionsIn(tools.texts(lane)).filter(({ writer }) => writer === 'B')
        screen.push(...shown.slice(screen.filter(({ writer }) => writer === 'B').length))
      }
    }
    for (let n = 0; n < LETTERS; n++) {
      look()
      const own: Insertion = { writer: 'A', at: counts.A++, letter: letterOf('A', n) }
      for (const screen of screens.values()) screen.push(own)
      void tools.say(tools.lanes[n % tools.lanes.length]!, insertionText(own)).catch(() => {})
      const other: Insertion = { writer: 'B', at: counts.B++, letter: letterOf('B', n) }
      void tools.publish(insertionText(other)).catch(() => {})
      await tools.pause(TYPE_MS)
    }
    const isWhole = (lane: string) => insertionsIn(tools.texts(lane)).length >= 2 * LETTERS
    await tools.until(() => tools.lanes.every(isWhole), MOST_WAIT_MS)
    look()
    const byLog = new Map(tools.lanes.map((lane) => [lane, written(insertionsIn(tools.texts(lane))).text]))
    const onScreen = new Map([...screens].map(([lane, screen]) => [lane, written(screen).text]))
    const log = longestOf([...byLog.values()])
    const same = tools.lanes.filter((lane) => onScreen.get(lane) === log)
    const agree = tools.lanes.filter((lane) => byLog.get(lane) === log).length
    const known = tools.lanes.filter((lane) => familyOf(lane) !== null)
    return {
      right: rightOfEditing(
        known,
        known.filter((lane) => same.includes(lane)),
      ),
      words: `Put in by the order of the log, the text is the same on ${agree} of ${tools.lanes.length} lanes. Put in with A’s own letters at once, it is on ${same.length}. That is what operational transformation and CRDTs are for: no transport can do it.`,
      columns: ['By the log', 'A’s screen', 'Places that differ', 'B’s letters, half after'],
      rows: tools.lanes.map((lane) => {
        const [own, half] = [onScreen.get(lane) ?? '', tools.latency(lane, 0.5)]
        const differ = [...log].filter((letter, at) => own[at] !== letter).length
        return {
          lane,
          cells: [
            byLog.get(lane) === log ? 'the same' : 'another',
            own === log ? 'the same' : 'another',
            `${number(differ)} of ${number(log.length)}`,
            half === null ? '–' : milliseconds(half),
          ],
        }
      }),
    }
  },
}

const longestOf = (texts: readonly string[]) =>
  texts.reduce((most, text) => (text.length > most.length ? text : most), '')
const letterOf = (writer: 'A' | 'B', n: number) =>
  String.fromCharCode((writer === 'A' ? 0x61 : 0x41) + (n % 26))

function rightOfEditing(known: readonly string[], same: readonly string[]): number | null {
  if (same.length === 0) return 3
  if (same.length === known.length) return 0
  const families = new Set(same.map(familyOf))
  if (families.size === 1 && families.has('sockets')) return 2
  return [...families].every((one) => one === 'streams' || one === 'sockets') ? 1 : null
}
