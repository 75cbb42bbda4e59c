/**
 * The page's view of its own two servers on a log (`/wires/servers`): asked once a second, while the page is in view. It knows no element.
 */
import { createListeners } from '../../../lab/client/listeners.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import {
  type OneServer,
  SERVERS_PATH,
  type ServerAction,
  type ServersState,
} from '../../../lab/wires/servers/control.ts'
import { drawEvery } from '../../elements/figures/draw-every.ts'
import type { PageLane } from '../../faults/bench.ts'
import type { Wires } from '../../model/wires/wires.ts'
import { sentence } from '../../words.ts'

const LOOK_EVERY_MS = 1_000

export interface ServersPage {
  readonly wires: Pick<Wires, 'order'>
  readonly lanes: () => readonly PageLane[]
}

export type ServersView = ReturnType<typeof createServersView>

/** @param first what the server said when they were started */
export function createServersView({ wires, lanes }: ServersPage, first: ServersState) {
  const changes = createListeners<void>()
  let state = first
  let problem = ''
  let isOver = false
  let looks = 0

  const tabOf = ({ lane }: PageLane): string | null => (lane?.state.status === 'open' ? lane.tab : null)

  async function ask(method: string, path: string, body?: object): Promise<void> {
    const mine = ++looks // an older answer does not know what a newer one says
    try {
      const next = serversStateOf(await wires.order(method, path, body))
      if (mine === looks) state = next
      isOver = state.room !== first.room // another tab has begun others
      problem = isOver ? OVER : ''
    } catch (thrown) {
      const error = ChatError.from(thrown)
      isOver = error.code === 'not-found'
      problem = isOver ? OVER : sentence(error.message)
    }
    changes.tell()
  }

  async function look(): Promise<void> {
    if (!isOver && document.visibilityState === 'visible') await ask('GET', SERVERS_PATH)
  }

  return {
    get state() {
      return state
    },
    /** Why something was not done; '' otherwise. */
    get problem() {
      return problem
    },
    /** Whether they have ended, and this page has to start others. */
    get isOver() {
      return isOver
    },
    /** The server to which the lane's latest request came; null when the lane is not open. */
    serverOf(name: string): OneServer | null {
      const lane = lanes().find((one) => one.name === name)
      const tab = lane ? tabOf(lane) : null
      return (tab !== null && !isOver && state.servers.find(({ tabs }) => tabs.includes(tab))) || null
    },
    lanesAt: ({ tabs }: OneServer): readonly PageLane[] =>
      lanes().filter((lane) => tabs.includes(tabOf(lane) ?? '')),
    act: (name: string, action: ServerAction) => ask('POST', `${SERVERS_PATH}/orders`, { name, action }),
    onChange: changes.add,
    /** Looks now, and then again and again, until the returned function is called. */
    follow(): () => void {
      void look()
      return drawEvery(LOOK_EVERY_MS, () => void look())
    },
  }
}

const OVER = 'These servers have ended. Stop this live part and start it again.'

/** @throws ChatError `bad-answer` for something that is no state of servers */
export function serversStateOf(value: unknown): ServersState {
  const { room, servers, log } = (value ?? {}) as Partial<ServersState>
  if (typeof room !== 'string' || !Array.isArray(servers) || typeof log?.position !== 'number')
    throw new ChatError('bad-answer', 'the lab does not say how the servers are')
  return value as ServersState
}
