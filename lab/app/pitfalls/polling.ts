/** Pitfalls of lanes that poll. */
import { overlappingPolls } from '../../defects/client/polls.ts'
import { sessionLock, writtenIsReceived } from '../../defects/server/polls.ts'
import { lostWakeUpOften, startsAtTheEnd } from '../../defects/server/waking.ts'
import type { Pitfall } from '../../server/wires/pitfalls.ts'
import { pitfall } from './pitfall.ts'

export const POLLING: readonly Pitfall[] = [
  pitfall(
    {
      name: 'overlapping-polls',
      title: 'Overlapping polls',
      models:
        'setInterval asks each second, whether or not the last answer is there; on a slow day several questions are underway, and each is answered with the same messages.',
      report: 'glpi-project/glpi#25488',
      lanes: ['short-polling'],
      brings: [
        { fault: 'latency', settings: { ms: 2_000, jitterMs: 500 }, seconds: 10 },
        { say: ['one', 'two'], by: 'another' },
      ],
      shows: 'The ledger counts messages that came more than once, and many requests for each.',
      mend: {
        file: 'transports/short-polling/client.ts',
        code: 'for (let page = first; ; page = await poll(options, page.cursor)) {',
      },
    },
    { client: overlappingPolls },
  ),
  pitfall(
    {
      name: 'no-cursor',
      title: 'No cursor',
      models:
        'Each poll begins where the log ends when it comes; what was said between two polls is never asked for. Bursts of five delivered 30 of 150 messages.',
      report: 'socketio/engine.io#166',
      lanes: ['long-polling'],
      brings: [
        { fault: 'latency', settings: { ms: 1_000, jitterMs: 0 }, seconds: 6 },
        // Apart, so that a server that was busy for a moment does not give all of them in one answer.
        { say: ['one', 'two', 'three', 'four', 'five'], by: 'another', everyMs: 200 },
        { waitMs: 7_000 },
        { say: ['six', 'seven'], by: 'another', everyMs: 700 },
      ],
      shows: 'The ledger counts messages that were lost.',
      mend: {
        file: 'transports/long-polling/client.ts',
        code: 'for (let page = first; ; page = await poll(options, page.cursor, settings.holdMs ?? HOLD_MS)) {',
      },
    },
    { server: startsAtTheEnd },
  ),
  pitfall(
    {
      name: 'written-is-received',
      title: 'Written is taken for received',
      models:
        'The server keeps the reader’s place by what it has written, and drops that; an answer that is lost on the way is lost for good.',
      report: 'rubenlagus/TelegramBots#679',
      lanes: ['long-polling'],
      brings: [
        { fault: 'cut-at-byte', settings: { bytes: 100, toServer: 0 }, seconds: 4 },
        { say: ['one', 'two'], by: 'another' },
        { waitMs: 5_000 },
        { say: ['three'], by: 'another' },
      ],
      shows: 'The ledger counts messages that were lost: they were in the answer that broke.',
      mend: { file: 'transports/long-polling/server.ts', code: 'this.#reader.read(this.#since)' },
    },
    { server: writtenIsReceived },
  ),
  pitfall(
    {
      name: 'session-lock',
      title: 'A lock for each session',
      models:
        'The framework lets one request of a session run at a time, as PHP does with its session files; a held poll is a request, so nothing can be sent until it is answered.',
      report: 'yagop/node-telegram-bot-api#1350',
      lanes: ['long-polling'],
      brings: [{ say: ['Is this sent at once?'], by: 'lane' }],
      shows:
        'What is written in the lane stays unsent until its poll comes back: up to the time that “hold” is set to.',
      mend: {
        file: 'lab/server/transport-kit/requests.ts',
        code: 'const message = await openPostWriter(rooms, request).publish(parseJson(request.body as string))',
      },
    },
    { server: sessionLock },
  ),
  pitfall(
    {
      name: 'lost-wake-up',
      title: 'Lost wake-up',
      models:
        'The server looks, finds nothing, notes down that a reader waits, and only then subscribes; a message that comes in between wakes no one.',
      report: 'kdlbs/kandev#2287',
      lanes: ['long-polling'],
      brings: [{ say: ['wakes the poll', 'lies unread'], by: 'another', everyMs: 60 }],
      shows: 'The ledger shows the lane behind, although nothing is broken, until the next message comes.',
      mend: { file: 'transports/long-polling/server.ts', code: 'this.#place = reader.follow(' },
    },
    { server: lostWakeUpOften },
  ),
]
