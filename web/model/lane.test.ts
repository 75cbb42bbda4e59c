import { expect, test, vi } from 'vitest'
import type { Transport } from '../../lab/client/transport.ts'
import { createManualClock, settle } from '../../lab/verify/kit/manual-clock.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { ChatMessage, Cursor, Draft, Page } from '../../lab/wire/message.ts'
import type { Here, PresenceUpdate } from '../../lab/wire/presence.ts'
import { createLatencies } from './figures/latencies.ts'
import { createStopwatch } from './figures/stopwatch.ts'
import { createLane, type Writer } from './lane.ts'
import { type Line, MAX_LINES, MAX_LINES_READING } from './lines.ts'
import { createWriting } from './writing.ts'

/** A lane over a transport that the test plays by hand. */
function fixture({
  accept = true,
  present = false,
  history = (_url: URL): Page => EMPTY,
  writing = createWriting(),
  writer = undefined as Writer | undefined,
} = {}) {
  const clock = createManualClock()
  const latencies = createLatencies()
  const stopwatch = createStopwatch(() => 0)
  const sent: Draft[] = []
  const updates: PresenceUpdate[] = []
  const clientIds: (string | null)[] = []
  const toRead: Page[] = []
  let wake = () => {}
  let refuse: ChatError | null = accept ? null : new ChatError('unreachable', 'no')
  let seq = 0

  const transport: Transport = {
    async open({ signal, platform, clientId }) {
      clientIds.push(clientId)
      await platform.fetch('http://lab/')
      if (refuse) throw refuse
      return {
        async send(draft) {
          if (draft.text === 'refuse me') throw new ChatError('too-large', 'text is too long')
          sent.push(draft)
          if (draft.text === 'answer later') await new Promise(() => {})
          return { ...draft, seq: ++seq, publishedAt: 0 }
        },
        renewPresence: (update) => void updates.push(update),
        async *[Symbol.asyncIterator]() {
          for (;;) {
            for (let page = toRead.shift(); page; page = toRead.shift()) yield page
            await new Promise<void>((resolve, reject) => {
              wake = resolve
              signal.addEventListener('abort', () => reject(signal.reason))
            })
          }
        },
      }
    },
  }
  const onChange = vi.fn()
  const onDoubt = vi.fn()
  let author = 'Ann'
  const page = { isBusy: false }
  const lane = createLane({
    transport,
    baseUrl: new URL('http://lab/'),
    roomUrl: new URL('http://lab/rooms/lobby/'),
    author: () => author,
    platform: {
      fetch: async (input) =>
        String(input).includes('/rooms/')
          ? new Response(JSON.stringify(history(input as URL)))
          : new Response(),
      WebSocket: WebSocket,
      clock,
      random: () => 1 - 2 ** -53,
    },
    stopwatch,
    latencies,
    isPageBusy: () => page.isBusy,
    present,
    writing,
    ...(writer && { writer }),
    onDoubt,
    onChange,
  })
  return {
    lane,
    clock,
    latencies,
    stopwatch,
    page,
    sent,
    updates,
    clientIds,
    onChange,
    onDoubt,
    writing,
    rename: (name: string) => (author = name),
    allow: (error: ChatError | null) => (refuse = error),
    async arrive(messages: readonly ChatMessage[], gap = false, here?: Here) {
      toRead.push({ messages, cursor: 'e:1' as Cursor, gap, more: false, ...(here && { here }) })
      wake()
      await settle()
    },
  }
}

const EMPTY: Page = { messages: [], cursor: 'e:0' as Cursor, gap: false, more: false }

/** Never opened: the transport of these tests asks by fetch. */
class WebSocket {
  readonly OPEN = 1
  readonly readyState = 1
  send() {}
  close() {}
  addEventListener() {}
}

const message = (seq: number, draftId = `d${seq}`): ChatMessage => ({
  seq,
  draftId,
  author: 'Bob',
  text: `message ${seq}`,
  publishedAt: 0,
})

const texts = (lines: readonly Line[]) =>
  lines.map((line) => (line.kind === 'gap' ? `gap ${line.lost}` : line.message.text))

async function open(options?: Parameters<typeof fixture>[0]) {
  const staged = fixture(options)
  staged.lane.connect()
  await settle()
  return staged
}

test('shows messages in order, with a line where some are missing', async () => {
  const { lane, arrive } = await open()
  await arrive([message(1), message(2)])
  await arrive([message(15)])
  await arrive([message(16)])
  expect(texts(lane.lines)).toEqual(['message 1', 'message 2', 'gap 12', 'message 15', 'message 16'])
  expect(lane.figures).toMatchObject({ messages: 4, lost: 12, duplicates: 0 })
})

