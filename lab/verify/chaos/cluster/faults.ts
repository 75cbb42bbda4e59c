/** What befalls a cluster. The servers, the engine and the lines of clients have troubles of their own, which come beside each other. */
import { setTimeout as pause } from 'node:timers/promises'
import { between, type Random } from '../../../wire/random.ts'
import type { TcpProxy } from '../../../wires/proxy.ts'
import { type Fault, oneOf } from '../faults.ts'
import { CUTS, cutOff, type EngineNodes, heal } from './engine/nodes.ts'
import type { ClusterLab } from './labs.ts'

export interface ClusterWorld {
  readonly random: Random
  readonly labs: readonly ClusterLab[]
  readonly engine: EngineNodes
  /** See World in ../faults.ts. */
  next(what: 'acknowledged' | 'shown'): Promise<void>
  /** Counts what a fault has brought about besides itself. */
  happened(name: string): void
  /** Waits, but not longer than things may go wrong. */
  lasting(ms: number): Promise<void>
}

/** Shorter than a lab waits for its engine, and longer: then its writers are refused for a while. */
const CUT_MS = [300, 7_000] as const
/** Longer than NATS needs to elect another leader, sometimes. */
const FROZEN_MS = [200, 6_000] as const
const AWAY_MS = [0, 1_500] as const

const drawn = ({ random }: Pick<ClusterWorld, 'random'>, [least, most]: readonly [number, number]) =>
  between(random, least, most)

export const FAULTS_OF_LABS: readonly Fault<ClusterWorld>[] = [
  {
    name: 'kill -9 of a server after a while',
    weight: 3,
    act: (world) => restart(world, (lab) => lab.server.kill()),
  },
  {
    name: 'kill -9 of a server at an acknowledgement',
    weight: 4,
    async act(world) {
      await world.next('acknowledged')
      await restart(world, (lab) => lab.server.kill())
    },
  },
  {
    name: 'kill -9 of a server at a delivery',
    weight: 4,
    async act(world) {
      await world.next('shown')
      await restart(world, (lab) => lab.server.kill())
    },
  },
  {
    name: 'graceful restart of a server',
    weight: 1,
    act: (world) => restart(world, (lab) => lab.server.stop()),
  },
  {
    name: 'a server stands still',
    weight: 2,
    async act(world) {
      const { server } = oneOf(world.random, world.labs)
      server.freeze()
      await world.lasting(drawn(world, FROZEN_MS))
      server.thaw()
    },
  },
]

export const FAULTS_OF_THE_NODES: readonly Fault<ClusterWorld>[] = [
  { name: 'kill -9 of the engine’s leader', weight: 4, act: (world) => killNode(world, true) },
  { name: 'kill -9 of a follower of the engine', weight: 2, act: (world) => killNode(world, false) },
  { name: 'the engine’s leader stands still', weight: 2, act: (world) => freezeNode(world, true) },
  { name: 'a follower of the engine stands still', weight: 1, act: (world) => freezeNode(world, false) },
]

export const FAULTS_OF_WAYS: readonly Fault<ClusterWorld>[] = [
  {
    name: 'a server is cut off from one node of the engine',
    weight: 3,
    act: ({ engine, ...world }) => cut(world, [engine.wireOfLab(labIn(world), nodeIn(world.random, engine))]),
  },
  {
    name: 'a server is cut off from the engine',
    weight: 3,
    act({ engine, ...world }) {
      const lab = labIn(world)
      return cut(
        world,
        engine.nodes.map((_, node) => engine.wireOfLab(lab, node)),
      )
    },
  },
]

/** Of an engine that has one node: it leads, and there is none that follows. */
export const FAULTS_OF_THE_ONLY_NODE: readonly Fault<ClusterWorld>[] = [
  { name: 'kill -9 of the only node of the engine', weight: 6, act: (world) => killNode(world, true) },
  { name: 'the only node of the engine stands still', weight: 3, act: (world) => freezeNode(world, true) },
]

/** With more than one node. */
export const FAULTS_BETWEEN_NODES: readonly Fault<ClusterWorld>[] = [
  {
    name: 'two nodes of the engine are cut off from each other',
    weight: 3,
    async act({ engine, ...world }) {
      const one = nodeIn(world.random, engine)
      const other = (one + between(world.random, 1, engine.nodes.length - 1)) % engine.nodes.length
      await cut(world, engine.wiresBetween(one, other))
    },
  },
  {
    name: 'the engine’s leader is cut off from the other nodes',
    weight: 3,
    async act({ engine, ...world }) {
      const leader = (await engine.leader()) ?? nodeIn(world.random, engine)
      await cut(
        world,
        engine.nodes.flatMap((_, other) => engine.wiresBetween(leader, other)),
      )
    },
  },
  {
    name: 'a node of the engine is cut off from nodes and servers',
    weight: 2,
    act: ({ engine, ...world }) => cut(world, engine.wiresOfNode(nodeIn(world.random, engine))),
  },
]

const labIn = ({ random, labs }: Pick<ClusterWorld, 'random' | 'labs'>) => between(random, 0, labs.length - 1)
const nodeIn = (random: Random, { nodes }: EngineNodes) => between(random, 0, nodes.length - 1)

async function restart(world: ClusterWorld, end: (lab: ClusterLab) => Promise<void>): Promise<void> {
  const lab = oneOf(world.random, world.labs)
  await end(lab)
  await world.lasting(between(world.random, 0, 50))
  await lab.start()
  await world.lasting(between(world.random, 50, 400))
}

async function nodeThat(leads: boolean, { random, engine }: ClusterWorld) {
  const leader = (await engine.leader()) ?? nodeIn(random, engine)
  const others = engine.nodes.filter((_, node) => node !== leader)
  return leads || others.length === 0 ? engine.nodes[leader]! : oneOf(random, others)
}

async function killNode(world: ClusterWorld, leads: boolean): Promise<void> {
  const node = await nodeThat(leads, world)
  await node.kill()
  await world.lasting(drawn(world, AWAY_MS))
  await node.start()
}

async function freezeNode(world: ClusterWorld, leads: boolean): Promise<void> {
  const node = await nodeThat(leads, world)
  node.freeze()
  await world.lasting(drawn(world, FROZEN_MS))
  node.thaw()
}

async function cut(
  world: Pick<ClusterWorld, 'random' | 'lasting'>,
  wires: readonly TcpProxy[],
): Promise<void> {
  cutOff(wires, oneOf(world.random, CUTS))
  await world.lasting(drawn(world, CUT_MS))
  heal(wires)
  await pause(0)
}
