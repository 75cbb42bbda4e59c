import { describe, expect, it } from 'vitest'
import { lastCursor } from '../../lab/client/load/cursors.ts'
import { getRequest, upgradeRequest } from '../../lab/client/load/requests.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { FLOOR, loadSubject, PEERS, SUBJECTS } from './all.ts'

describe('every subject', () => {
  it.each(SUBJECTS)('%s can be loaded under its name', async (name) => {
    const subject = await loadSubject(name)
    expect(subject.name).toBe(name)
    expect(subject.kind).toBe(name === FLOOR ? 'floor' : PEERS.some((peer) => peer === name) ? 'peer' : 'lab')
  })

  it('of the manifest is there, in its order, behind the floor', () => {
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
