/** What NATS and its client say when something fails, by what can be done about it. */
import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { closed, EngineError } from './engine.ts'

/** Of JetStream's `err_code`, those that mean something here (nats-server, server/errors.json). */
export const API = {
  noPeers: 10005,
  noCluster: 10074,
  nameInUse: 10058,
  notFound: 10059,
  otherStream: 10060,
  storeFailed: 10077,
  noStorage: 10047,
  noResources: 10023,
  notEnabledForAccount: 10039,
  notEnabled: 10076,
} as const

/** Whether NATS has refused it for what it is, and would again. */
export const isRefused = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.status >= 400 && error.status < 500

export const apiCode = (error: unknown): number | null =>
  error instanceof JetStreamApiError ? error.code : null

export const unusable = (message: string, cause?: unknown) => new EngineError('unusable', message, { cause })
export const unavailable = (why: string, cause?: unknown) => new EngineError('unavailable', why, { cause })

/** What NATS and its client say, by what can be done about it. */
export function inOurWords(error: unknown, what: string): EngineError {
  if (error instanceof EngineError) return error
  const { message, name } = error as Error
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError)
    return closed()
  switch (apiCode(error)) {
    case API.storeFailed:
    case API.noStorage:
    case API.noResources:
      return new EngineError('full', `the log is full (${message})`, { cause: error })
    case API.otherStream:
    case API.notFound:
      return new EngineError('other-log', 'the stream of the log is gone', { cause: error })
    case API.noPeers: // what a cluster says too until its servers have found each other
      return unavailable(
        'the cluster has too few servers for so many replicas, or too little room on them',
        error,
      )
    case API.noCluster:
      return unusable(
        'one server of NATS alone cannot keep several replicas; begin a cluster, or ask for one',
        error,
      )
    case API.notEnabled:
    case API.notEnabledForAccount:
      return unusable('JetStream is not enabled here, or not for this account', error)
    default:
      return isRefused(error)
        ? unusable(`${what}: ${message}`, error)
        : unavailable(`${what}: ${message || name}`, error)
  }
}
