/** The contract, over TLS, for WebSockets that are opened by HTTP/1.1. */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { ownCertificate } from '../../server/tls/certificates.ts'
import { itMeets, ofManifest } from './it-meets.ts'

const tls = await ownCertificate(null, ['127.0.0.1'])
const names = OVER_HTTP.filter((name) => name.startsWith('websocket'))
const subjects = await Promise.all(names.map(ofManifest))

describe.each(subjects)('$name, over TLS', (subject) => itMeets(subject, () => ({ tls })))
