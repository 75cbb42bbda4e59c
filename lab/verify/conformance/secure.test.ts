/**
 * The contract, over TLS: what goes by HTTP goes by HTTP/2, all of a member's requests on one connection. WebSockets are
 * in files of their own beside this one, so that the three run at the same time.
 */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { itMeets, ofManifest } from './it-meets.ts'

const tls = await ownCertificate(null, ['127.0.0.1'])
const names = OVER_HTTP.filter((name) => !name.startsWith('websocket'))
const subjects = await Promise.all(names.map(ofManifest))

describe.each(subjects)('$name, over TLS', (subject) => itMeets(subject, () => ({ tls })))