test('a new log, whose numbers begin again, is a gap of unknown size', async () => {
  const { lane, arrive } = await open()
  await arrive([message(7)])
  await arrive([message(1)], true)
  expect(texts(lane.lines)).toEqual(['message 7', 'gap 0', 'message 1'])
  expect(new Set(lane.lines.map(({ key }) => key)).size).toBe(3)
})

test('keeps the newest lines only', async () => {
  const { lane, arrive } = await open()
  await arrive(Array.from({ length: MAX_LINES + 10 }, (_, index) => message(index + 1)))
  expect(lane.lines).toHaveLength(MAX_LINES)
  expect(texts(lane.lines.slice(0, 1))).toEqual(['message 11'])
  expect(lane.figures.messages).toBe(MAX_LINES + 10)
})

test('what is written is pending, then accepted, then a message', async () => {
  const { lane, sent, arrive } = await open()
  const sending = lane.send('hello')
  expect(lane.pending).toMatchObject([{ text: 'hello', accepted: false }])
  await sending
  expect(lane.pending).toMatchObject([{ text: 'hello', accepted: true }])
  await arrive([{ ...sent[0]!, seq: 1, publishedAt: 0 }])
  expect(lane.pending).toEqual([])
  expect(texts(lane.lines)).toEqual(['hello'])
})

test('the message may be read before its acceptance is known: it is not pending then', async () => {
  const { lane, sent, arrive } = await open()
  void lane.send('answer later')
  await settle()
  expect(lane.pending).toHaveLength(1)
  await arrive([{ ...sent[0]!, seq: 1, publishedAt: 0 }])
  expect(lane.pending).toEqual([])
  expect(lane.unsent).toBe(1)
})

test('a refused text is given back with its reason', async () => {
  const { lane } = await open()
  await lane.send('refuse me')
  expect(lane.pending).toEqual([])
  expect(lane.refusal).toMatchObject({ text: 'refuse me', error: { code: 'too-large' } })
  await lane.send('better')
  expect(lane.refusal).toBeNull()
})

test('times what this page published, and nothing else, from its start to the frame that showed it', async () => {
  const { lane, clock, latencies, stopwatch, arrive } = await open()
  stopwatch.start('ours', clock.now())
  await clock.pass(30)
  await arrive([message(1, 'ours'), message(2, 'theirs')])
  const batch = lane.takeFresh()
  expect(lane.takeFresh()).toEqual([])
  expect(latencies.count).toBe(0)
  await clock.pass(12)
  lane.shown(batch, clock.now())
  expect(latencies.samples).toEqual([{ startedAt: 0, ms: 42, pageMs: 12, isPages: false }])
  expect(batch.map(({ latency }) => latency)).toEqual([42, 'untimed'])
})

test.each([
  ['the page was too busy to receive it', 12, true, true],
  ['it took longer from receipt to the screen than a page takes that is not busy', 76, false, true],
  ['neither', 12, false, false],
])('a latency is marked as the page’s own by: %s', async (_why, ms, isBusy, isPages) => {
  const { lane, clock, latencies, stopwatch, arrive, page } = await open()
  page.isBusy = isBusy
  stopwatch.start('ours', clock.now())
  await arrive([message(1, 'ours')])
  const batch = lane.takeFresh()
  await clock.pass(ms)
  lane.shown(batch, clock.now())
  expect(latencies.samples[0]).toMatchObject({ pageMs: ms, isPages })
  expect(batch[0]?.isPages).toBe(isPages)
})

test('a frame that was out of sight times nothing', async () => {
  const { lane, clock, latencies, stopwatch, arrive } = await open()
  stopwatch.start('ours', clock.now())
  await arrive([message(1, 'ours')])
  lane.shown(lane.takeFresh(), null)
  expect(latencies.count).toBe(0)
})

test('what is written offline waits, is sent once when the line is back, and is not timed', async () => {
  const { lane, clock, stopwatch, sent, allow } = await open({ accept: false })
  expect(lane.state.status).toBe('waiting')
  expect(lane.retryAt).toBeGreaterThan(clock.now())
  const sending = lane.send('later')
  expect(lane.unsent).toBe(1)
  allow(null)
  await clock.pass(60_000)
  await sending
  expect(sent.map(({ text }) => text)).toEqual(['later'])
  expect(stopwatch.startOf(sent[0]!.draftId)).toBeNull()
})

