/** One stall, measured by a load generator that waits for answers and by one that does not. */
import type { Demonstration, Side } from '../demonstration.ts'
import { type Entry, type Recorder, type Recording, valuesOf } from '../recording.ts'

const EVERY_MS = 10
const END_MS = 3_000
const STALL = { from: 1_000, to: 2_000 }
const DRAWN_MS = 250

/** When the server answers what is sent at `at`: after a millisecond, or just after its stall. */
const answeredAt = (at: number) => (at >= STALL.from && at < STALL.to ? STALL.to + 1 : at + 1)

/** @param next when the request after this one is sent, told when it was due and when this one was answered */
const side = (name: string, next: (dueAt: number, answeredAt: number) => number): Side => ({
  name,
  async play({ note, timeBy }: Recorder) {
    let now = 0
    timeBy(() => now)
    const planned = END_MS / EVERY_MS
    note('users', `would send ${planned} requests, one each ${EVERY_MS} ms`, 'planned', planned)
    for (let at = 0; at < END_MS; ) {
      const answered = answeredAt(at)
      now = at
      note('generator', `sends, and measures ${answered - at} ms`, 'measured', answered - at)
      at = next(at + EVERY_MS, answered)
    }
  },
})

const p99 = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
}

export const openLoop: Demonstration = {
  name: 'open-loop',
  script: 'A server answers in 1 ms, and stands still for one second of three.',
  defect: { collection: 'show', name: 'a closed loop' },
  broken: side('closed: waits for the answer', (dueAt, answered) => Math.max(dueAt, answered)),
  sound: side('open: sends when it is due', (dueAt) => dueAt),
  judge(recording) {
    const measured = valuesOf(recording, 'measured')
    const [planned = 0] = valuesOf(recording, 'planned')
    const left = planned - measured.length
    const words = `p99 is ${p99(measured)} ms, of ${measured.length} requests`
    return {
      isBroken: left > 0,
      words:
        left > 0
          ? `${words}: the ${left} that would have waited were never sent`
          : `${words}: all that were due were sent`,
    }
  },
  draw,
}

/** How many were sent in each quarter of a second, and the longest that one of them waited. */
function draw(recording: Recording): Recording {
  const slices = new Map<number, number[]>()
  for (const { at, fact } of recording) {
    if (fact?.kind !== 'measured') continue
    const slice = Math.floor(at / DRAWN_MS) * DRAWN_MS
    slices.set(slice, [...(slices.get(slice) ?? []), fact.value])
  }
  return [...slices].map(
    ([at, waits]): Entry => ({
      at,
      who: 'generator',
      what: `sends ${waits.length}; the longest wait is ${Math.max(...waits)} ms`,
    }),
  )
}
