/** What befalls a chat. Each begins, lasts, and is over when its promise resolves. */
import { setTimeout as pause } from 'node:timers/promises'
import { between, type Random } from '../../wire/random.ts'
import type { TestClient } from '../kit/test-client.ts'
import type { ServerProcess } from './server-process.ts'

/** What a fault of a line may touch. */
export interface Lines {
  readonly random: Random
  readonly testClients: readonly FaultyLine[]
}

export interface FaultyLine extends Pick<TestClient, 'wire'> {
  /** Of the clients that use it. */
  readonly clock: Pick<TestClient['clock'], 'skip'>
}

/** What a fault may touch. */
export interface World extends Lines {
  readonly server: ServerProcess
  /** Resolves when something has next been acknowledged, or shown to a reader; or when that takes too long. */
  next(what: 'acknowledged' | 'shown'): Promise<void>
}

export interface Fault<W> {
  readonly name: string
  /** How often it is chosen, against the others. */
  readonly weight: number
  /** @returns false when there was no occasion for it */
  act(world: W): Promise<unknown>
}

/** Longer than a client keeps a silent line (`SILENCE_MS`). */
const LONG_SILENCE_MS = 31_000

const FAULTS_OF_THE_SERVER: readonly Fault<World>[] = [
  {
    name: 'kill -9 after a while',
    weight: 3,
    act: async ({ random, server }) => restart(random, () => server.kill(), server),
  },
  {
    // The moment at which a promise has been made: what is not on the disk now is missing for ever.
    name: 'kill -9 at an acknowledgement',
    weight: 4,
    async act({ random, server, next }) {
      await next('acknowledged')
      await restart(random, () => server.kill(), server)
    },
  },
  {
    name: 'kill -9 at a delivery',
    weight: 4,
    async act({ random, server, next }) {
      await next('shown')
      await restart(random, () => server.kill(), server)
    },
  },
  {
    name: 'graceful restart',
    weight: 1,
    act: async ({ random, server }) => restart(random, () => server.stop(), server),
  },
]

export const FAULTS_OF_LINES: readonly Fault<Lines>[] = [
  {
    name: 'cut at a byte, to the server',
    weight: 15,
    act: (world) => onALine(world, ({ wire }) => wire.cutAfter('toServer', between(world.random, 1, 600))),
  },
  {
    name: 'cut at a byte, to the client',
    weight: 15,
    act: (world) => onALine(world, ({ wire }) => wire.cutAfter('toClient', between(world.random, 1, 2_000))),
  },
  {
    name: 'silence',
    weight: 6,
    async act({ random, testClients }) {
      const { wire, clock } = oneOf(random, testClients)
      wire.silence()
      await pause(between(random, 20, 120))
      clock.skip(LONG_SILENCE_MS)
      wire.dropSilent()
    },
  },
  {
    name: 'a line in slices',
    weight: 6,
    async act({ random, testClients }) {
      const { wire } = oneOf(random, testClients)
      wire.slice(between(random, 1, 40))
      await pause(between(random, 50, 150))
      wire.slice(null)
    },
  },
  {
    name: 'a slow reader',
    weight: 6,
    async act({ random, testClients }) {
      const { wire } = oneOf(random, testClients)
      wire.stall()
      await pause(between(random, 50, 200))
      wire.flow()
    },
  },
]

export const FAULTS: readonly Fault<World>[] = [...FAULTS_OF_THE_SERVER, ...FAULTS_OF_LINES]

export function pickFault<W>(random: Random, faults: readonly Fault<W>[]): Fault<W> {
  let left = random() * faults.reduce((sum, { weight }) => sum + weight, 0)
  for (const fault of faults) {
    left -= fault.weight
    if (left < 0) return fault
  }
  return faults[0]!
}

async function restart(random: Random, end: () => Promise<void>, server: ServerProcess): Promise<void> {
  await end()
  await pause(between(random, 0, 50))
  await server.start()
  await pause(between(random, 50, 400))
}

async function onALine({ random, testClients }: Lines, act: (line: FaultyLine) => void): Promise<void> {
  act(oneOf(random, testClients))
  await pause(between(random, 5, 60))
}

export const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
