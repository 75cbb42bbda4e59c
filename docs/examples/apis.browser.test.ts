/** What chapters 4 and 5 say of the browser's own `EventSource` and `WebSocket`, tried in Chromium and Firefox. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { inBothBrowsers, type Tab } from '../../lab/verify/browser/both-browsers.ts'
import { TIMEOUT } from '../../lab/verify/browser/lab-page.ts'
import { type ApiServer, startApiServer } from './api-server.ts'

/** In the page: tells what happened to a source or a socket, each event in a few words, until there are enough. */
const PAGE = `<!doctype html><title>APIs</title><script>
  const words = {
    open: () => '',
    error: () => '',
    close: ({ code, reason, wasClean }) => [code, reason, wasClean].join(' '),
    default: ({ data, lastEventId }) => [data, lastEventId].filter(Boolean).join(' #'),
  }
  function heard(target, types, count, act = () => {}) {
    return new Promise((done) => {
      const lines = []
      for (const type of types)
        target.addEventListener(type, (event) => {
          lines.push([type, target.readyState, (words[type] ?? words.default)(event)].join(' ').trim())
          act(event)
          if (lines.length === count) done(lines)
        })
    })
  }
  function thrown(act) {
    try {
      act()
      return 'nothing'
    } catch (error) {
      return error.name
    }
  }
</script>`

declare function heard(
  target: EventTarget,
  types: readonly string[],
  count: number,
  act?: (event: Event) => void,
): Promise<string[]>
declare function thrown(act: () => unknown): string

