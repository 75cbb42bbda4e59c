import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { startTestServer } from './test-server.ts'

it('a test server keeps its port and its messages over a restart, and leaves nothing behind when it is closed', async () => {
  const server = await startTestServer()
  const read = async () => {
    const response = await fetch(`${server.url}/rooms/lobby/messages`)
    return ((await response.json()) as { messages: { text: string }[] }).messages.map(({ text }) => text)
  }
  const { port } = server
  server.say('lobby', 'before')
  expect(await read()).toEqual(['before'])
  expect(server.lastHeaders.host).toBe(`127.0.0.1:${port}`)

  await server.stop()
  expect(() => server.app).toThrow('stopped')
  server.say('lobby', 'while it was stopped')
  await server.start()
  expect(server.port).toBe(port)
  expect(await read()).toEqual(['before', 'while it was stopped'])

  await server.stop()
  await server.start({ hub: new Hub() })
  expect(await read()).toEqual([])

  await server.close()
  const [error] = await once(connect(port, '127.0.0.1'), 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
})
