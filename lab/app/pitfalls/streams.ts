/** Pitfalls of lanes with a stream or a socket that stays open. */
import { createSse } from '../../../transports/sse/server.ts'
import { deafToComments, oneFailureIsTheEnd, openIsBelieved } from '../../defects/client/alive.ts'
import { chunkIsAnEvent } from '../../defects/client/chunks.ts'
import { sinceIgnored } from '../../defects/client/place.ts'
import { eventWithoutId, rawCarriageReturn } from '../../defects/server/events.ts'
import { noBackpressure, noGoodbye, noHeartbeat } from '../../defects/server/streams.ts'
import { startsAtTheEnd } from '../../defects/server/waking.ts'
import type { Pitfall } from '../../server/wires/pitfalls.ts'
import { pitfall } from './pitfall.ts'

const SOCKETS = ['websocket', 'websocket-by-hand']
const STREAMS = ['sse', 'http-streaming', ...SOCKETS]

export const STREAMING: readonly Pitfall[] = [
  pitfall(
    {
      name: 'raw-carriage-return',
      title: 'A carriage return in an event',
      models:
        'The server escapes line feeds and forgets that a carriage return ends a line of an event stream too: a text breaks its own event, and can forge others.',
      report: 'mpetrunic/fastify-sse-v2#110',
      lanes: ['sse'],
      brings: [{ say: ['This text has a carriage return here:\rand goes on.'], by: 'another' }],
      shows:
        'The lane cannot read the event, comes back, and meets it again: the ledger shows it behind, with a new connection for each try.',
      mend: { file: 'transports/sse/server.ts', code: 'pageAsJson(page)' },
    },
    { server: rawCarriageReturn, transport: createSse(rawCarriageReturn.encode) },
  ),
  pitfall(
    {
      name: 'event-without-id',
      title: 'Events without an id',
      models:
        'An EventSource comes back with the id of the last event, and these have none: it asks for everything again.',
      report: 'Yaffle/EventSource#88',
      lanes: ['sse'],
      brings: [
        { say: ['one', 'two'], by: 'another' },
        { waitMs: 500 },
        { fault: 'cut', settings: {}, seconds: null },
      ],
      shows: 'After each cut the ledger counts everything as doubled.',
      mend: { file: 'transports/sse/server.ts', code: 'const asEvent = (page: Page): string =>' },
    },
    { server: eventWithoutId, client: sinceIgnored, transport: createSse(eventWithoutId.encode) },
  ),
  pitfall(
    {
      name: 'gives-up',
      title: 'One failed try is the end',
      models:
        'One answer that is no stream, such as a 5xx, ends an EventSource for good; no timer tries again.',
      report: 'Yaffle/EventSource#88',
      lanes: ['sse', 'http-streaming'],
      brings: [
        { fault: 'refusal', settings: {}, seconds: 3 },
        { fault: 'cut', settings: {}, seconds: null },
      ],
      shows: 'The lane is closed, and stays so when the fault is healed; the ledger shows it behind.',
      mend: {
        file: 'lab/client/chat-client.ts',
        code: 'if (!broken.retryable && !mayAskAgain) return end(broken)',
      },
    },
    { client: oneFailureIsTheEnd },
  ),
  pitfall(
    {
      name: 'invisible-heartbeats',
      title: 'Heartbeats that a script cannot see',
      models:
        'Heartbeats are comments, and an EventSource hands none to its page; so a page that watches for silence gives up a stream that is well.',
      report: 'open-mercato/open-mercato#5406',
      lanes: ['sse'],
      brings: [],
      shows:
        'Say nothing for as long as the slider “silence” says: the lane reconnects, again and again, in a room that is only quiet.',
      mend: {
        file: 'transports/sse/client.ts',
        code: 'for await (const { data } of readEventStream(body, onActivity)) {',
      },
    },
    { client: deafToComments },
  ),
  pitfall(
    {
      name: 'chunk-is-an-event',
      title: 'A chunk is taken for an event',
      models:
        'What one read brings is parsed as if it were whole lines, and what cannot be parsed is dropped by an empty catch.',
      report: 'doctolib/neurow#60',
      lanes: ['http-streaming'],
      brings: [
        { fault: 'slicing', settings: { bytes: 1 }, seconds: 3 },
        { say: ['one', 'two', 'three', 'four', 'five', 'six'], by: 'another', everyMs: 50 },
        { waitMs: 3_500 },
        { say: ['seven'], by: 'another' },
      ],
      shows: 'The ledger counts messages that were lost.',
      mend: {
        file: 'transports/http-streaming/client.ts',
        code: 'for await (const line of readLines(body, onActivity)) {',
      },
    },
    { client: chunkIsAnEvent },
  ),
  pitfall(
    {
      name: 'no-backpressure',
      title: 'No backpressure',
      models:
        'write() === false is ignored, and all that a slow reader does not take is kept in the server’s memory.',
      report: 'openclaw/openclaw#127368',
      lanes: STREAMS,
      brings: [{ fault: 'slow-reader', settings: { bytesPerSecond: 0 }, seconds: 30 }],
      shows:
        'With long texts in fast traffic, the server’s view shows more and more bytes held for the lane; a sound lane reads no further in the log. Here it is cut at 16 MiB.',
      mend: { file: 'lab/server/transport-kit/pump.ts', code: 'if (this.#sink.writableNeedDrain) {' },
    },
    { server: noBackpressure },
  ),
  pitfall(
    {
      name: 'no-heartbeat',
      title: 'No heartbeat',
      models:
        'Nothing passes while nothing is said, and a proxy on the way closes what has been quiet for a minute: 1006.',
      report: 'websockets/ws#2283',
      lanes: STREAMS,
      brings: [{ fault: 'idle-timeout', settings: { ms: 20_000 }, seconds: 120 }],
      shows:
        'In a quiet room the lane is cut every 20 seconds; a heartbeat each 15 seconds keeps a sound one.',
      mend: { file: 'transports/websocket/server.ts', code: 'this.#webSocket.ping()' },
    },
    { server: noHeartbeat },
  ),
  pitfall(
    {
      name: 'open-is-believed',
      title: 'A half-open socket says OPEN',
      models:
        'readyState says OPEN and no error comes, so the client waits; the line has been dead for minutes.',
      report: 'websockets/ws#686',
      lanes: STREAMS,
      brings: [
        { fault: 'silence', settings: { toServer: 1, toClient: 1, newcomers: 1 }, seconds: 5 },
        { say: ['one', 'two'], by: 'another' },
      ],
      shows:
        'The lane says that it is open, also when the fault is healed, and the ledger shows it behind for ever.',
      mend: {
        file: 'lab/client/chat-client.ts',
        code: "mine.abort(new ChatError('silent', 'the server has given no sign of life'))",
      },
    },
    { client: openIsBelieved },
  ),
  pitfall(
    {
      name: 'no-resume',
      title: 'No resume',
      models:
        'A socket that is opened again is a new subscription: what was said while it was away is not told.',
      report: 'kdlbs/kandev#2287',
      lanes: SOCKETS,
      brings: [
        { fault: 'refusal', settings: {}, seconds: 2 },
        { fault: 'cut', settings: {}, seconds: null },
        { say: ['one', 'two'], by: 'another' },
        { waitMs: 5_000 },
        { say: ['three'], by: 'another' },
      ],
      shows: 'The ledger counts messages that were lost.',
      mend: { file: 'transports/websocket/server.ts', code: 'const since = cursorOf(request)' },
    },
    { server: startsAtTheEnd },
  ),
  pitfall(
    {
      name: 'no-goodbye',
      title: 'No goodbye',
      models:
        'The server stops and tells its open streams nothing, so they hold the shutdown up until they are cut.',
      report: 'fastify/sse#57',
      lanes: STREAMS,
      brings: [{ fault: 'server-restart', settings: {}, seconds: 2 }],
      shows:
        'The lane says that its connection broke, half a second after the others were told that the server goes away.',
      mend: { file: 'transports/websocket/server.ts', code: "this.#webSocket.close(1001, 'stopping')" },
    },
    { server: noGoodbye },
  ),
]
