/**
 * The contract, over TLS: what goes by HTTP goes by HTTP/2, all of a member's requests on one connection,
 * and a WebSocket both ways: by HTTP/1.1, and as a stream of HTTP/2 (RFC 8441).
 */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { overHttp2Alone } from '../kit/network/http2-fetch.ts'
import { CASES } from './cases/index.ts'
import { itMeets, ofManifest } from './it-meets.ts'

const tls = await ownCertificate(null, ['127.0.0.1'])
const subjects = await Promise.all(OVER_HTTP.map(ofManifest))

describe.each(subjects)('$name, over TLS', (subject) => itMeets(subject, () => ({ tls })))

/**
 * A handshake over HTTP/2 that is refused leaves a WebSocket of undici 7.30.2 connecting for ever, whatever the status.
 * What the server answers then is compared with HTTP/1.1 in lab/server/tls/tunnels.test.ts.
 */
const REFUSED = /cursor that is none|room name that is none|signs out is told at once/
const cases = CASES.filter(({ name }) => !REFUSED.test(name))
const sockets = subjects.filter(({ name }) => name.startsWith('websocket'))
describe.each(sockets)('$name, as a stream of HTTP/2', (subject) =>
  itMeets(subject, () => ({ tls, network: overHttp2Alone }), cases),
)
