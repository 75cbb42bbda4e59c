/** How the servers and the engine's nodes are: each is asked, over loopback, what it says of itself. */
import type { EngineNode, NodeSaid } from '../engine/node.ts'
import { askJson } from '../machine/ask.ts'
import type { Program } from '../machine/program.ts'
import type { LabServer } from '../servers.ts'
import type { EngineState, ServerState, ServerStatus } from './words.ts'

const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** A reader's tab, and when it came to the server that says so, among all arrivals. */
interface TabHere {
  readonly tab: string
  readonly order: number
}

const isThere = ({ state }: Program) => state === 'alive' || state === 'starting'

/** What a server said of tabs when it last answered: one that is frozen has their readers still, and cannot say so. */
export type LastSaid = Map<string, readonly TabHere[]>

/** So many tabs are remembered of a server, the newest of them. */
const MOST_REMEMBERED = 500

/**
 * @param tabs of readers, each of which is told of the server that it came to last
 * @param lastSaid by the server's name; kept up to date here
 */
export async function lookAtServers(
  servers: readonly LabServer[],
  tabs: readonly string[],
  problems: ReadonlyMap<string, string>,
  lastSaid: LastSaid,
): Promise<ServerState[]> {
  const asked = await Promise.all(
    servers.map(async ({ program, port }) => {
      const before = lastSaid.get(program.name) ?? []
      if (program.state === 'frozen')
        return { health: null, here: before.filter(({ tab }) => tabs.includes(tab)) }
      if (!isThere(program)) {
        lastSaid.delete(program.name)
        return { health: null, here: [] }
      }
      const base = `http://127.0.0.1:${port}`
      const [health, readers] = await Promise.all([
        askJson(`${base}/healthz`),
        tabs.length > 0 ? askJson(`${base}/readers?tabs=${tabs.join(',')}`) : null,
      ])
      const here = (readers?.tabs ?? []) as readonly TabHere[]
      const others = before.filter(({ tab }) => !tabs.includes(tab))
      if (readers) lastSaid.set(program.name, [...others, ...here].slice(-MOST_REMEMBERED))
      return { health, here }
    }),
  )
  const newest = new Map<string, number>()
  for (const { tab, order } of asked.flatMap(({ here }) => here))
    newest.set(tab, Math.max(order, newest.get(tab) ?? order))
  return servers.map(({ program, port }, i) => {
    const { health, here } = asked[i]!
    return {
      ...{ name: program.name, port, pid: program.pid, status: statusOf(program, health) },
      applied: numberOr(health?.applied),
      lag: numberOr(health?.behind),
      readers: numberOr(health?.readers),
      tabs: here.filter(({ tab, order }) => newest.get(tab) === order).map(({ tab }) => tab),
      problem: problems.get(program.name) ?? '',
    }
  })
}

function statusOf({ state }: Program, health: Record<string, unknown> | null): ServerStatus {
  if (state !== 'alive') return state
  const said = health?.status ?? health?.code
  if (said === 'draining' || said === 'stopping') return 'leaving'
  return said === 'ok' ? 'alive' : 'behind'
}

export async function lookAtEngines(
  engines: readonly EngineNode[],
  problems: ReadonlyMap<string, string>,
): Promise<EngineState[]> {
  const said = await Promise.all(engines.map((node) => (isThere(node.program) ? node.look() : null)))
  const positions = said.map((one) => one?.position ?? null)
  const newest = Math.max(0, ...positions.map((position) => position ?? 0))
  const leader = leaderOf(said)
  return engines.map(({ program, port }, i) => ({
    ...{ name: program.name, port, pid: program.pid, status: program.state },
    leads: leader === null ? null : said[i]?.self === leader,
    position: positions[i]!,
    lag: positions[i] === null ? null : newest - positions[i]!,
    problem: problems.get(program.name) ?? '',
  }))
}

/** Whom most of those that answer take for the leader, and that answers itself; the only one leads itself. */
function leaderOf(said: readonly (NodeSaid | null)[]): string | null {
  if (said.length === 1) return said[0]?.self ?? null
  const votes = new Map<string, number>()
  for (const { leader } of said.flatMap((one) => one ?? []))
    if (leader !== null) votes.set(leader, (votes.get(leader) ?? 0) + 1)
  const answers = new Set(said.flatMap((one) => one?.self ?? []))
  // One that is down or frozen may still be named by those that have not noticed.
  const [most] = [...votes].filter(([self]) => answers.has(self)).sort(([, a], [, b]) => b - a)
  return most !== undefined && most[1] > said.length / 2 ? most[0] : null
}
