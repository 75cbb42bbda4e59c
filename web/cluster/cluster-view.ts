/** The page's view of its cluster: asked of the control once a second, while the page is in view. It knows no element. */
import { createListeners } from '../../lab/client/listeners.ts'
import type { Action, ClusterState, ServerState } from '../../lab/cluster/control/words.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { drawEvery } from '../elements/figures/draw-every.ts'
import type { PageLane } from '../faults/bench.ts'
import type { Wires } from '../model/wires/wires.ts'
import { sentence } from '../words.ts'

const LOOK_EVERY_MS = 1_000

/** What the page hands in. */
export interface ClusterPage {
  readonly wires: Pick<Wires, 'order'>
  readonly lanes: () => readonly PageLane[]
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export type ClusterView = ReturnType<typeof createClusterView>

export function createClusterView({ wires, lanes }: ClusterPage) {
  const changes = createListeners<void>()
  let state: ClusterState | null = null
  let problem = ''
  let looks = 0
  let isLooking = false

  const tabOf = (name: string): string | null => {
    const lane = lanes().find((one) => one.name === name)?.lane
    return lane?.state.status === 'open' ? lane.tab : null
  }

  async function look(): Promise<void> {
    if (isLooking || document.visibilityState === 'hidden') return
    isLooking = true
    const mine = ++looks
    const tabs = lanes().flatMap(({ lane }) => lane?.tab ?? [])
    try {
      const next = stateOf(await wires.order('GET', `/cluster/state?tabs=${tabs.join(',')}`))
      if (mine === looks) state = next
      problem = ''
    } catch (thrown) {
      problem = `The cluster does not say how it is: ${sentence(ChatError.from(thrown).message)}`
    } finally {
      isLooking = false
    }
    changes.tell()
  }

  async function act(name: string, action: Action): Promise<void> {
    try {
      looks++ // an older answer does not know it yet
      const { engines, servers, ...rest } = stateOf(
        await wires.order('POST', '/cluster/orders', { name, action }),
      )
      // Where the lanes are was not asked: as it was, until the next look.
      const tabs = new Map(state?.servers.map((one) => [one.name, one.tabs]))
      state = {
        ...rest,
        engines,
        servers: servers.map((one) => ({ ...one, tabs: tabs.get(one.name) ?? [] })),
      }
      problem = ''
    } catch (thrown) {
      problem = sentence(ChatError.from(thrown).message)
    }
    changes.tell()
  }

  return {
    /** Null until the control has answered. */
    get state() {
      return state
    },
    /** Why something was not done; '' otherwise. */
    get problem() {
      return problem
    },
    /** The server at which the lane's reader is now; null when it is not open, or none says that it is there. */
    serverOf(lane: string): ServerState | null {
      const tab = tabOf(lane)
      return (tab !== null && state?.servers.find(({ tabs }) => tabs.includes(tab))) || null
    },
    /** The lanes whose readers are at that server. */
    lanesAt: (server: ServerState) =>
      lanes().filter(({ name }) => {
        const tab = tabOf(name)
        return tab !== null && server.tabs.includes(tab)
      }),
    act,
    onChange: changes.add,
    /** Looks now, and then again and again, until the returned function is called. */
    follow(): () => void {
      void look()
      return drawEvery(LOOK_EVERY_MS, () => void look())
    },
  }
}

/** @throws ChatError `bad-answer` for something that is no state of a cluster */
function stateOf(value: unknown): ClusterState {
  const { servers, engines, quorum } = (value ?? {}) as Partial<ClusterState>
  if (!Array.isArray(servers) || !Array.isArray(engines) || typeof quorum !== 'number')
    throw new ChatError('bad-answer', 'the control does not say how the cluster is')
  return value as ClusterState
}
