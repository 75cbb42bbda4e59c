/**
 * The contract, over TLS: what goes by HTTP goes by HTTP/2, all of a member's requests on one connection,
 * and the WebSocket by HTTP/1.1 as it must.
 */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { itMeets, ofManifest } from './it-meets.ts'

const tls = await ownCertificate(null, ['127.0.0.1'])
const subjects = await Promise.all(OVER_HTTP.map(ofManifest))

describe.each(subjects)('$name, over TLS', (subject) => itMeets(subject, () => ({ tls })))