inBothBrowsers('the browser’s own', (open) => {
  let server: ApiServer
  let tab: Tab
  beforeAll(async () => {
    server = await startApiServer(PAGE)
    tab = await open()
  })
  afterAll(async () => {
    await tab?.close()
    await server?.close()
  })
  // A page of its own for each: what the last one left open is closed with it.
  beforeEach(() => tab.goto(server.url))

  const eventsOf = (path: string, types: readonly string[], count: number) =>
    tab.evaluate(
      async ({ path, types, count }) => {
        const source = new EventSource(path)
        const lines = await heard(source, types, count)
        source.close()
        return lines
      },
      { path, types, count },
    )

  it('EventSource gives an event the id of the last one that had one', async () => {
    expect(await eventsOf('/ids', ['open', 'message'], 3)).toEqual([
      'open 1',
      'message 1 one #7',
      'message 1 two #7',
    ])
  })

  it('EventSource gives an event with a name to its own listeners only', async () => {
    expect(await eventsOf('/named', ['message', 'price'], 2)).toEqual(['price 1 7', 'message 1 plain'])
  })

  it('EventSource takes a carriage return for a line end, and joins lines of data with a line feed', async () => {
    expect(await eventsOf('/lines', ['message'], 1)).toEqual(['message 1 a\nb'])
  })

  it('EventSource drops an event whose empty line never came', async () => {
    expect(await eventsOf('/unended', ['message', 'error'], 2)).toEqual(['message 1 whole', 'error 0'])
  })

  it('EventSource asks again when a stream has ended, and names the last id', async () => {
    const before = server.asked('/ids').length
    await eventsOf('/ids', ['open'], 2)
    const ids = server.asked('/ids').map(({ headers }) => headers['last-event-id'])
    expect(ids.slice(before, before + 2)).toEqual([undefined, '7'])
  })

  it('EventSource is closed for good by a 204, also when it comes back', async () => {
    // The stream ends (error, CONNECTING); the next answer is 204 (error, CLOSED).
    expect(await eventsOf('/once', ['open', 'error'], 3)).toEqual(['open 1', 'error 0', 'error 2'])
    expect(server.asked('/once')).toHaveLength(2)
  })

  it.each(['/status/204', '/status/404', '/status/500', '/status/502', '/plain'])(
    'EventSource is closed for good by %s',
    async (path) => {
      expect(await eventsOf(path, ['open', 'message', 'error'], 1)).toEqual(['error 2'])
    },
  )

  it('EventSource asks by GET and without a header of the script’s, whatever the script wishes', async () => {
    await tab.evaluate(async () => {
      const wish = { method: 'POST', headers: { Authorization: 'Bearer x' }, withCredentials: false }
      const source = new EventSource('/open', wish)
      await heard(source, ['open'], 1)
      source.close()
    }, null)
    const request = server.asked('/open').at(-1)
    expect(request?.method).toBe('GET')
    expect(request?.headers).toMatchObject({ accept: 'text/event-stream' })
    expect(request?.headers.authorization).toBeUndefined()
  })

  it('EventSource is silent when the script closes it, and the server is told by the connection', async () => {
    const events = await tab.evaluate(async () => {
      const source = new EventSource('/open')
      const lines: string[] = []
      source.onerror = () => lines.push('error')
      await heard(source, ['open'], 1)
      source.close()
      return [...lines, source.readyState]
    }, null)
    expect(events).toEqual([2])
    await expect.poll(() => server.streams.size, TIMEOUT).toBe(0)
  })

  it('EventSource number seven waits without an error until one of six is closed', async () => {
    const states = await tab.evaluate(async () => {
      const sources = Array.from({ length: 7 }, () => new EventSource('/open'))
      const opened = sources.map((source) => heard(source, ['open'], 1))
      await Promise.all(opened.slice(0, 6))
      const seventh = sources[6]!
      const before = seventh.readyState
      sources[0]!.close()
      await opened[6]
      const after = seventh.readyState
      for (const source of sources) source.close()
      return [before, after]
    }, null)
    expect(states).toEqual([0, 1])
  })

  it('WebSocket gives text as a string, and bytes as a Blob unless it is told ArrayBuffer', async () => {
    const kinds = await tab.evaluate(async () => {
      const socket = new WebSocket('/echo')
      const early = thrown(() => socket.send('too early'))
      await heard(socket, ['open'], 1)
      const kinds: string[] = [early]
      socket.onmessage = ({ data }) => kinds.push(Object.prototype.toString.call(data))
      socket.send('text')
      socket.send(new Uint8Array([1, 2]))
      await heard(socket, ['message'], 2)
      socket.binaryType = 'arraybuffer'
      socket.send(new Uint8Array([1, 2]))
      await heard(socket, ['message'], 1)
      socket.close()
      return kinds
    }, null)
    expect(kinds).toEqual(['InvalidStateError', '[object String]', '[object Blob]', '[object ArrayBuffer]'])
  })

  it('WebSocket tells code and reason of the one who closed first, and whether it was clean', async () => {
    const ends = await tab.evaluate(async () => {
      const ended = (path: string) => heard(new WebSocket(path), ['close'], 1)
      const mine = new WebSocket('/echo')
      await heard(mine, ['open'], 1)
      const byMe = heard(mine, ['close'], 1)
      mine.close(4001, 'bye')
      return [await ended('/bye'), await ended('/bare-close'), await ended('/cut'), await byMe].flat()
    }, null)
    expect(ends).toEqual([
      'close 3 4321 no tea true',
      'close 3 1005  true',
      'close 3 1006  false',
      'close 3 4001 bye true',
    ])
    expect(server.closes).toContainEqual({ code: 4001, reason: 'bye' })
  })

  it('WebSocket lets a script close with 1000 and 3000 to 4999 only, and a reason of 123 bytes', async () => {
    const names = await tab.evaluate(async () => {
      const socket = new WebSocket('/echo')
      await heard(socket, ['open'], 1)
      return [
        thrown(() => socket.close(1001)),
        thrown(() => socket.close(5000)),
        thrown(() => socket.close(4000, 'x'.repeat(124))),
        thrown(() => socket.close(4000, 'x'.repeat(123))),
      ]
    }, null)
    expect(names).toEqual(['InvalidAccessError', 'InvalidAccessError', 'SyntaxError', 'nothing'])
  })

  it('WebSocket tells the same of a 403, a 404, a 500 and of no server at all', async () => {
    const nowhere = await startApiServer(PAGE)
    await nowhere.close()
    const ends = await tab.evaluate(async (nowhere) => {
      const ended = (url: string) => heard(new WebSocket(url), ['open', 'error', 'close'], 2)
      return Promise.all(['/status/403', '/status/404', '/status/500', nowhere].map(ended))
    }, nowhere.url)
    for (const end of ends) expect(end).toEqual(['error 3', 'close 3 1006  false'])
  })

  it('WebSocket offers names of protocols, and takes no headers', async () => {
    const [protocol, error] = await tab.evaluate(async () => {
      const socket = new WebSocket('/echo', ['chat-3', 'chat-2'])
      await heard(socket, ['open'], 1)
      socket.close()
      const headers = { headers: { Authorization: 'Bearer x' } } as unknown as string
      return [socket.protocol, thrown(() => new WebSocket('/echo', headers))]
    }, null)
    expect(protocol).toBe('chat-2')
    expect(error).toBe('SyntaxError')
  })

  it('WebSocket never refuses to send: what does not leave is in bufferedAmount, or lost', async () => {
    const [inOneTurn, kept, afterClose] = await tab.evaluate(async () => {
      const socket = new WebSocket('/deaf')
      await heard(socket, ['open'], 1)
      socket.send('x'.repeat(1000))
      const inOneTurn = socket.bufferedAmount
      for (let i = 0; i < 64; i++) socket.send('x'.repeat(262_144)) // 16 MiB, more than the kernels hold
      await new Promise((done) => setTimeout(done, 100))
      const kept = socket.bufferedAmount
      const closing = new WebSocket('/echo')
      await heard(closing, ['open'], 1)
      closing.close()
      closing.send('too late')
      return [inOneTurn, kept, closing.bufferedAmount]
    }, null)
    expect(inOneTurn).toBe(1000)
    expect(kept).toBeGreaterThan(4_000_000)
    expect(afterClose).toBe(8)
  })
})
