/** The contract, over TLS, for WebSockets that are each a stream of HTTP/2 (RFC 8441). */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { overHttp2Alone } from '../kit/network/http2-fetch.ts'
import { CASES } from './cases/index.ts'
import { itMeets, ofManifest } from './it-meets.ts'

/**
 * A handshake over HTTP/2 that is refused leaves a WebSocket of undici 7.30.2 connecting for ever, whatever the status.
 * What the server answers then is compared with HTTP/1.1 in lab/server/tls/tunnels.test.ts.
 */
const REFUSED = /cursor that is none|room name that is none|signs out is told at once/
const cases = CASES.filter(({ name }) => !REFUSED.test(name))

const tls = await ownCertificate(null, ['127.0.0.1'])
const names = OVER_HTTP.filter((name) => name.startsWith('websocket'))
const sockets = await Promise.all(names.map(ofManifest))

describe.each(sockets)('$name, as a stream of HTTP/2', (subject) =>
  itMeets(subject, () => ({ tls, network: overHttp2Alone }), cases),
)
