import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, it } from 'vitest'
import { ownCertificate } from '../server/tls/certificates.ts'
import { type Client, type LaneListener, listenForLane } from './listener.ts'

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

async function listen(clients: Client[]): Promise<{ readonly lane: LaneListener; readonly ca: string }> {
  const { cert, key } = await ownCertificate(null, ['127.0.0.1'])
  const lane = await listenForLane({
    ...{ name: 'sse', host: '127.0.0.1', port: 0 },
    tls: { cert, key, protocolsFor: () => ['h2', 'http/1.1'], handshakeMs: 10_000 },
    onClient: (client) => {
      client.socket.on('error', () => {}).resume() // as a line does
      clients.push(client)
    },
  })
  open.push(lane)
  return { lane, ca: cert }
}

it.each(['h2', 'http/1.1'])(
  'a server that asks before the handshake or after it is told once each time that %s was agreed on',
  async (protocol) => {
    const clients: Client[] = []
    const { lane, ca } = await listen(clients)
    const heard: string[] = []
    const socket = connectTls({ port: lane.port, host: '127.0.0.1', ca, ALPNProtocols: [protocol] })
    open.push({ close: () => socket.destroy() })
    const secured = once(socket, 'secureConnect')
    await expect.poll(() => clients).toHaveLength(1)
    const [client] = clients
    client!.onceAgreed((alpn) => heard.push(`before: ${alpn}`))
    await secured
    await expect.poll(() => client!.alpn()).toBe(protocol)
    client!.onceAgreed((alpn) => heard.push(`after: ${alpn}`))
    expect(heard).toEqual([`before: ${protocol}`, `after: ${protocol}`])
  },
)