test('a new name holds for the next message, on the same connection', async () => {
  const { lane, sent, rename } = await open()
  await lane.send('as Ann')
  rename('Cleo')
  await lane.send('as Cleo')
  expect(sent.map(({ author }) => author)).toEqual(['Ann', 'Cleo'])
  expect(lane.figures.requests).toBe(1)
})

test('a reset clears conversation and figures, not what is still to be sent', async () => {
  const { lane, clock, latencies, stopwatch, arrive } = await open()
  stopwatch.start('ours', clock.now())
  await arrive([message(1, 'ours'), message(5)])
  lane.shown(lane.takeFresh(), clock.now())
  expect(lane.figures).toMatchObject({ requests: 1, messages: 2, lost: 3 })
  await arrive([message(6)])
  lane.disconnect()
  void lane.send('still to go')
  lane.reset()
  expect(lane.takeFresh(), 'what no frame has shown before').toEqual([])
  expect(lane.lines).toEqual([])
  expect(latencies.count).toBe(0)
  expect(lane.figures).toEqual({ requests: 0, messages: 0, duplicates: 0, lost: 0, reconnects: 0 })
  expect(lane.pending).toMatchObject([{ text: 'still to go' }])
})

test('says that it is wanted until a person disconnects it, and nothing after it is closed', async () => {
  const { lane, clock, onChange } = await open()
  expect(lane.wanted).toBe(true)
  lane.disconnect()
  expect([lane.wanted, lane.state.status]).toEqual([false, 'idle'])
  lane.connect()
  await settle()
  expect(lane.figures.reconnects).toBe(1)
  onChange.mockClear()
  lane.close()
  await settle()
  expect(onChange).not.toHaveBeenCalled()
  expect(clock.alarms).toBe(0)
})

/** The room's messages from 1 to `count`, a page of ten at a time, as the server reads them back. */
const historyOf =
  (count: number) =>
  (url: URL): Page => {
    const last = Number(url.searchParams.get('before')?.split(':')[1] ?? count)
    const first = Math.max(1, last - 9)
    const messages = Array.from({ length: last - first + 1 }, (_, i) => message(first + i))
    return { messages, cursor: `e:${first - 1}` as Cursor, gap: false, more: first > 1 }
  }
const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => message(first + i))

test('reads what was said before its first line, and does not count that as traffic', async () => {
  const { lane, arrive } = await open({ history: historyOf(30) })
  expect(lane.earlier.isMore, 'nothing is known yet').toBe(false)
  await arrive(from(26, 5))
  // The cursor of the transport in these tests is e:1 always: the first look begins too early, and ends.
  expect(lane.earlier).toMatchObject({ lines: [], state: 'idle', isMore: true })
  const before = lane.figures
  await lane.showEarlier()
  expect(texts(lane.earlier.lines)).toEqual(['message 1'])
  expect(lane.earlier.isMore).toBe(false)
  expect(lane.figures).toEqual(before)
  const keys = [...lane.earlier.lines, ...lane.lines].map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})

test('offers nothing earlier than the first message, or than a new log', async () => {
  const { lane, arrive } = await open()
  await arrive([message(1), message(2)])
  expect(lane.earlier.isMore).toBe(false)
  const other = await open()
  await other.arrive([message(7)])
  expect(other.lane.earlier.isMore).toBe(true)
  await other.arrive([message(3)], true)
  expect(other.lane.earlier.isMore).toBe(false)
})

test('drops no line between what is read and the newest, and all of it when told', async () => {
  const { lane, arrive } = await open({ history: historyOf(1) })
  await arrive(from(2, MAX_LINES))
  await lane.showEarlier()
  expect(lane.earlier.lines).toHaveLength(1)
  await arrive(from(2 + MAX_LINES, 50))
  expect(lane.lines).toHaveLength(MAX_LINES + 50)
  lane.toNewest()
  expect(lane.earlier.lines).toEqual([])
  expect(lane.lines).toHaveLength(MAX_LINES)
})

test('drops no line while the reader is away from the newest, however many come, and has the newest when they return', async () => {
  const { lane, arrive } = await open()
  await arrive(from(1, MAX_LINES))
  lane.hold()
  await arrive(from(1 + MAX_LINES, MAX_LINES_READING))
  expect(texts(lane.lines)[0]).toBe('message 1')
  expect(lane.lines).toHaveLength(MAX_LINES_READING)
  expect(lane.heldBack).toBe(MAX_LINES)
  await arrive(from(1 + MAX_LINES + MAX_LINES_READING, 7))
  expect(lane.heldBack).toBe(MAX_LINES + 7)
  lane.toNewest()
  const last = MAX_LINES + MAX_LINES_READING + 7
  expect(texts(lane.lines)).toEqual(from(last - MAX_LINES + 1, MAX_LINES).map(({ text }) => text))
  expect(lane.heldBack).toBe(0)
  await arrive(from(last + 1, 1))
  expect(lane.lines, 'and is bounded as before').toHaveLength(MAX_LINES)
})

