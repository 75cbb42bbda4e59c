/**
 * Which cookies go with which request: the table of chapter 9a, every cell tried in Chromium and Firefox.
 *
 * One server sets three cookies, one for each value of `SameSite`. Pages of three origins then ask it by each API, and
 * what it was shown is compared with the table.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { ownCertificate } from '../../lab/server/tls/certificates.ts'
import { inBothBrowsers, type Tab } from '../../lab/verify/browser/both-browsers.ts'
import { textOf } from '../../lab/verify/rules/source-files.ts'

const ROWS = [
  '`fetch(url)`',
  "`fetch(url, { credentials: 'include' })`",
  '`new EventSource(url)`',
  '`new EventSource(url, { withCredentials: true })`',
  '`new WebSocket(url)`',
] as const
const COLUMNS = ['The same origin', 'Another origin of the same site', 'Another site'] as const

/** What the chapter says, by row and column, without the row's name. */
const TABLE = new Map(
  ROWS.map((row) => {
    const line = textOf('docs/chapters/09a-who.md')
      .split('\n')
      .find((text) => text.startsWith(`| ${row} |`))
    const cells = line?.split('|').slice(2, -1) ?? []
    return [row, cells.map((cell) => cell.trim().replaceAll('`', ''))] as const
  }),
)

describe('the table of cookies in chapter 9a', () => {
  it('has a row for each API and a column for each distance', () => {
    expect([...TABLE.values()].map((cells) => cells.length)).toEqual(ROWS.map(() => COLUMNS.length))
    expect(textOf('docs/chapters/09a-who.md')).toContain(`| ${COLUMNS.join(' | ')} |`)
  })
})

/** The server that has set the cookies, and another. */
let target: Server
let other: Server
/** What was shown with each request, by its path. */
const seen = new Map<string, string>()
const portOf = (server: Server) => (server.address() as AddressInfo).port

beforeAll(async () => {
  const tls = await ownCertificate(null, ['localhost', '127.0.0.1'])
  const note = ({ url, headers }: IncomingMessage) => seen.set(url ?? '', headers.cookie ?? '')
  target = createServer(tls, (request, response) => {
    note(request)
    answer(request, response)
  })
  other = createServer(tls, answer)
  const sockets = new WebSocketServer({ server: target })
  sockets.on('connection', (socket, request) => {
    note(request)
    socket.close()
  })
  for (const server of [target, other]) {
    server.listen(0) // on every address: one page comes by a name, the other by a number
    await once(server, 'listening')
  }
})
afterAll(() => {
  for (const server of [target, other]) {
    server?.closeAllConnections()
    server?.close()
  }
})

inBothBrowsers('cookies', (open, browser) => {
  it.each(COLUMNS.map((column, index) => [column, index] as const))('%s', async (_column, index) => {
    const tab = await open()
    const cells = await cellsOf(tab, index)
    await tab.close()
    expect(cells, `${browser}: ${COLUMNS[index]}`).toEqual(ROWS.map((row) => TABLE.get(row)?.[index]))
  })
})

/** What a page at that distance shows by each API. */
async function cellsOf(tab: Tab, distance: number): Promise<string[]> {
  const at = `https://localhost:${portOf(target)}`
  const page = [at, `https://localhost:${portOf(other)}`, `https://127.0.0.1:${portOf(other)}`][distance]!
  await tab.goto(`${at}/set`)
  await tab.goto(`${page}/`)
  seen.clear()
  await askByEach(tab, at)
  return ROWS.map((_row, row) => inWords(seen.get(`/got/${row}`)))
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { origin = '*' } = request.headers
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-credentials', 'true')
  if (request.url === '/set')
    response.setHeader(
      'set-cookie',
      ['Strict', 'Lax', 'None'].map((value) => `${value}=1; SameSite=${value}; Secure; Path=/`),
    )
  if (request.headers.accept === 'text/event-stream')
    response.setHeader('content-type', 'text/event-stream').end('data: x\n\n')
  else response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>')
}

/** Asks by each row's API; the last part of the path is the row. */
const askByEach = (tab: Tab, at: string) =>
  tab.evaluate(async (at) => {
    await fetch(`${at}/got/0`)
    await fetch(`${at}/got/1`, { credentials: 'include' })
    for (const [row, withCredentials] of [false, true].entries()) {
      const source = new EventSource(`${at}/got/${row + 2}`, { withCredentials })
      await new Promise((done) => source.addEventListener('message', done))
      source.close()
    }
    const socket = new WebSocket(`${at.replace('https', 'wss')}/got/4`)
    await new Promise((done) => socket.addEventListener('close', done))
  }, at)

/** `Strict, Lax, None`, as far as they came; a dash for none of them. */
function inWords(cookie: string | undefined): string {
  if (cookie === undefined) return 'was not asked'
  const names = ['Strict', 'Lax', 'None'].filter((name) => cookie.includes(`${name}=1`))
  return names.length === 0 ? 'none' : names.join(', ')
}
