/**
 * What a network does to one line, each fault by itself: it begins, people talk through it, it ends.
 *
 * The faults of faults.ts come at random and together, to find what no author of a test thought of. These come one at
 * a time, so that a transport that cannot bear one is told which.
 */

import { between, type Random } from '../../wire/random.ts'
import type { TestBench } from '../kit/test-bench.ts'
import type { TestClient } from '../kit/test-client.ts'

export interface NetworkFault {
  readonly name: string
  begin(testClient: TestClient, random: Random, bench: TestBench): void | Promise<void>
  /** The network is well again. What it has swallowed stays swallowed. */
  heal(testClient: TestClient, bench: TestBench): void | Promise<void>
  /** Whether the line died without a word, so that only the client's time-out for silence can find it out. */
  readonly isSilent?: true
}

/** A satellite's round trip is some 600 ms; half of it, and less, since people wait for this test. */
const LATENCY_MS = 80
const JITTER_MS = 60
/** A bad cell: 160 kbit/s. */
const BYTES_PER_SECOND = 20_000

export const NETWORK_FAULTS: readonly NetworkFault[] = [
  { name: 'cut', begin: ({ wire }) => wire.cut(), heal() {} },
  { name: 'reset', begin: ({ wire }) => wire.reset(), heal() {} },
  {
    name: 'cut at some byte to the server',
    begin: ({ wire }, random) => wire.cutAfter('toServer', between(random, 1, 800)),
    heal: ({ wire }) => wire.cutAfter('toServer', Number.POSITIVE_INFINITY),
  },
  {
    name: 'cut at some byte to the client',
    begin: ({ wire }, random) => wire.cutAfter('toClient', between(random, 1, 2_000)),
    heal: ({ wire }) => wire.cutAfter('toClient', Number.POSITIVE_INFINITY),
  },
  { name: 'silence', isSilent: true, begin: ({ wire }) => wire.silence(), heal() {} },
  {
    name: 'silence towards the server',
    isSilent: true,
    begin: ({ wire }) => wire.silence(['toServer']),
    heal() {},
  },
  {
    name: 'silence towards the client',
    isSilent: true,
    begin: ({ wire }) => wire.silence(['toClient']),
    heal() {},
  },
  {
    name: 'a server behind a line that accepts and says nothing',
    isSilent: true,
    begin({ wire }) {
      wire.silenceNewcomers(true)
      wire.cut()
    },
    heal: ({ wire }) => wire.silenceNewcomers(false),
  },
  {
    name: 'connections refused',
    begin({ wire }) {
      wire.refuseNewcomers(true)
      wire.cut()
    },
    heal: ({ wire }) => wire.refuseNewcomers(false),
  },
  {
    name: 'latency',
    begin: ({ wire }) => wire.delay(() => LATENCY_MS),
    heal: ({ wire }) => wire.delay(null),
  },
  {
    name: 'jitter',
    begin: ({ wire }, random) => wire.delay(() => random() * JITTER_MS),
    heal: ({ wire }) => wire.delay(null),
  },
  {
    name: 'little bandwidth',
    begin: ({ wire }) => wire.limit(BYTES_PER_SECOND),
    heal: ({ wire }) => wire.limit(null),
  },
  {
    name: 'segments of one byte',
    begin: ({ wire }) => wire.slice(1),
    heal: ({ wire }) => wire.slice(null),
  },
  { name: 'a reader that stalls', begin: ({ wire }) => wire.stall(), heal: ({ wire }) => wire.flow() },
  {
    name: 'a server that is away',
    begin: (_testClient, _random, bench) => bench.stop(),
    heal: (_testClient, bench) => bench.start(),
  },
]
