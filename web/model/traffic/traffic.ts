/** Traffic: messages at a steady rate, posted to the URL that belongs to no transport. */
import { request } from '../../../lab/client/http.ts'
import { type Platform, randomId } from '../../../lab/client/platform.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { Stopwatch } from '../figures/stopwatch.ts'
import { createPacer } from './pacer.ts'
import { payload } from './payload.ts'

export const TRAFFIC_AUTHOR = 'traffic'

/** A server that answers nothing must not fill the page with questions. */
const MAX_ON_THE_WAY = 200

export interface TrafficOptions {
  readonly platform: Platform
  readonly stopwatch: Stopwatch
  /** Where to POST; read again for each message, like the rest. */
  readonly url: () => URL
  /** Messages per second. */
  readonly rate: () => number
  /** Size of a message's text in bytes. */
  readonly bytes: () => number
  readonly onChange: () => void
}

export type Traffic = ReturnType<typeof createTraffic>

export function createTraffic({ platform, stopwatch, url, rate, bytes, onChange }: TrafficOptions) {
  const { clock } = platform
  const pacer = createPacer(platform, rate, (intendedAt) => void publish(intendedAt))
  let number = 0
  let accepted = 0
  let failed = 0
  let held = 0
  let onTheWay = 0
  let isUnwanted = false
  /** What was sent before a reset does not count after it. */
  let measurement = 0

  async function publish(intendedAt: number): Promise<void> {
    if (onTheWay >= MAX_ON_THE_WAY) {
      held++
      return onChange()
    }
    const mine = measurement
    const draft = { draftId: randomId(), author: TRAFFIC_AUTHOR, text: payload(++number, bytes()) }
    stopwatch.start(draft.draftId, intendedAt)
    onTheWay++
    onChange()
    const headers = { 'content-type': 'application/json' }
    // Unsigned, also when a person has signed in: it must be plain what people have said.
    const credentials = 'omit' as const
    const body = JSON.stringify(draft)
    const done = await request({ platform }, url(), { method: 'POST', headers, body, credentials })
      .then((answer) => answer.text()) // read to its end, or the connection is not free for the next
      .then(
        () => true,
        (thrown: unknown) => {
          const { code } = ChatError.from(thrown)
          // It will say the same to each: to go on would measure nothing.
          if (code === 'not-signed-in') stopUnsigned()
          return false
        },
      )
    onTheWay--
    if (mine === measurement) done ? accepted++ : failed++
    onChange()
  }

  function stopUnsigned(): void {
    isUnwanted = true
    pacer.pause()
  }

  return {
    get running() {
      return pacer.running
    },
    get accepted() {
      return accepted
    },
    /** Refused, or the server could not be reached. They are not tried again: a measurement shows them. */
    get failed() {
      return failed
    },
    /** Due, but not sent: the page was asleep, or too many were unanswered. */
    get skipped() {
      return pacer.skipped + held
    },
    /** The server takes nothing unsigned: traffic has stopped. */
    get isUnwanted() {
      return isUnwanted
    },
    start() {
      isUnwanted = false
      pacer.start()
    },
    pause: pacer.pause,
    retime: pacer.retime,
    /** One message, now. */
    step: () => void publish(clock.now()),
    reset() {
      measurement++
      number = accepted = failed = held = 0
      pacer.reset()
      onChange()
    },
  }
}
