import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lastCursor } from '../../lab/client/load/cursors.ts'
import { getRequest, upgradeRequest } from '../../lab/client/load/requests.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { absentInWords, FLOOR, loadSubject, loadSubjects, PEERS, SUBJECTS } from './all.ts'
import { ALL } from './peers-folder.ts'
import type { Program } from './program.ts'

const { subjects: present, absent } = await loadSubjects(SUBJECTS)
for (const line of absentInWords(absent)) console.warn(`Not tested: ${line}`)

const portOf = (server: Server | Program) =>
  'pid' in server ? server.port : (server.address() as AddressInfo).port

describe('the subjects of the benchmark', () => {
  it.each(present)(
    '$name is served on a port of its own, and is of the kind that its place in the list says',
    async (subject) => {
      const { name } = subject
      const { server, publish } = await subject.serve({ delayMs: 0 })
      const port = portOf(server)
      publish('without a reader', 1)
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
      if ('pid' in server) server.stop()
      else server.close()
      expect(subject.kind).toBe(
        name === FLOOR ? 'floor' : PEERS.some((peer) => peer === name) ? 'peer' : 'lab',
      )
    },
  )

  it('have titles that are told apart in a table', async () => {
    const titles = await Promise.all(SUBJECTS.map(async (name) => (await loadSubject(name)).title))
    expect(new Set(titles).size, titles.join(', ')).toBe(SUBJECTS.length)
  })

  it('that are absent are named once for each way to get them', () => {
    const one = { name: 'a', how: 'get x' }
    expect(absentInWords([one, { name: 'b', how: 'get y' }, { name: 'c', how: 'get x' }])).toEqual([
      'left out: a, c; to have them: get x',
      'left out: b; to have it: get y',
    ])
  })

  it('are got by the command that the reference gives, in the versions that are measured', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/reference/benchmarks.md'), 'utf8')
    expect(page).toContain(`--prefix build/peers ${ALL}\n`)
  })

  it('are absent only among other people’s servers', () => {
    const peers: readonly string[] = PEERS
    expect(absent.filter(({ name }) => !peers.includes(name))).toEqual([])
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