test('a few lines that were held back come after those that were shown', async () => {
  const { lane, arrive } = await open()
  lane.hold()
  await arrive(from(1, MAX_LINES_READING + 3))
  lane.toNewest()
  expect(texts(lane.lines)).toEqual(
    from(MAX_LINES_READING + 4 - MAX_LINES, MAX_LINES).map(({ text }) => text),
  )
})

test('is counted among those who are here only if it is to be, and shows them while it knows', async () => {
  const here: Here = { people: [], unlisted: 0, visitors: 3, typing: [] }
  const plain = fixture()
  plain.lane.connect()
  await settle()
  expect(plain.clientIds).toEqual([null])

  const { lane, clientIds, arrive, onChange } = fixture({ present: true })
  lane.connect()
  await settle()
  expect(clientIds).toEqual([expect.stringMatching(/^[a-z0-9]{1,32}$/)])
  expect(lane.here).toBeNull()
  const drawn = onChange.mock.calls.length
  await arrive([], false, here)
  expect(onChange.mock.calls.length).toBeGreaterThan(drawn)
  expect(lane.here).toEqual(here)
  lane.disconnect()
  expect(lane.here).toBeNull()
})

test('tells the server that it leaves when its page is left, and comes back with the page, if a person wants it there', async () => {
  const { lane, updates, clientIds } = fixture({ present: true })
  lane.connect()
  await settle()
  lane.typing()
  lane.sleep()
  expect(updates).toEqual([{ typing: true }, { leaving: true }])
  expect([lane.state.status, lane.wanted]).toEqual(['idle', true])
  lane.wake()
  await settle()
  expect(lane.state.status).toBe('open')
  expect(new Set(clientIds).size).toBe(2)
  lane.disconnect()
  lane.sleep()
  lane.wake()
  expect(lane.state.status).toBe('idle')
})

test('sends an edit once, and by the message that it is about', async () => {
  const { lane, sent } = await open()
  lane.edit({ seq: 7, text: 'teh' })
  expect(lane.editing).toEqual({ seq: 7, text: 'teh' })
  await lane.send('the')
  await lane.send('and on')
  expect(sent.map(({ text, note }) => [text, note])).toEqual([
    ['the', { kind: 'edited', seq: 7 }],
    ['and on', undefined],
  ])
  expect(lane.editing).toBeNull()
})

test('gives an edit back that was refused, to be tried again', async () => {
  const { lane } = await open()
  lane.edit({ seq: 7, text: 'teh' })
  await lane.send('refuse me')
  expect(lane.refusal).toMatchObject({ text: 'refuse me' })
  expect(lane.editing).toEqual({ seq: 7, text: 'teh' })
})

test('removes by a message of its own, with words for who does not know what that is', async () => {
  const { lane, sent } = await open()
  await lane.remove(3)
  expect(sent).toMatchObject([{ text: '(removed)', note: { kind: 'removed', seq: 3 } }])
})

test('names the files of its room, and nothing beside them', async () => {
  const { lane } = await open()
  expect(lane.fileUrl('abc')).toBe('http://lab/rooms/lobby/files/abc')
  expect(lane.fileUrl('../../session')).toBe('http://lab/rooms/lobby/files/..%2F..%2Fsession')
})

test('what is unsent when the room is left is sent in it all the same, and the lane then hangs up', async () => {
  const { lane, clock, sent, allow } = await open({ accept: false })
  void lane.send('one')
  void lane.send('two')
  lane.leave()
  allow(null)
  await clock.pass(60_000)
  expect(sent.map(({ text }) => text)).toEqual(['one', 'two'])
  expect(lane.state.status).toBe('closed')
  expect(clock.alarms).toBe(0)
})

test('what is unsent when the room is opened again is seen there, and sent once, by the draft that it was', async () => {
  const first = await open({ accept: false })
  first.lane.writing.write('a draft')
  void first.lane.send('one')
  first.lane.writing.write('a draft')
  const { draftId } = first.lane.pending[0]!
  first.rename('Cleo')
  first.lane.leave()

  const { lane, sent } = await open({ writing: first.writing })
  expect(lane.pending).toMatchObject([{ text: 'one' }])
  expect(lane.writing.text).toBe('a draft')
  expect(sent).toMatchObject([{ text: 'one', draftId, author: 'Ann' }])
  first.allow(null)
  await first.clock.pass(60_000)
  expect(first.sent).toEqual([])
  expect(lane.refusal, 'nothing was refused').toBeNull()
})

