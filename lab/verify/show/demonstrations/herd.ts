/** A thousand clients lose their server at one moment, and come back by the lab's backoff with jitter and without. */
import { backoff, backoffBound } from '../../../client/backoff.ts'
import { createRandom } from '../../../wire/random.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { type Entry, type Recorder, type Recording, valuesOf } from '../recording.ts'

const CLIENTS = 1_000
/** The server is away for so long. */
const DOWN_MS = 6_000
/** A server that takes so long to greet a crowd has no time for anything else. */
const WINDOW_MS = 100
const DRAWN_MS = 1_000
const SEED = 33

/** Time is counted, not waited for: all that matters here is when each client asks. */
const side = (name: string, waitMs: (attempt: number) => number): Side => ({
  name,
  async play({ note, timeBy }: Recorder) {
    let now = 0
    timeBy(() => now)
    const asks: number[] = []
    for (let client = 0; client < CLIENTS; client++) {
      let at = 0
      for (let attempt = 0; at < DOWN_MS; attempt++) {
        at += waitMs(attempt)
        asks.push(at)
      }
    }
    for (now of asks.sort((a, b) => a - b)) note('a client', 'asks', 'asked', Math.round(now))
  },
})

function busiest(times: readonly number[]): number {
  let most = 0
  let first = 0
  for (const [last, time] of times.entries()) {
    while (time - times[first]! > WINDOW_MS) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

const random = createRandom(SEED)

export const herd: Demonstration = {
  name: 'herd',
  script: `${CLIENTS.toLocaleString('en')} clients lose the server in one moment. It is back after ${DOWN_MS / 1_000} seconds.`,
  defect: { collection: 'show', name: 'a herd comes back' },
  broken: side('waits 0.5 s, 1 s, 2 s, …', backoffBound),
  sound: side('waits a random part of that', (attempt) => backoff(attempt, random)),
  judge(recording) {
    const most = busiest(valuesOf(recording, 'asked'))
    const isBroken = most > CLIENTS / 2
    const words = `in the worst ${WINDOW_MS} ms, ${most.toLocaleString('en')} of ${CLIENTS.toLocaleString('en')} clients ask`
    return { isBroken, words: isBroken ? `${words}: a herd` : `${words}: a crowd that comes one by one` }
  },
  draw,
}

/** How many asked in each second, as a bar. */
function draw(recording: Recording): Recording {
  const counts = new Map<number, number>()
  for (const { at } of recording) {
    const bar = Math.floor(at / DRAWN_MS) * DRAWN_MS
    counts.set(bar, (counts.get(bar) ?? 0) + 1)
  }
  return [...counts].map(([at, count]): Entry => {
    const bar = '#'.repeat(Math.ceil((count / CLIENTS) * BAR))
    return { at, who: '', what: `${String(count).padStart(5)} ${bar}` }
  })
}
const BAR = 20
