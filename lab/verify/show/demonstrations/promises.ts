/** Two promises that break unseen: one message for each retry, and a place that belongs to another log. */
import { createOutbox } from '../../../client/outbox.ts'
import type { Connection } from '../../../client/transport.ts'
import { Hub } from '../../../hub/hub.ts'
import type { Room } from '../../../hub/room.ts'
import { ChatError } from '../../../wire/errors.ts'
import type { Cursor, Draft } from '../../../wire/message.ts'
import { createManualClock } from '../../kit/manual-clock.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { missing, numbersInWords, type Recorder, valuesOf } from '../recording.ts'

/** The lab's outbox, and a line that loses the first answer after the room has taken the draft. */
const retried = (name: string, asSent: (draft: Draft, attempt: number) => Draft): Side => ({
  name,
  async play({ note, timeBy }: Recorder) {
    const clock = createManualClock()
    timeBy(clock.now)
    const room = new Hub().room('tea')
    const outbox = createOutbox({ clock, random: () => 0.5 })
    let attempt = 0
    const connection: Connection = {
      async send(given) {
        const draft = asSent(given, ++attempt)
        note('client', `sends “${draft.text}” as ${draft.draftId}`)
        const message = await room.publish(draft)
        note('server', `has it as number ${message.seq}`)
        if (attempt > 1) return message
        note('network', 'loses the answer')
        throw new ChatError('unreachable', 'the connection broke')
      },
      renewPresence() {},
      async *[Symbol.asyncIterator]() {},
    }
    outbox.open(connection)
    void outbox.put({ draftId: 'draft-1', author: 'Ada', text: 'Tea?' }).then(({ seq }) => {
      note('client', `is told: number ${seq}`)
    })
    await clock.pass(1_000)
    for (const { seq, text } of room.read(null).messages)
      note('reader', `reads number ${seq}: ${text}`, 'read', seq)
  },
})

export const duplicateOnRetry: Demonstration = {
  name: 'duplicate-on-retry',
  script: 'Ada sends one message. The answer is lost, and her client sends again.',
  defect: { collection: 'contract', name: 'a new draftId for every try' },
  broken: retried('a new draftId for each try', (draft, attempt) => ({
    ...draft,
    draftId: `draft-${attempt}`,
  })),
  sound: retried('the draftId is the message’s', (draft) => draft),
  judge(recording) {
    const read = valuesOf(recording, 'read').length
    return {
      isBroken: read > 1,
      words: `Ada wrote once, and readers see ${read === 1 ? 'one message' : `${read} messages`}`,
    }
  },
}

const OLD = 3
const NEW = 5

const fill = (room: Room, count: number) => {
  for (let n = 1; n <= count; n++)
    void room.publish({ draftId: `d${n}`, author: 'Ada', text: `text ${n} of ${room.epoch}` })
}

/** @param sent what the client sends of its cursor, and how the server takes it */
const restarted = (name: string, taken: (cursor: Cursor, room: Room) => Cursor): Side => ({
  name,
  async play({ note }: Recorder) {
    const before = new Hub().room('tea')
    fill(before, OLD)
    const { cursor } = before.read(null)
    note('reader', `has read ${OLD} messages, and is at ${OLD}`)
    const after = new Hub().room('tea')
    note('server', 'restarts with an empty log')
    fill(after, NEW)
    for (let seq = 1; seq <= NEW; seq++) note('Ada', `writes number ${seq} of the new log`, 'written', seq)
    const page = after.read(taken(cursor, after))
    note('reader', 'comes back with its place')
    if (page.gap) note('server', 'says: that place is of another log', 'told')
    for (const { seq } of page.messages) note('reader', `gets number ${seq}`, 'heard', seq)
  },
})

export const gapAfterRestart: Demonstration = {
  name: 'gap-after-restart',
  script: `A reader has ${OLD} messages. The server restarts with an empty log, and ${NEW} are written.`,
  defect: { collection: 'contract', name: 'the cursor has no epoch' },
  broken: restarted('the cursor is a number', (cursor, room) => {
    const [, seq] = cursor.split(':')
    return `${room.epoch}:${seq}` as Cursor // any number is a place in any log
  }),
  sound: restarted('the cursor names its log', (cursor) => cursor),
  judge(recording) {
    const lost = missing(valuesOf(recording, 'written'), valuesOf(recording, 'heard'))
    const isTold = valuesOf(recording, 'told').length > 0
    if (lost.length === 0)
      return {
        isBroken: false,
        words: `the reader has all of the new log${isTold ? ', and knows that it is new' : ''}`,
      }
    return {
      isBroken: !isTold,
      words: `the reader misses ${numbersInWords(lost)}, and ${isTold ? 'knows it' : 'is not told'}`,
    }
  },
}
