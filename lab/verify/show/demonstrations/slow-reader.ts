/** A reader that takes nothing: a server that writes on regardless, and one that stops reading the log for it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Hub } from '../../../hub/hub.ts'
import { pump } from '../../../server/transport-kit/pump.ts'
import { withoutBackpressure } from '../../conformance/defects/servers.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { type Recorder, valuesOf } from '../recording.ts'

/** 24 MB in all: several times what the kernel takes for one connection before it says that it is full. */
const MESSAGES = 400
const TEXT = 'x'.repeat(60_000)
const NOTED_EVERY = 80
/** One page, and what was on its way to the kernel. */
const BOUND_BYTES = 1_000_000
const METRICS = { pages: 0, messages: 0, stalled: 0, failed() {} }

const side = (name: string, carry: typeof pump): Side => ({
  name,
  async play({ note }: Recorder) {
    const room = new Hub().room('tea')
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const reader = connect((listener.address() as AddressInfo).port, '127.0.0.1').pause()
    const [sink] = (await once(listener, 'connection')) as [Socket]
    sink.on('error', () => {})
    const stop = carry(room, null, sink, (page) => sink.write(JSON.stringify(page)), stopNothing, METRICS)
    for (let number = 1; number <= MESSAGES; number++) {
      void room.publish({ draftId: `d${number}`, author: 'Ada', text: TEXT })
      await nextTurn()
      await nextTurn()
      if (number % NOTED_EVERY !== 0) continue
      note('server', `has ${number} messages, holds ${inMegabytes(sink.writableLength)} for the reader`)
      note('reader', 'takes nothing', 'held', sink.writableLength)
    }
    stop()
    reader.destroy()
    sink.destroy()
    listener.close()
  },
})

const stopNothing = () => {}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

export const slowReader: Demonstration = {
  name: 'slow-reader',
  script: `${MESSAGES} messages of 60 kB go to a reader that has stopped reading.`,
  defect: { collection: 'contract', name: 'no backpressure' },
  broken: side('ignores write() === false', withoutBackpressure),
  sound: side('stops reading the log for it', pump),
  judge(recording) {
    const most = Math.max(0, ...valuesOf(recording, 'held'))
    return {
      isBroken: most > BOUND_BYTES,
      words:
        most > BOUND_BYTES
          ? `the server holds up to ${inMegabytes(most)} for one reader, and grows with each message`
          : `the server never holds more than ${inMegabytes(most)} for the reader`,
    }
  },
}
