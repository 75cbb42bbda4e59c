/** An audience: the subscribers of one subject, and what they hear. */

import { createRandom } from '../../lab/wire/random.ts'
import { createHistogram, packHistogram, recordUs } from '../measure/histogram.ts'
import { nowNs } from '../measure/stamps.ts'
import type { CaughtUp, FinishInput, Heard, Opened, OpenInput } from '../processes/apis.ts'
import { loadSubject } from '../subjects/all.ts'
import { type Subscriber, type SubscriberEvents, type SubscriberOptions, subscribe } from './subscriber.ts'

export interface Audience {
  readonly opened: Omit<Opened, 'audience'>
  begin(inTimeMs: number): void
  finish(input: Omit<FinishInput, 'audience'>): Promise<Heard>
  awaitNumber(number: number, timeoutMs: number): Promise<CaughtUp>
  close(): Promise<void>
}

/** How often a wait looks whether it is over, in ms. Receipts are timed when they happen, not here. */
const LOOK_MS = 2
/** An audience that is not complete by then never will be. */
const OPEN_MS = 30_000

export async function openAudience(input: OpenInput): Promise<Audience> {
  const subject = await loadSubject(input.subject)
  const subscribers: Subscriber[] = []
  const latencies = createHistogram()
  const first = createHistogram()
  let failure: Error | null = null
  let ready = 0
  let heardFirst = 0
  // Of the window.
  let received = 0
  let inTime = 0
  let inTimeMs = 0
  let endNs = 0
  let duplicates = 0
  let missed = 0
  let requests = 0
  let broken = 0
  let lastNs = 0
  let began = mark()

  const events: SubscriberEvents = {
    delivered(subscriber, scheduledNs, number) {
      const now = nowNs()
      const { last } = subscriber
      if (last === 0) {
        heardFirst++
        recordUs(first, (now - subscriber.startedNs) / 1e3)
      } else if (number <= last) {
        duplicates++
        return
      } else if (number > last + 1) {
        missed += number - last - 1
      }
      subscriber.last = number
      received++
      if (endNs === 0) endNs = scheduledNs + inTimeMs * 1e6
      if (now <= endNs) inTime++
      lastNs = now
      recordUs(latencies, (now - scheduledNs) / 1e3)
    },
    ready: () => void ready++,
    asked: () => void requests++,
    broke: () => void broken++,
    failed(why) {
      failure ??= new Error(`${input.subject}: ${why}`)
    },
  }

  const startedNs = nowNs()
  const deadline = performance.now() + OPEN_MS
  const arrived = () => (input.untilFirst ? heardFirst : ready)
  const random = createRandom(input.seed)
  while (arrived() < input.count) {
    if (failure) throw closeAll(failure)
    if (performance.now() > deadline) {
      throw closeAll(new Error(`only ${arrived()} of ${input.count} subscribers could connect`))
    }
    while (subscribers.length < input.count && subscribers.length - arrived() < input.atOnce) {
      subscribers.push(subscribe(subject, { ...subscriberOptions(input), phase: random() }, events))
    }
    await turn()
  }
  const opened = {
    seconds: (nowNs() - startedNs) / 1e9,
    first: packHistogram(first),
    ...bytes(),
  }

  return {
    opened,
    begin,
    async finish({ expected, quietMs }) {
      await untilQuiet(() => received >= expected, quietMs)
      if (failure) throw failure
      const end = mark()
      return {
        received,
        inTime,
        duplicates,
        missed,
        requests,
        broken,
        bytesIn: end.bytesIn - began.bytesIn,
        bytesOut: end.bytesOut - began.bytesOut,
        latencies: packHistogram(latencies),
        lastNs,
        cpuUs: end.cpuUs - began.cpuUs,
        wallUs: end.wallUs - began.wallUs,
      }
    },
    async awaitNumber(number, timeoutMs) {
      const behind = () => subscribers.filter(({ last }) => last < number).length
      const until = performance.now() + timeoutMs
      while (behind() > 0 && performance.now() < until && !failure) await pause(LOOK_MS)
      if (failure) throw failure
      const left = behind()
      return { atNs: left === 0 ? lastNs : null, behind: left }
    },
    async close() {
      closeAll(null)
      await turn()
    },
  }

  function begin(ms: number): void {
    received = inTime = duplicates = missed = requests = broken = lastNs = endNs = 0
    inTimeMs = ms
    latencies.reset()
    began = mark()
  }

  /** Over when `done`, or when for `quietMs` nothing has come. */
  async function untilQuiet(done: () => boolean, quietMs: number): Promise<void> {
    let seen = received
    let since = performance.now()
    while (!done() && !failure && performance.now() - since < quietMs) {
      await pause(LOOK_MS)
      if (received !== seen) {
        seen = received
        since = performance.now()
      }
    }
  }

  function bytes() {
    let bytesIn = 0
    let bytesOut = 0
    for (const subscriber of subscribers) {
      bytesIn += subscriber.bytesIn
      bytesOut += subscriber.bytesOut
    }
    return { bytesIn, bytesOut }
  }

  function mark() {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system, wallUs: nowNs() / 1e3, ...bytes() }
  }

  function closeAll<T>(reason: T): T {
    for (const subscriber of subscribers) subscriber.close()
    return reason
  }
}

const subscriberOptions = ({
  port,
  since,
  headers,
  pollMs,
  resume,
}: OpenInput): Omit<SubscriberOptions, 'phase'> => ({ port, since, headers, pollMs, resume })

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
