import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { lastCursor } from '../../lab/client/load/cursors.ts'
import { getRequest, upgradeRequest } from '../../lab/client/load/requests.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { FLOOR, loadSubject, PEERS, SUBJECTS } from './all.ts'

describe('the subjects of the benchmark', () => {
  it.each(SUBJECTS)(
    '%s is served on a port of its own, and is of the kind that its place in the list says',
    async (name) => {
      const subject = await loadSubject(name)
      const { server, publish } = await subject.serve({ delayMs: 0 })
      const { port } = server.address() as AddressInfo
      publish('without a reader', 1)
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
      server.close()
      expect(subject.kind).toBe(
        name === FLOOR ? 'floor' : PEERS.some((peer) => peer === name) ? 'peer' : 'lab',
      )
    },
  )

  it('have titles that are told apart in a table', async () => {
    const titles = await Promise.all(SUBJECTS.map(async (name) => (await loadSubject(name)).title))
    expect(new Set(titles).size, titles.join(', ')).toBe(SUBJECTS.length)
  })

  it('include every transport of the manifest, in its order, behind the floor', () => {
    expect(SUBJECTS.slice(0, TRANSPORTS.length + 1)).toEqual([FLOOR, ...TRANSPORTS])
  })
})

describe('a request', () => {
  it('has the size of a browser’s', () => {
    const size = Buffer.byteLength(
      getRequest(
        { port: 30_000, headers: 'browser' },
        '/transports/long-polling/rooms/bench/messages?since=abcdefghij:1234&wait=25',
      ),
    )
    expect(size).toBeGreaterThan(600)
    expect(size).toBeLessThan(700)
  })

  it('is bare when asked to be', () => {
    expect(getRequest({ port: 80, headers: 'bare' }, '/')).toBe(
      'GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n',
    )
  })

  it('names its connection once, also when it asks for an upgrade', () => {
    const text = upgradeRequest({ port: 80, headers: 'browser' }, '/')
    expect(text.match(/^connection:/gim)).toEqual(['Connection:'])
  })
})

describe('the last cursor', () => {
  it.each([
    ['{"cursor":"a:1"}', 'a:1'],
    ['{"cursor":"a:1"}{"cursor":"a:2"}', 'a:2'],
    ['{"cursor":"a:1"}{"cursor":"a:', 'a:1'],
    ['{"cursor":"a:', null],
    ['nothing', null],
  ])('in %s is %s', (text, cursor) => {
    expect(lastCursor(Buffer.from(text))?.cursor ?? null).toBe(cursor)
  })
})
