/** Pitfalls that any lane can have: in what a client sends, where it resumes, and how it comes back. */
import { withoutJitter } from '../../defects/client/alive.ts'
import { newIdForEachTry, sentIsReceived } from '../../defects/client/drafts.ts'
import { startsOver } from '../../defects/client/place.ts'
import { acknowledgedLongBefore } from '../../defects/server/acknowledged-at-once.ts'
import type { Pitfall } from '../../server/wires/pitfalls.ts'
import { pitfall } from './pitfall.ts'

const ALL = 'all lanes'

export const ANY_LANE: readonly Pitfall[] = [
  pitfall(
    {
      name: 'new-id-for-each-try',
      title: 'A retry without the draft’s id',
      models:
        'The id is made where the request is made, so a message that is sent again has another one, and is stored twice.',
      report: 'yagop/node-telegram-bot-api#1350',
      lanes: ALL,
      brings: [
        { fault: 'lost-acknowledgement', settings: { count: 1 }, seconds: 10 },
        { say: ['Once, please.'], by: 'lane' },
      ],
      shows:
        'The message stands twice in every lane, and the ledger says “twice” beside what this one has sent.',
      mend: { file: 'lab/client/outbox.ts', code: 'connection.send(letter.draft, signal)' },
    },
    { client: newIdForEachTry },
  ),
  pitfall(
    {
      name: 'sent-is-received',
      title: 'Sent is taken for received',
      models:
        'The message was handed to the network, and that is shown as delivered; no answer is waited for.',
      report: 'rubenlagus/TelegramBots#679',
      lanes: ALL,
      brings: [
        { fault: 'silence', settings: { toServer: 1, toClient: 1, newcomers: 1 }, seconds: 4 },
        { say: ['Did this arrive?'], by: 'lane' },
      ],
      shows: 'The lane says that it is sent, and the ledger that it is not in the log.',
      mend: { file: 'lab/client/outbox.ts', code: 'letter.resolve(message)' },
    },
    { client: sentIsReceived },
  ),
  pitfall(
    {
      name: 'acknowledged-before-stored',
      title: 'Acknowledged before it is stored',
      models:
        'The server answers at once and stores each second, since writing hardly ever fails; a restart takes what waits with it.',
      report: 'socketio/socket.io#1982',
      lanes: ALL,
      brings: [
        { say: ['Is this stored?'], by: 'lane' },
        { fault: 'server-restart', settings: {}, seconds: 2 },
      ],
      shows: 'The lane was told that it is accepted, and the ledger says that it is not in the log.',
      mend: { file: 'lab/server/transport-kit/requests.ts', code: 'return reply.code(201).send(message)' },
    },
    { server: acknowledgedLongBefore },
  ),
  pitfall(
    {
      name: 'starts-over',
      title: 'A reconnect begins at the start',
      models:
        'The place is kept for a reload and not for a broken line, so each reconnect brings everything again.',
      report: 'rubenlagus/TelegramBots#679',
      lanes: ALL,
      brings: [
        { say: ['one', 'two'], by: 'another' },
        { waitMs: 1_500 },
        { fault: 'cut', settings: {}, seconds: null },
      ],
      shows: 'After each cut the ledger counts everything as doubled.',
      mend: { file: 'lab/client/chat-client.ts', code: 'since: ledger.cursor,' },
    },
    { client: startsOver },
  ),
  pitfall(
    {
      name: 'no-jitter',
      title: 'No jitter',
      models:
        'Each client waits for exactly half a second, one, two, four; so all that lost the server in one moment come back in one moment.',
      report: 'mattermost/mattermost-webapp#10960',
      lanes: ALL,
      brings: [
        { fault: 'refusal', settings: {}, seconds: 6 },
        { fault: 'cut', settings: {}, seconds: null },
      ],
      shows:
        'The lane’s waits are 0.5 s, 1 s, 2 s, 4 s to the millisecond, whenever it is broken; the timeline shows its tries.',
      mend: { file: 'lab/client/backoff.ts', code: 'random() * backoffBound(attempt)' },
    },
    { client: withoutJitter },
  ),
]
