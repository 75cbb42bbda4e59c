/** `npm start -- --engine`: one of several servers that share a log, and what it says of that. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Hub } from '../hub/hub.ts'
import type { PeerEvent } from '../hub/shared/copy/peers.ts'
import type { EventLogger } from '../server/observe/event-logger.ts'
import type { Bus } from '../store/engine/bus.ts'
import type { Engine, EngineError } from '../store/engine/engine.ts'
import { parseEtcdAddress } from '../store/engine/etcd/address.ts'
import { parseNatsAddress } from '../store/engine/nats-address.ts'
import type { EngineAddress } from '../store/engine/reach/address.ts'
import type { Requests } from '../store/engine/requests/requests.ts'

export interface EngineOptions {
  /** As it was given, with credentials; checked. */
  readonly address: string
  /** How many servers of NATS keep each entry, if the log has to be made. */
  readonly replicas: number
}

/** How long the start waits for what the others have said before, in milliseconds. What is left comes while it serves. */
const CATCH_UP_MS = 5_000

/** Which engine an address is of. */
export const isEtcd = (address: string): boolean => /^etcds?:/i.test(address)

/** @throws EngineError `unusable`, with no password in it */
export const parseEngineAddress = (address: string): EngineAddress =>
  isEtcd(address) ? parseEtcdAddress(address) : parseNatsAddress(address)

/** The log, and what is beside it; without a way to ask each other, servers take no copies and trim nothing. */
export type OpenedEngine = Engine & { readonly bus: Bus; readonly requests?: Requests }

/**
 * Loads the engine's client here, since most servers have no engine.
 *
 * @throws EngineError with a line for the person who starts the server
 */
export async function openEngine(
  { address, replicas }: EngineOptions,
  logger: EventLogger,
): Promise<OpenedEngine> {
  const onTrouble = (cause: EngineError | null) =>
    cause
      ? logger.warn('the engine does not answer', { why: cause.message })
      : logger.info('the engine answers again', {})
  if (isEtcd(address)) {
    const { openEtcdEngine } = await import('../store/engine/etcd/etcd.ts')
    return openEtcdEngine(address, { onTrouble })
  }
  const { openNatsEngine } = await import('../store/engine/nats.ts')
  return openNatsEngine(address, { replicas, onTrouble })
}

/**
 * Waits for what the log has already.
 *
 * @param ended resolves when the log cannot be followed
 * @returns what to say of it
 * @throws EngineError why it cannot
 */
export async function catchUp(hub: Hub, ended: Promise<EngineError>): Promise<string[]> {
  const over = new AbortController()
  const why = await Promise.race([
    hub.caughtUp(),
    ended,
    pause(CATCH_UP_MS, undefined, { signal: over.signal, ref: false }),
  ])
  over.abort()
  if (why) throw why
  const { status, behind } = hub.readiness!
  if (status === 'copying')
    return [
      'The log no longer has what this server missed: it takes a copy of another one. /healthz says 503 until it is here.',
    ]
  return status === 'ok'
    ? []
    : [`${behind ?? 'Some'} entries of the log are still to come: /healthz says 503 until they are here.`]
}

/** What and where it is, without the credentials. */
export const placeOf = ({ address }: EngineOptions): string =>
  `${isEtcd(address) ? 'etcd' : 'NATS'} at ${parseEngineAddress(address).servers.join(', ')}`

/** What happens between this server and the others, as lines of its log. */
export function tellOfPeers(event: PeerEvent, logger: EventLogger): void {
  const { kind, ...facts } = event
  switch (kind) {
    case 'waits':
      logger.warn('the log no longer has what this server missed, and there is no copy of another yet', {
        ...facts,
      })
      return
    case 'taken':
      logger.info('has taken a copy of another server', { ...facts })
      return
    case 'given':
      logger.info('has given a copy to another server', {})
      return
    case 'trimmed':
      logger.info('has trimmed the log', { ...facts })
  }
}
