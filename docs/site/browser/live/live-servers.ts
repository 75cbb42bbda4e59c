/**
 * Two servers of the reader's own behind the lanes of a live part: the lab starts them in its process when the part starts, and ends
 * them when it stops, or when the page is left. Fetched when such a part starts.
 */
import { html } from 'lit'
import { SERVERS_PATH } from '../../../../lab/wires/servers/control.ts'
import '../../../../web/cluster/lane-server.ts'
import '../../../../web/cluster/servers/servers-card.ts'
import {
  createServersView,
  type ServersPage,
  serversStateOf,
} from '../../../../web/cluster/servers/servers-view.ts'
import { wires } from '../../../../web/faults/wires.ts'

export type LiveServers = Awaited<ReturnType<typeof createLiveServers>>

/** Lanes that are taken from the page say goodbye to their servers first, in milliseconds. */
const GOODBYE_MS = 1_000

/** @throws ChatError when the lab has none to give, as one that is itself one of several */
export async function createLiveServers({ lanes }: Pick<ServersPage, 'lanes'>) {
  await wires.ready() // by which this browser is a visitor
  const state = serversStateOf(await wires.order('POST', SERVERS_PATH))
  const view = createServersView({ wires, lanes }, state)

  /** A page that is left has no time for an answer. */
  const end = () =>
    void fetch(`${SERVERS_PATH}/${state.room}`, { method: 'DELETE', keepalive: true }).catch(() => {})
  window.addEventListener('pagehide', end)

  return {
    room: state.room,
    under: SERVERS_PATH,
    card: () => html`<servers-card .view=${view}></servers-card>`,
    onLane: (lane: string) => html`<lane-server slot="faults" .view=${view} .lane=${lane}></lane-server>`,
    stop(): void {
      window.removeEventListener('pagehide', end)
      setTimeout(end, GOODBYE_MS)
    },
  }
}
