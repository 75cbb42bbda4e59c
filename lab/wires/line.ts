/**
 * One connection through a proxy: the client's socket, the one that leads to the server, and a flow each way.
 *
 * A line ends when either end closes, after what was on its way has arrived; or at once, when a fault drops it.
 */
import type { Socket } from 'node:net'
import { Flow } from './flow.ts'
import type { CloseRecord, Direction, Ender } from './records.ts'

export interface LineOptions {
  readonly client: Socket
  readonly server: Socket
  /** What a reset goes to, where `client` is a TLS session on top of it. */
  readonly rawClient?: Socket
}

export class Line {
  readonly client: Socket
  readonly server: Socket
  readonly toServer: Flow
  readonly toClient: Flow
  /** Told once, when the client's end is closed. */
  onClose: ((about: Pick<CloseRecord, 'by' | 'how'>) => void) | null = null
  /** Told once, when both ends are. */
  onGone: (() => void) | null = null
  readonly #rawClient: Socket
  #ending: Pick<CloseRecord, 'by' | 'how'> | null = null
  #open = 2

  constructor({ client, server, rawClient = client }: LineOptions) {
    this.client = client
    this.server = server
    this.#rawClient = rawClient
    this.toServer = new Flow('toServer', client, server)
    this.toClient = new Flow('toClient', server, client)
    this.#watch(client, 'client', this.toServer)
    this.#watch(server, 'server', this.toClient)
  }

  flow(direction: Direction): Flow {
    return direction === 'toServer' ? this.toServer : this.toClient
  }

  get isOpen(): boolean {
    return !this.client.destroyed
  }

  /** Answers the client in the server's place, and ends both sides. */
  answer(bytes: string): void {
    this.#ending ??= { by: 'fault', how: 'end' }
    this.toClient.inject(Buffer.from(bytes, 'latin1'))
    this.server.destroy()
    this.client.end()
  }

  /** Ends both sides at once; by a reset, what was on its way is lost (RFC 9293 §3.10.7.4). */
  drop(how: 'end' | 'reset', by: Ender = 'fault'): void {
    this.#ending ??= { by, how }
    if (how === 'reset') return void this.#reset()
    this.client.destroy()
    this.server.destroy()
  }

  #reset(): void {
    // A TLS session has no reset of its own: it is TCP's.
    if (this.client !== this.#rawClient) this.client.destroy()
    for (const socket of [this.#rawClient, this.server]) {
      socket.resetAndDestroy()
      // It would write first what still waits. One that connects has to come to an end before it can be reset.
      if (!socket.connecting) socket.destroy()
    }
  }

  #watch(socket: Socket, by: Ender, from: Flow): void {
    socket.on('end', () => {
      this.#ending ??= { by, how: 'end' }
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      this.#ending ??= { by, how: code === 'ECONNRESET' ? 'reset' : 'end' }
    })
    socket.on('close', () => {
      from.close()
      if (by === 'client') this.onClose?.(this.#ending ?? { by, how: 'end' })
      if (--this.#open === 0) this.onGone?.()
    })
  }
}
