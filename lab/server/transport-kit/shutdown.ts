/**
 * Shutdown: tell every reader, give the words time to leave, then close whatever is left.
 *
 * Fastify by itself would wait for ever, since streams and parked polls never end on their own,
 * or else cut them in mid-sentence.
 */
import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../wire/errors.ts'

/** How long the shutdown may take, in milliseconds. The lab promises to end within 2 s of Ctrl-C. */
const GRACE_MS = 1_000
const CHECK_EVERY_MS = 10

/**
 * @param sockets that are open now
 * @param sendGoAway tells those to whom a connection has to be given notice: HTTP/2's
 * @returns a signal that aborts as the server begins to close; each transport tells its own readers
 */
export function closeWithinGrace(
  app: FastifyInstance,
  sockets: ReadonlySet<Socket>,
  sendGoAway = () => {},
): AbortSignal {
  const shutdown = new AbortController()
  setMaxListeners(0, shutdown.signal) // each transport has its own: ten are no leak
  app.addHook('onRequest', (_request, _reply, done) => {
    done(
      shutdown.signal.aborted
        ? new ChatError('stopping', 'the server is going away; try again soon')
        : undefined,
    )
  })
  app.addHook('preClose', async () => {
    shutdown.abort()
    sendGoAway()
    const deadline = performance.now() + GRACE_MS
    while (performance.now() < deadline) {
      // No client waits on a connection that is kept alive between two requests.
      app.server.closeIdleConnections()
      if (sockets.size === 0) return
      await pause(CHECK_EVERY_MS)
    }
    for (const socket of sockets) socket.destroy()
  })
  return shutdown.signal
}

/** A reader that is told when the server begins to close. The object and not a function, as with heartbeats. */
export interface Stopping {
  onShutdown(): void
}

/**
 * The readers of a transport: add one when it begins to wait, delete it when it goes; the `onShutdown` of all
 * that are inside is called when the server begins to close.
 *
 * They share one listener. To take one of thousands off an AbortSignal is a walk past all the
 * others, and parked polls come and go with every message: it cost more than the delivery.
 */
export function shutdownListenersOn(shutdown: AbortSignal): Set<Stopping> {
  const shutdownListeners = new Set<Stopping>()
  const all = listenersOf.get(shutdown) ?? new Set()
  listenersOf.set(shutdown, all.add(shutdownListeners))
  shutdown.addEventListener('abort', () => {
    for (const reader of shutdownListeners) reader.onShutdown()
  })
  return shutdownListeners
}

/** The sets of all transports, by the signal of their server. */
const listenersOf = new WeakMap<AbortSignal, Set<Set<Stopping>>>()

/** All readers of a server, a set for each transport. */
export const readersOf = (shutdown: AbortSignal): Iterable<Set<Stopping>> => listenersOf.get(shutdown) ?? []

/** Tells each reader what it is told when the server closes, and the server goes on: a restart, as they meet it. */
export function tellReaders(shutdown: AbortSignal): void {
  for (const readers of readersOf(shutdown)) for (const reader of [...readers]) reader.onShutdown()
}
