/**
 * `GET /metrics`: what the server has done, in Prometheus' text format, for the operator's monitoring.
 *
 * Readers pay nothing for it: the counts are plain numbers (server-metrics.ts), and all that can be
 * found by looking is looked up when a scrape comes.
 *
 * Labels are names of transports, error codes and directions: lists that this source closes. Never a
 * room, a person or an address. Each value of a label is a series that the collector keeps for months, so
 * a stranger who could make them up could fill its disk. And who talks with whom is private.
 */
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Hub } from '../../hub/hub.ts'
import { ChatError } from '../../wire/errors.ts'
import { isFromHere } from '../limits/from-here.ts'
import { type Trust, trustNone } from '../limits/trust.ts'
import type { ServerMetrics, TransportMetrics } from './server-metrics.ts'

/** Who may read the metrics: programs on this machine, all clients, or none. */
export type Audience = 'loopback' | 'all' | 'none'

/** Seconds. A commit takes an fsync: a tenth of a millisecond on a good disk, and 10 on a spinning one. */
const COMMIT_BUCKETS = [0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** Seconds. A millisecond or two to an engine on the same machine; ten, at most, while one elects a leader. */
const ROUND_TRIP_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10]

export interface MetricsOptions {
  readonly hub: Hub
  readonly metrics: ServerMetrics
  readonly to: Audience
  /** Whether to tell of the process too: its memory, its CPU time, how late its event loop is. */
  readonly ofProcess?: boolean
  readonly trust?: Trust | undefined
}

export function serveMetrics(app: FastifyInstance, options: MetricsOptions): void {
  const { to, trust = trustNone } = options
  if (to === 'none') return
  const registry = createRegistry(options)
  app.get('/metrics', async (request, reply) => {
    // As if it were not there: a client that may not read it need not know that it exists.
    if (to === 'loopback' && !isFromHere(request, trust))
      throw new ChatError('not-found', 'there is nothing at GET /metrics')
    reply.header('cache-control', 'no-store').type(registry.contentType)
    return registry.metrics()
  })
}

function createRegistry({ hub, metrics, ofProcess = false }: MetricsOptions): Registry {
  const registry = new Registry()
  const registers = [registry]
  // A timer of its own measures the event loop from here on: for `npm start`, not for each server of a test.
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const { connections } = metrics

  /** A count that is kept elsewhere. */
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const perTransport = (name: string, help: string, read: (metrics: TransportMetrics) => number) =>
    new Counter({
      name,
      help,
      registers,
      labelNames: ['transport'],
      collect() {
        this.reset()
        for (const [transport, one] of metrics.transports) this.inc({ transport }, read(one))
      },
    })

  /** @returns takes milliseconds, and counts them in the seconds of its buckets */
  const durations = (name: string, help: string, buckets: number[]) => {
    const histogram = new Histogram({ name, help, registers, buckets })
    return (durationMs: number) => histogram.observe(durationMs / 1_000)
  }

  gauge('lab_connections', 'Open connections.', () => connections.sockets.size)
  counter(
    'lab_connections_opened_total',
    'Connections that were accepted by the system.',
    () => connections.opened,
  )
  new Counter({
    name: 'lab_network_bytes_total',
    help: 'Bytes on all connections, as the kernel takes and gives them: with headers, and encrypted.',
    registers,
    labelNames: ['direction'],
    collect() {
      let { received, sent } = connections
      for (const socket of connections.sockets) {
        received += socket.bytesRead
        sent += socket.bytesWritten
      }
      this.reset()
      this.inc({ direction: 'received' }, received)
      this.inc({ direction: 'sent' }, sent)
    },
  })
  new Gauge({
    name: 'lab_readers',
    help: 'Readers on a stream, or with a poll that waits. Short polling has none: it never waits.',
    registers,
    labelNames: ['transport'],
    collect() {
      for (const [transport, one] of metrics.transports) this.set({ transport }, one.readers())
    },
  })
  counter('lab_messages_published_total', 'Messages that have come into a log.', () => hub.published)
  perTransport('lab_pages_written_total', 'Pages handed to readers.', ({ pages }) => pages)
  perTransport('lab_messages_delivered_total', 'Messages in those pages.', ({ messages }) => messages)
  perTransport('lab_page_bytes_total', 'Bytes of those pages, framed, without headers.', ({ bytes }) => bytes)
  perTransport('lab_readers_stalled_total', 'Readers cut for taking nothing.', ({ stalled }) => stalled)
  new Counter({
    name: 'lab_refusals_total',
    help: 'Errors told to clients, by code (docs/reference/protocol.md).',
    registers,
    labelNames: ['code'],
    collect() {
      this.reset()
      for (const [code, count] of metrics.refusals) this.inc({ code }, count)
    },
  })
  gauge('lab_rooms', 'Rooms in memory.', () => hub.roomsInUse)
  metrics.committed = durations(
    'lab_store_commit_seconds',
    'How long the store took for a commit.',
    COMMIT_BUCKETS,
  )
  if (hub.readiness) tellOfLog()
  return registry

  function tellOfLog(): void {
    const readiness = () => hub.readiness!
    gauge(
      'lab_log_position',
      'Place of the last entry of the shared log that was applied here.',
      () => readiness().applied,
    )
    gauge(
      'lab_log_behind_entries',
      'Entries that the shared log had when it was last asked, and this server has not.',
      () => readiness().behind ?? Number.NaN,
    )
    gauge(
      'lab_log_behind_seconds',
      'For how long the oldest of those has been in the shared log, at least; exact to a second.',
      () => (readiness().behindMs ?? Number.NaN) / 1_000,
    )
    counter(
      'lab_log_entries_applied_total',
      'Entries of the shared log that were applied here, of all servers.',
      () => hub.logCounts!.entries,
    )
    counter(
      'lab_log_reconnects_total',
      'How often the connection to the engine was lost and made again.',
      () => hub.logCounts!.reconnects,
    )
    gauge('lab_log_ready', '1 while GET /healthz says that this server is ready.', () =>
      Number(readiness().status === 'ok'),
    )
    counter(
      'lab_copies_given_total',
      'Copies of all that this server has that it gave to others.',
      () => metrics.peerEvents.given,
    )
    counter(
      'lab_copies_taken_total',
      'Copies that this server took since the log no longer had what it missed.',
      () => metrics.peerEvents.taken,
    )
    counter(
      'lab_log_trimmed_total',
      'How often this server has trimmed the log behind what all have.',
      () => metrics.peerEvents.trimmed,
    )
    metrics.cameBack = durations(
      'lab_log_round_trip_seconds',
      'How long entries of this server were underway to the shared log and back, until they were stored and shown.',
      ROUND_TRIP_BUCKETS,
    )
  }
}
