/** A closing handshake has two sides, and the other one may not answer. */
import { expect, it, vi } from 'vitest'
import { Hub } from '../../lab/hub/hub.ts'
import { createServerMetrics } from '../../lab/server/observe/server-metrics.ts'
import { openRawWebSocket } from '../../lab/verify/attacks/raw-web-socket.ts'
import { webSocketTransports } from '../../lab/verify/fifth/reading-address.ts'
import { startTestServer } from '../../lab/verify/kit/test-server.ts'

/** Twice the time that it has (CLOSE_MS), and a fraction of the 30 s of the `ws` package. */
const LIMIT_MS = 10_000

const SPEAKERS = await webSocketTransports()

it.each(SPEAKERS)('a peer that does not answer the close frame of %s loses its socket soon', async (name) => {
  const hub = new Hub()
  const metrics = createServerMetrics()
  const server = await startTestServer({ hub, metrics })
  const { port } = server
  try {
    const peer = await openRawWebSocket(port, `/transports/${name}/rooms/lobby/socket`)
    // A binary frame of no bytes, masked: answered by 1003, and then the peer says nothing any more.
    peer.wire.write(Buffer.from([0x82, 0x80, 1, 2, 3, 4]))
    expect(await peer.closeCode()).toBe(1003)
    expect(metrics.connections.sockets.size).toBe(1)
    await vi.waitFor(() => expect(metrics.connections.sockets.size).toBe(0), {
      timeout: LIMIT_MS,
      interval: 50,
    })
    expect(hub.followers).toBe(0)
  } finally {
    await server.close()
  }
})
