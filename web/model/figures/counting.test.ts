import { expect, test } from 'vitest'
import { systemClock, type WebSocketLike } from '../../../lab/client/platform.ts'
import { countRequests } from './counting.ts'

test('counts each request and each handshake, and passes them on as they are', async () => {
  const asked: unknown[] = []
  class Socket implements WebSocketLike {
    readonly OPEN = 1
    readonly readyState = 1
    constructor(url: string | URL) {
      asked.push(String(url))
    }
    send() {}
    close() {}
    addEventListener() {}
  }
  let count = 0
  const answer = new Response('here')
  const platform = countRequests(
    {
      fetch: async (...args) => {
        asked.push(args)
        return answer
      },
      WebSocket: Socket,
      clock: systemClock,
      random: Math.random,
    },
    () => count++,
  )

  const init = { method: 'POST' }
  expect(await platform.fetch('http://a/', init)).toBe(answer)
  expect(new platform.WebSocket('ws://b/')).toBeInstanceOf(Socket)
  expect(asked).toEqual([['http://a/', init], 'ws://b/'])
  expect(count).toBe(2)
})
