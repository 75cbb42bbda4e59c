/** Where etcd is: `etcd://HOST:PORT`, or `etcds://NAME:PASSWORD@HOST` by TLS, with commas between several. */

import { EngineError } from '../engine.ts'
import { type EngineAddress, parseAddress } from '../reach/address.ts'

export interface EtcdAddress extends EngineAddress {
  readonly credentials: { readonly user: string; readonly pass: string } | null
}

/** @throws EngineError `unusable`, with a line that says what to write, and no password in it */
export function parseEtcdAddress(text: string): EtcdAddress {
  const { credentials, ...where } = parseAddress(text, {
    engine: 'etcd',
    plain: 'etcd',
    tls: 'etcds',
    port: '2379',
  })
  if (credentials && 'token' in credentials)
    throw new EngineError('unusable', 'etcd wants a name and a password: etcds://NAME:PASSWORD@HOST')
  return { ...where, credentials }
}
