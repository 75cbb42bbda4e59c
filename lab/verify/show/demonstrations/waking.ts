/** The lost wake-up: a server that looks into the log and then subscribes, or the other way round. */
import { setTimeout as pause } from 'node:timers/promises'
import { lookThenWait } from '../../../defects/server/waking.ts'
import { Hub } from '../../../hub/hub.ts'
import type { Page } from '../../../wire/message.ts'
import { byPump, type Carry } from '../../conformance/example/server.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { missing, numbersInWords, type Recorder, valuesOf } from '../recording.ts'

/** Long after every turn of the event loop in which the room notifies. */
const QUIET_MS = 30

const METRICS = { pages: 0, messages: 0, stalled: 0, failed() {} }
const SINK = { writableNeedDrain: false, once() {}, off() {}, destroy() {} }

/** Bob writes once, right after the server's first look: the moment that matters. */
const side = (name: string, carry: Carry): Side => ({
  name,
  async play({ note }: Recorder) {
    const room = new Hub().room('tea')
    let hasWritten = false
    function looked(page: Page | null) {
      const found = page?.messages.at(-1)
      note('server', found ? `looks: number ${found.seq}` : 'looks: nothing new')
      if (hasWritten) return
      hasWritten = true
      queueMicrotask(() => {
        note('Bob', 'writes number 1', 'written', 1)
        void room.publish({ draftId: 'tea', author: 'Bob', text: 'Tea!' })
      })
    }
    const reader: Parameters<Carry>[0] = {
      read(cursor) {
        const page = room.read(cursor)
        looked(page)
        return page
      },
      follow(cursor, notify) {
        note('server', 'subscribes')
        const follower = room.follow(cursor, () => {
          note('room', 'notifies the server')
          notify()
        })
        return {
          next() {
            const page = follower.next()
            if (page || !hasWritten) looked(page)
            return page
          },
          stop: () => follower.stop(),
        }
      },
    }
    const onPage = ({ messages }: Page) => {
      for (const { seq } of messages) note('reader', `gets number ${seq}`, 'heard', seq)
    }
    const pump = carry(reader, null, SINK, { onPage, onEnd() {} }, METRICS)
    await pause(QUIET_MS)
    note('reader', 'waits')
    pump.stop()
  },
})

const looking: Carry = (reader, ...rest) => byPump({ ...reader, ...lookThenWait(reader) }, ...rest)

export const lostWakeUp: Demonstration = {
  name: 'lost-wake-up',
  script: 'A reader waits in an empty room. Bob writes right after the server has looked into the log.',
  defect: { collection: 'contract', name: 'lost wake-up' },
  broken: side('looks, then subscribes', looking),
  sound: side('subscribes, then looks', byPump),
  judge(recording) {
    const unread = missing(valuesOf(recording, 'written'), valuesOf(recording, 'heard'))
    return unread.length > 0
      ? {
          isBroken: true,
          words: `unread in the log until the next message comes: ${numbersInWords(unread)}`,
        }
      : { isBroken: false, words: 'the reader has all that was written' }
  },
}
