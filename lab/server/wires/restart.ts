/**
 * A restart of the server, as its readers meet it: each is told goodbye in its transport's own way and closed, and for some seconds
 * no transport serves. The log stays, as it does on a disk; so it is the readers that are tried, and not the store.
 *
 * They are told by the same call as when the server closes for good, so a transport that handles one handles the other.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type Clock, epochNow } from '../../wire/clock.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ActiveFault, FaultAbout } from '../../wires/control.ts'
import { tellReaders } from '../transport-kit/shutdown.ts'

export const RESTART_FAULT = 'server-restart'

/** How long it lasts when it is not said, in seconds; and how long a reader may take to read the goodbye, in milliseconds. */
const USUAL_S = 3
const GRACE_MS = 500

export const RESTART: FaultAbout = {
  name: RESTART_FAULT,
  title: 'Server restart',
  models:
    'A deployment: the server says goodbye to each reader, closes, and for a while takes no connection; then all come back at once.',
  report: 'https://github.com/mattermost/mattermost-webapp/issues/10960',
  settings: [],
  scope: 'server',
  isOnce: false,
}

export interface Restart {
  /** While it lasts. */
  readonly active: ActiveFault | null
  /** @param seconds until it serves again; as usual when null */
  begin(seconds: number | null): ActiveFault
  /** Serves again. */
  end(): void
}

export interface RestartOptions {
  readonly app: FastifyInstance
  /** By which the transports' readers are found (see shutdownListenersOn). */
  readonly shutdown: AbortSignal
  readonly clock: Clock
  /** The lanes' names, and the sockets that serve their connections now. */
  readonly lanes: () => { readonly names: readonly string[]; readonly sockets: readonly Socket[] }
  /** Told when it begins and when it is over. */
  readonly onChange: (active: ActiveFault, on: boolean) => void
}

export function createRestart({ app, shutdown, clock, lanes, onChange }: RestartOptions): Restart {
  let active: ActiveFault | null = null
  let cancel = () => {}
  let ids = 0

  app.addHook('onRequest', (request, _reply, done) => {
    const isOfTransport = active !== null && request.url.startsWith('/transports/')
    done(
      isOfTransport
        ? new ChatError('stopping', 'the server is restarting; try again soon', { retryAfterS: 1 })
        : undefined,
    )
  })

  function end(): void {
    if (!active) return
    cancel()
    const ended = active
    active = null
    onChange(ended, false)
  }

  return {
    get active() {
      return active
    },
    begin(seconds) {
      end()
      const { names, sockets } = lanes()
      const since = epochNow()
      const ms = (seconds ?? USUAL_S) * 1_000
      active = {
        ...{ id: -++ids, fault: RESTART_FAULT, lanes: names, settings: {} },
        ...{ whose: 'all', since, until: since + ms, mine: true },
      }
      onChange(active, true)
      tellReaders(shutdown)
      // Those that have read their goodbye have closed by then; what waits for none is cut.
      clock.after(GRACE_MS, () => {
        for (const socket of sockets) socket.destroy()
      })
      cancel = clock.after(ms, end)
      return active
    },
    end,
  }
}