test('a lane without anything unsent hangs up at once when its room is left', async () => {
  const { lane, clock } = await open()
  await lane.send('one')
  lane.leave()
  await settle()
  expect([lane.state.status, clock.alarms, lane.writing.leaving]).toEqual(['closed', 0, null])
})

test('a text that is refused after the room was left is found there, with the reason', async () => {
  const { lane, clock, writing, allow } = await open({ accept: false })
  void lane.send('refuse me')
  lane.leave()
  allow(null)
  await clock.pass(60_000)
  expect([writing.text, writing.refusal?.error.code]).toEqual(['refuse me', 'too-large'])
})

test('a room that is closed to its lane gives back all that is unsent, with the reason', async () => {
  const { lane, clock, allow, onDoubt } = await open({ accept: false })
  void lane.send('one')
  void lane.send('two')
  allow(new ChatError('not-allowed', 'you are not in this room any more'))
  await clock.pass(60_000)
  expect(lane.state.status).toBe('closed')
  expect([lane.writing.text, ...lane.writing.kept.map(({ text }) => text)]).toEqual(['one', 'two'])
  expect(lane.writing.kept[0]!.why?.code).toBe('not-allowed')
  expect(onDoubt).toHaveBeenCalledWith(expect.objectContaining({ code: 'not-allowed' }))
})

test('an edit that was removed meanwhile comes back as it was written, with the reason, and so does an old draft', async () => {
  const { lane, arrive } = await open()
  lane.writing.write('a draft')
  lane.edit({ seq: 7, text: 'teh' })
  await arrive([{ ...message(9), note: { kind: 'removed', seq: 7 } }])
  expect(lane.writing.overtaken).toEqual({ by: 'Bob', text: null })
  await lane.send('refuse me')
  expect(lane.writing.text).toBe('a draft')
  expect(lane.writing.kept).toMatchObject([{ text: 'refuse me' }])
})

test('what was written as one person is not sent as another, nor unsigned; it is given back', async () => {
  let id = 'greta'
  let settled = Promise.resolve()
  const writer = { id: () => id, settled: () => settled }
  const { lane, clock, sent, allow } = await open({ accept: false, writer })
  void lane.send('as Greta')
  // The server that comes back has forgotten her, which is found out while the lane is open already.
  let answer = () => {}
  settled = new Promise((resolve) => (answer = resolve))
  allow(null)
  await clock.pass(2_000)
  expect([lane.state.status, sent]).toEqual(['open', []])
  id = ''
  answer()
  await settle()
  expect([sent, lane.writing.text, lane.refusal?.error.code]).toEqual([[], 'as Greta', 'not-signed-in'])
})

test('what was written unsigned is not sent once a person has signed in under another name; it says why', async () => {
  let id = ''
  const writer = { id: () => id, settled: async () => {} }
  const { lane, clock, sent, allow, rename } = await open({ accept: false, writer })
  void lane.send('as Ann, unsigned')
  id = 'greta'
  rename('Greta')
  allow(null)
  await clock.pass(2_000)
  expect([sent, lane.writing.text]).toEqual([[], 'as Ann, unsigned'])
  expect(lane.refusal?.error.message).toBe('this was written unsigned as Ann, and you are Greta here by now')
  await lane.send(lane.writing.text)
  expect(sent).toMatchObject([{ author: 'Greta' }])
})

test('what was written unsigned is sent by the one who holds that name by now', async () => {
  let id = ''
  const writer = { id: () => id, settled: async () => {} }
  const { lane, clock, sent, allow, rename } = await open({ accept: false, writer })
  void lane.send('as Ann')
  id = 'ann'
  rename('ANN')
  allow(null)
  await clock.pass(2_000)
  expect(sent).toMatchObject([{ text: 'as Ann' }])
})

test('doubts who writes after a refusal, after a gap, and when it is open again, and not otherwise', async () => {
  const { lane, arrive, onDoubt } = await open()
  await lane.send('hello')
  await arrive([message(1)])
  expect(onDoubt).not.toHaveBeenCalled()
  await lane.send('refuse me')
  expect(onDoubt).toHaveBeenLastCalledWith(expect.objectContaining({ code: 'too-large' }))
  await arrive([message(1)], true)
  expect(onDoubt).toHaveBeenLastCalledWith(null)
  onDoubt.mockClear()
  lane.disconnect()
  lane.connect()
  await settle()
  expect(onDoubt.mock.calls).toEqual([[null]])
})
