/** Two mistakes of a client that polls: questions that overlap, and an old answer that arrives last. */
import shortPolling from '../../../../transports/short-polling/client.ts'
import { Hub } from '../../../hub/hub.ts'
import type { Room } from '../../../hub/room.ts'
import type { Cursor, Page } from '../../../wire/message.ts'
import { createManualClock, type ManualClock } from '../../kit/manual-clock.ts'
import { PLAIN } from '../../kit/network/network.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { type Recorder, repeated, valuesOf } from '../recording.ts'

const INTERVAL_MS = 1_000

/** A server that reads the log at once, and whose answers take a while on their way. */
interface SlowServer {
  readonly room: Room
  readonly clock: ManualClock
  ask(since: Cursor | null): Promise<Page>
}

/** @param delaysMs of the answers, in order; the last one holds for all that follow */
function openSlowServer({ note, timeBy }: Recorder, delaysMs: readonly number[]): SlowServer {
  const clock = createManualClock()
  timeBy(clock.now)
  const room = new Hub().room('tea')
  let asked = 0
  let underway = 0
  return {
    room,
    clock,
    async ask(since) {
      const which = ++asked
      note('page', `sends question ${which}; ${++underway} underway`, 'underway', underway)
      const page = room.read(since)
      await new Promise<void>((done) => clock.after(delaysMs[which - 1] ?? delaysMs.at(-1)!, done))
      underway--
      return page
    },
  }
}

const write = ({ room }: SlowServer, { note }: Recorder, number: number) => {
  note('Ada', `writes number ${number}`)
  void room.publish({ draftId: `d${number}`, author: 'Ada', text: String(number) })
}

/** A question each second, whether or not the last one has been answered. */
function askEachSecond({ clock, ask }: SlowServer, onPage: (page: Page) => void): () => void {
  let cursor: Cursor | null = null
  let cancel = () => {}
  function tick() {
    cancel = clock.after(INTERVAL_MS, tick)
    void ask(cursor).then((page) => {
      cursor = page.cursor
      onPage(page)
    })
  }
  tick()
  return () => cancel()
}

/** The lab's own client, over this server. */
function askInTurn({ clock, ask }: SlowServer, onPage: (page: Page) => void): () => void {
  const over = new AbortController()
  const fetchPage = async (url: URL | RequestInfo) => {
    const since = new URL(String(url)).searchParams.get('since') as Cursor | null
    return Response.json(await ask(since))
  }
  async function read() {
    const connection = await shortPolling({ intervalMs: INTERVAL_MS }).open({
      ...{ baseUrl: new URL('http://lab/'), since: null, clientId: null, signal: over.signal },
      platform: { fetch: fetchPage as typeof fetch, WebSocket: PLAIN.WebSocket, clock, random: () => 0 },
      onActivity() {},
      pause: (ms) => new Promise((done) => clock.after(ms, () => !over.signal.aborted && done())),
    })
    for await (const page of connection) {
      if (over.signal.aborted) return
      onPage(page)
    }
  }
  void read()
  return () => over.abort()
}

type Client = typeof askEachSecond

/** The network is slow: each answer takes three intervals and a half. */
const overlapping = (name: string, client: Client): Side => ({
  name,
  async play(recorder) {
    const server = openSlowServer(recorder, [3_500])
    write(server, recorder, 1)
    const stop = client(server, ({ messages }) => {
      for (const { seq } of messages) recorder.note('page', `shows number ${seq}`, 'shown', seq)
    })
    await server.clock.pass(8_000)
    stop()
  },
})

export const overlappingPolls: Demonstration = {
  name: 'overlapping-polls',
  script: 'The page asks each second. The network is slow today: an answer takes 3.5 seconds.',
  defect: { collection: 'show', name: 'overlapping polls' },
  broken: overlapping('setInterval(poll, 1000)', askEachSecond),
  sound: overlapping('asks after the answer', askInTurn),
  judge(recording) {
    const most = Math.max(0, ...valuesOf(recording, 'underway'))
    const shown = valuesOf(recording, 'shown')
    const twice = repeated(shown)
    const times = twice.length > 0 ? shown.filter((seq) => seq === twice[0]).length : 1
    return {
      isBroken: most > 1,
      words:
        most > 1
          ? `up to ${most} questions are underway at once, and number ${twice[0] ?? 'none'} is shown ${times} times`
          : 'one question at a time, and each message is shown once',
    }
  },
}

/** The first answer is slow and old, the second quick and new. */
const overtaking = (name: string, client: Client): Side => ({
  name,
  async play(recorder) {
    const server = openSlowServer(recorder, [2_500, 200])
    const { note } = recorder
    write(server, recorder, 1)
    const stop = client(server, ({ cursor }) => {
      const total = Number(cursor.split(':')[1])
      note('page', `shows: ${total} ${total === 1 ? 'text' : 'texts'}`, 'shown', total)
    })
    await server.clock.pass(500)
    write(server, recorder, 2)
    await server.clock.pass(3_500)
    stop()
  },
})

export const staleReply: Demonstration = {
  name: 'stale-reply',
  script: 'The first answer was made early and travels long. Ada writes, and the second answer is quick.',
  defect: { collection: 'show', name: 'a stale reply overwrites a newer one' },
  broken: overtaking('shows what comes last', askEachSecond),
  sound: overtaking('one answer at a time', askInTurn),
  judge(recording) {
    const shown = valuesOf(recording, 'shown')
    const back = shown.findIndex((total, index) => index > 0 && total < shown[index - 1]!)
    return back > 0
      ? {
          isBroken: true,
          words: `the page goes back in time: it shows ${shown[back - 1]} and then ${shown[back]}`,
        }
      : { isBroken: false, words: `what is shown only grows: ${shown.join(', then ')}` }
  },
}
