/** The server under test, alone in its process: it serves one subject, and publishes to itself by the clock. */
import { setTimeout as pause } from 'node:timers/promises'
import { createHistogram, percentileUs, recordUs } from '../measure/histogram.ts'
import { keepPace } from '../measure/pacer.ts'
import { nowNs, stampedText } from '../measure/stamps.ts'
import { loadSubject } from '../subjects/all.ts'
import type { Serving } from '../subjects/subject.ts'
import type { ServerApi } from './apis.ts'
import { type Measured, measuredOf } from './measured.ts'
import { offer } from './remote.ts'

let serving: Serving | null = null
let measured: Measured | null = null
/** Numbers run on over the life of the process, over all windows. */
let lastNumber = 0

/** A collection is done when it frees less than this. */
const SETTLED_BYTES = 64 * 1024
const MOST_COLLECTIONS = 8
const BETWEEN_COLLECTIONS_MS = 40

offer<ServerApi>({
  async listen({ subject, delayMs }) {
    const loaded = await loadSubject(subject)
    serving = await loaded.serve({ delayMs })
    measured = measuredOf(serving.server)
    const { port, pid } = measured
    return { port, program: pid }
  },

  place: () => ({ since: subject().place() }),

  leaveOne({ payload }) {
    const since = subject().place()
    publish(nowNs(), payload)
    return { since }
  },

  async publish({ messages, burst, perSecond, payload, precise }) {
    const late = createHistogram()
    const { cpuUs } = server().usage()
    const startedNs = nowNs()
    const pace = { beats: Math.ceil(messages / burst), perSecond: perSecond / burst, precise }
    await keepPace(pace, (scheduledNs, index) => {
      recordUs(late, (nowNs() - scheduledNs) / 1e3)
      const end = Math.min(messages, (index + 1) * burst)
      for (let i = index * burst; i < end; i++) publish(scheduledNs, payload)
    })
    return { messages, cpuUs, startedNs, lateP99Us: percentileUs(late, 99) }
  },

  usage: () => server().usage(),

  async settle() {
    let before = Number.POSITIVE_INFINITY
    for (let i = 0; i < MOST_COLLECTIONS; i++) {
      server().collect()
      await pause(BETWEEN_COLLECTIONS_MS) // finalizers and unmapping come after
      const { rssBytes } = server().usage()
      if (before - rssBytes < SETTLED_BYTES) break
      before = rssBytes
    }
    return server().usage()
  },

  cut({ messages, payload }) {
    const atNs = nowNs()
    const connections = server().cut()
    for (let i = 0; i < messages; i++) publish(nowNs(), payload)
    return { atNs, connections, lastNumber }
  },
})

function subject(): Serving {
  if (!serving) throw new Error('nothing is being served yet')
  return serving
}

function publish(scheduledNs: number, payload: number): void {
  const number = ++lastNumber
  subject().publish(stampedText(scheduledNs, number, payload), number)
}

function server(): Measured {
  if (!measured) throw new Error('nothing is being served yet')
  return measured
}
