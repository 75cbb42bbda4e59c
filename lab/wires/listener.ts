/** The port of a lane: accepts clients, and with a certificate ends their TLS, so that what passes can be read. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Alpn } from './records.ts'

/** One client of a lane. */
export interface Client {
  /** What to read from and write to: behind TLS, where there is TLS. */
  readonly socket: Socket
  /** The connection itself. */
  readonly raw: Socket
  readonly address: string
  readonly port: number
  readonly family: string
  readonly isSecure: boolean
  /** What was agreed on under TLS; HTTP/1.1 without TLS; null while the handshake is not done. */
  alpn(): Alpn | null
  /** Calls when it is agreed on; at once without TLS, and where it has been agreed on already. Never, when the handshake fails. */
  onceAgreed(action: (alpn: Alpn) => void): void
}

export interface LaneTls {
  readonly cert: string
  readonly key: string
  /** What is offered to who comes from this address, in the order of preference. */
  readonly protocolsFor: (address: string) => readonly string[]
  /** How long a handshake may take. */
  readonly handshakeMs: number
}

export interface ListenOptions {
  /** Of the transport. */
  readonly name: string
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly tls?: LaneTls | undefined
  readonly onClient: (client: Client) => void
  /** From where a client says to come; the socket's own word unless given (for tests). */
  readonly addressOf?: ((socket: Socket) => string | undefined) | undefined
}

export interface LaneListener {
  readonly name: string
  readonly port: number
  /** Shows another certificate to those who connect from now on. */
  setCertificate(certificate: Pick<LaneTls, 'cert' | 'key'>): void
  close(): void
}

/** @throws the system's error when it cannot listen there */
export async function listenForLane(options: ListenOptions): Promise<LaneListener> {
  const { name, host, port, tls, onClient, addressOf = ({ remoteAddress }) => remoteAddress } = options
  let context = tls && createSecureContext({ cert: tls.cert, key: tls.key })
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (raw) => {
    const address = addressOf(raw)
    if (address === undefined) return void raw.destroy() // gone before it was accepted
    const about = { raw, address, port: raw.remotePort ?? 0, family: raw.remoteFamily ?? 'IPv4' }
    onClient({ ...about, ...(tls ? endTls(raw, address, tls, context!) : plain(raw)) })
  })
  await listening(server, host, port)
  return {
    name,
    port: (server.address() as AddressInfo).port,
    setCertificate({ cert, key }) {
      context = createSecureContext({ cert, key })
    },
    close: () => void server.close(),
  }
}

type Agreed = Pick<Client, 'socket' | 'isSecure' | 'alpn' | 'onceAgreed'>

const plain = (socket: Socket): Agreed => ({
  socket,
  isSecure: false,
  alpn: () => 'http/1.1',
  onceAgreed: (action) => action('http/1.1'),
})

function endTls(
  raw: Socket,
  address: string,
  { protocolsFor, handshakeMs }: LaneTls,
  secureContext: SecureContext,
): Agreed {
  const socket = new TLSSocket(raw, {
    isServer: true,
    secureContext,
    ALPNProtocols: [...protocolsFor(address)],
  })
  let alpn: Alpn | null = null
  const timer = setTimeout(() => raw.destroy(), handshakeMs)
  socket.once('close', () => clearTimeout(timer))
  socket.once('secure', () => {
    clearTimeout(timer)
    alpn = socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1'
  })
  return {
    socket,
    isSecure: true,
    alpn: () => alpn,
    // A handshake may be done before the server has its end of the connection.
    onceAgreed: (action) => (alpn === null ? void socket.once('secure', () => action(alpn!)) : action(alpn)),
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      // A listener without room for another connection (EMFILE) says so, and goes on.
      server.on('error', () => {})
      resolve()
    })
  })
}
