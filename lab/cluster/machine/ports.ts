/** Ports of this machine, for programs that are told where to listen. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Whether a program listens there. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Taken all at once, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}

/** The highest port there is. */
const LAST_PORT = 65_535

/**
 * Free ports from `first` on, in their order: below those that the system gives to connections, so that a program that
 * was killed finds its port free when it is started again.
 *
 * @param first 0 for any that are free
 * @param promised those that are left to others
 * @throws RangeError when there are not so many
 */
export async function portsFrom(
  first: number,
  count: number,
  promised: readonly number[] = [],
): Promise<number[]> {
  const found: number[] = []
  while (first === 0 && found.length < count)
    found.push(
      ...(await freePorts(count - found.length)).filter((port) => ![...promised, ...found].includes(port)),
    )
  if (first === 0) return found
  for (let port = first; found.length < count; port++) {
    if (port > LAST_PORT) throw new RangeError(`there are no ${count} free ports from ${first} on`)
    if (!promised.includes(port) && (await canListen(port))) found.push(port)
  }
  return found
}

/** Whether a program may listen there now. */
export function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
