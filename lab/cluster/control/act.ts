/** What the buttons of the card do to a server, or to a node of the engine. */
import { ChatError } from '../../wire/errors.ts'
import type { EngineNode } from '../engine/node.ts'
import { type Program, ProgramError } from '../machine/program.ts'
import type { LabServer } from '../servers.ts'
import type { Action, Order } from './words.ts'

/** A lab promises two seconds. */
const STOP_LIMIT_MS = 4_000
const ANSWER_LIMIT_MS = 2_000

const conflict = (words: string) => new ChatError('bad-request', words)

export interface Actor {
  /** Why those could not be started that were to be, by name. */
  readonly problems: ReadonlyMap<string, string>
  /**
   * Resolves when it is done, or when it has begun: a start takes its time.
   *
   * @throws ChatError `bad-request` for what cannot be done to it now
   */
  act(order: Order): Promise<void>
  /** Ends what has begun. */
  close(): void
}

/** What is acted on, and looked at. */
export interface Parts {
  readonly servers: readonly LabServer[]
  readonly engines: readonly EngineNode[]
}

export function createActor({ servers, engines }: Parts): Actor {
  const problems = new Map<string, string>()
  const over = new AbortController()
  const nodes = new Map(engines.map(({ program }) => [program.name, program]))
  const labs = new Map(servers.map((server) => [server.program.name, server]))
  /** Those that are drained, and have not been started again. */
  const drained = new Set<string>()

  function begin(program: Program): void {
    problems.delete(program.name)
    drained.delete(program.name)
    program.start(over.signal).catch(async (error: unknown) => {
      if (over.signal.aborted) return
      if (!(error instanceof ProgramError)) throw error
      problems.set(program.name, error.message)
      await program.kill()
    })
  }

  async function drain({ program, port }: LabServer): Promise<void> {
    if (program.state !== 'alive') throw conflict(`${program.name} is ${program.state}: it cannot be drained`)
    const response = await fetch(`http://127.0.0.1:${port}/drain`, {
      method: 'POST',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    }).catch(() => null)
    await response?.body?.cancel()
    if (!response?.ok)
      throw conflict(`${program.name} does not drain: it answers ${response?.status ?? 'nothing'}`)
    drained.add(program.name)
  }

  const does: Readonly<Record<Action, (program: Program, lab: LabServer | undefined) => unknown>> = {
    async kill(program) {
      if (program.state === 'down') throw conflict(`${program.name} is down already`)
      await program.kill()
    },
    freeze(program) {
      if (program.state !== 'alive')
        throw conflict(`${program.name} is ${program.state}: it cannot be frozen`)
      program.freeze()
    },
    'go on'(program) {
      if (program.state !== 'frozen') throw conflict(`${program.name} is not frozen`)
      program.thaw()
    },
    async start(program) {
      // An update: stopped in order, and another one started in its place.
      if (drained.has(program.name)) await program.stop('SIGINT', STOP_LIMIT_MS)
      if (program.state !== 'down') throw conflict(`${program.name} is ${program.state} already`)
      begin(program)
    },
    drain(_program, lab) {
      if (!lab) throw conflict('a node of the engine has no readers: only servers are drained')
      return drain(lab)
    },
  }

  return {
    problems,
    async act({ name, action }) {
      const lab = labs.get(name)
      const program = lab?.program ?? nodes.get(name)
      if (!program)
        throw conflict(
          `there is no ${JSON.stringify(name)}; there are ${[...labs.keys(), ...nodes.keys()].join(', ')}`,
        )
      await does[action](program, lab)
    },
    close: () => over.abort(),
  }
}
