/** Where NATS is: `nats://HOST:PORT`, or `tls://NAME:PASSWORD@HOST` and `tls://TOKEN@HOST`, with commas between several. */
import { type EngineAddress, parseAddress } from './reach/address.ts'

export type NatsAddress = EngineAddress

/** @throws EngineError `unusable`, with a line that says what to write, and no password in it */
export const parseNatsAddress = (text: string): NatsAddress =>
  parseAddress(text, { engine: 'NATS', plain: 'nats', tls: 'tls', port: '4222' })
