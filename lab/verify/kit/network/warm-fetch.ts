/**
 * One `fetch` to an address without a server, before any that matters.
 *
 * On Node 20, the first of a process waits for its HTTP parser to be compiled, and does not see it when the
 * connection is closed meanwhile: it then waits for ever (undici 6.24; 6.28, of Node 22, does not). A client
 * comes out of that only after its 30 s time-out. A test whose very first line is broken would take it for a loss.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((_request, response) => response.writeHead(204, { connection: 'close' }).end())
await once(server.listen(0, '127.0.0.1'), 'listening')
await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
server.close()
