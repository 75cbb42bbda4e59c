/** The connection to NATS: by the way that its address says, and only to a server that can carry the log. */
import { connect, errors, type NatsConnection } from '@nats-io/transport-node'
import { ENTRY_BYTES, EngineError } from './engine.ts'
import type { NatsAddress } from './nats-address.ts'
import { unusable } from './nats-errors.ts'

/** Before 2.9 a consumer cannot be read as the client does it (nats.js, JetStream consumers). */
const OLDEST = [2, 9] as const
/** What NATS counts to a message besides its body: the subject and our headers, some 150 bytes. */
const HEADER_BYTES = 1_024

/** @throws EngineError */
export async function connectTo(
  { servers, tls, credentials }: NatsAddress,
  ca?: string,
): Promise<NatsConnection> {
  try {
    return await connect({
      servers: [...servers],
      name: 'transport-lab',
      ...credentials,
      ...(tls && { tls: ca === undefined ? {} : { ca } }),
      // Only servers that were named: one that is gossiped might be on another machine, without TLS.
      ignoreClusterUpdates: true,
      // A server that comes back finds us, however long it was away.
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 100,
      timeout: 5_000,
      // One that stands still is left after two of these.
      pingInterval: 2_000,
    })
  } catch (error) {
    throw cannotConnect(error as Error & { readonly code?: string }, servers.join(', '))
  }
}

function cannotConnect(error: Error & { readonly code?: string }, where: string): EngineError {
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError)
    return unusable(`NATS at ${where} does not take these credentials`, error)
  if (/'tls'/.test(error.message))
    return unusable(`NATS at ${where} has no TLS, so nothing was said to it`, error)
  if (/CERT|TLS|SSL|SIGNED|ALTNAME/i.test(`${error.code} ${error.message}`))
    return unusable(`NATS at ${where} has a certificate that is not believed (${error.message})`, error)
  return new EngineError(
    'unavailable',
    `no NATS server answers at ${where} (${error.message || error.name}); start one (nats-server -js), or give another address`,
    { cause: error },
  )
}

/** @throws EngineError `unusable` */
export function checkServer({ info }: NatsConnection): void {
  const { version = '', max_payload: most = 0, jetstream: hasJetStream } = info ?? {}
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw unusable(`this is nats-server ${version}; ${OLDEST.join('.')} or newer is needed`)
  if (!hasJetStream)
    throw unusable(
      'this nats-server has no JetStream, which keeps the log; start it with -js and a folder: -sd DIR',
    )
  if (most < ENTRY_BYTES + HEADER_BYTES)
    throw unusable(
      `this nats-server takes at most ${most} bytes; set max_payload to ${ENTRY_BYTES + HEADER_BYTES} or more`,
    )
}
