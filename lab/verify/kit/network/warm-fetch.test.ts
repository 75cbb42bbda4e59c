import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import './warm-fetch.ts'

it('lets the first fetch see that its connection has been closed', { timeout: 5_000 }, async () => {
  const server = createServer((socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed')
  server.close()
})
