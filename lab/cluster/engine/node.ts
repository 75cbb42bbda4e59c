/** A node of the engine, whichever engine it is: what the cluster starts, shows and kills. */
import type { Program, ProgramOptions } from '../machine/program.ts'

export const ENGINES = ['nats', 'etcd'] as const
export type EngineName = (typeof ENGINES)[number]

/** What a node says of itself and of the others. */
export interface NodeSaid {
  /** As the nodes call each other. */
  readonly self: string
  /** Whom it takes for the leader; null for none. */
  readonly leader: string | null
  /** Place of the last entry that it has. */
  readonly position: number | null
}

export interface EngineNode {
  readonly program: Program
  readonly port: number
  /** As `--engine` of a server takes it. */
  readonly address: string
  /** Null when it does not answer, or has no log. */
  look(): Promise<NodeSaid | null>
}

export interface NodesOptions {
  /** The file of its program. */
  readonly file: string
  /** Of the whole cluster; each node has one in it. */
  readonly folder: string
  readonly count: number
  /** So many for each node as the engine wants. */
  readonly ports: readonly number[]
  readonly onProcess: ProgramOptions['onProcess']
}
