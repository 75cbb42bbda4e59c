/** Starts an echo server: for the command, for the tests, and for measuring. */
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { EchoFactory, EchoOptions } from '../../../transports/_web-socket/server-echo.ts'
import type { TransportName } from '../../../transports/manifest.ts'

export interface Echo {
  readonly server: Server
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1 unless told otherwise: an echo answers every program, and has none of the chat's caps.
 *
 * @param port 0 for a free one
 */
export async function startEcho(
  name: TransportName,
  {
    port,
    host = '127.0.0.1',
    origins = [],
    ...limits
  }: Omit<EchoOptions, 'origins'> & { port: number; host?: string; origins?: readonly string[] },
): Promise<Echo> {
  const module = (await import(`../../../transports/${name}/server-echo.ts`)) as { default: EchoFactory }
  const allowed = new Set(origins)
  const server = module.default({ ...limits, origins: allowed })
  const open = new Set<Socket>()
  // One listener for all: what each connection costs is measured here.
  function forget(this: Socket) {
    open.delete(this)
  }
  server.on('connection', (socket) => void open.add(socket.on('close', forget)))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, resolve)
  })
  const address = server.address() as AddressInfo
  for (const name of ['localhost', '127.0.0.1', host]) allowed.add(`http://${name}:${address.port}`)
  return {
    server,
    port: address.port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** A listener's queue: Node's 511 overflows when thousands connect at once. */
const BACKLOG = 4_096
