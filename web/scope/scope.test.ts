import { afterEach, describe, expect, it } from 'vitest'
import { createManualClock, settle } from '../../lab/verify/kit/manual-clock.ts'
import type { FromWorker, Question } from './protocol.ts'
import { createScope, NEWS_MS } from './scope.ts'

const WIRES = { single: false, lanes: [{ name: 'sse', port: 1, origin: 'http://localhost:1' }] }
const b64 = (text: string) => Buffer.from(text).toString('base64')
const line = (value: object) => `${JSON.stringify(value)}\n`

const stops: AbortController[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort()
})

/** The worker's logic before a server that answers as told. */
function open(answer: (path: string) => Response) {
  const clock = createManualClock()
  const said: FromWorker[] = []
  const stop = new AbortController()
  stops.push(stop)
  const tell = createScope({
    clock,
    post: (message) => said.push(message),
    signal: stop.signal,
    fetch: async (input) => answer(new URL(String(input)).pathname),
  })
  tell({ type: 'start', url: 'http://lab/' })
  let asked = 0
  return {
    clock,
    said,
    statuses: () => said.flatMap((one) => (one.type === 'status' ? one.status.kind : [])),
    news: () => said.flatMap((one) => (one.type === 'news' ? one.news : [])),
    ask(question: Question) {
      tell({ type: 'ask', id: ++asked, question })
      const last = said.at(-1)!
      return last.type === 'answer' ? last.answer : last
    },
  }
}

const REQUEST =
  'POST /x/messages HTTP/1.1\r\nHost: lab\r\nCookie: session=s3cret\r\nContent-Length: 28\r\n\r\n{"draftId":"a","text":"hey"}'
const RECORDS = [
  line({ kind: 'now', at: 10 }),
  line({ kind: 'open', connection: 7, lane: 'sse', at: 1 }),
  line({ kind: 'bytes', connection: 7, direction: 'toServer', at: 2, offset: 0, bytes: b64(REQUEST) }),
  line({
    kind: 'bytes',
    connection: 7,
    direction: 'toClient',
    at: 3,
    offset: 0,
    bytes: b64('HTTP/1.1 204 No Content\r\n\r\n'),
  }),
].join('')

const records = () => open((path) => (path === '/wires' ? Response.json(WIRES) : new Response(RECORDS)))

describe('the scope', () => {
  it('reads the records and tells what is new at most once in a while', async () => {
    const { clock, news, statuses } = records()
    await clock.pass(NEWS_MS)
    expect(statuses().slice(0, 2)).toEqual(['connecting', 'open'])
    expect(news()).toHaveLength(1)
    expect(news()[0]!.marks.map(({ label }) => label)).toEqual(['POST …/messages', '204 No Content'])
  })

  it('reads them again when they end, later each time, and tells nothing twice', async () => {
    const { clock, news, statuses } = records()
    await clock.pass(4_000)
    expect(statuses().filter((kind) => kind === 'open').length).toBeGreaterThanOrEqual(3)
    expect(news().flatMap(({ marks }) => marks)).toHaveLength(2)
  })

  it.each([
    ['shares one port', () => Response.json({ single: true, lanes: [] }), /--single-port/],
    ['is older', () => new Response('', { status: 404 }), /records no bytes/],
  ])('says why there is nothing to see when the server %s, and asks no more', async (_what, answer, why) => {
    const { clock, said, statuses } = open(answer)
    await clock.pass(60_000)
    expect(statuses()).toEqual(['connecting', 'none'])
    expect(said.at(-1)).toMatchObject({ status: { why: expect.stringMatching(why) } })
  })

  it('waits and tries again when the server is away', async () => {
    let isAway = true
    const { clock, said, statuses } = open((path) => {
      if (isAway) throw new TypeError('fetch failed')
      return path === '/wires' ? Response.json(WIRES) : new Response(RECORDS)
    })
    await settle()
    expect(said.at(-1)).toMatchObject({
      status: { kind: 'waiting', why: 'It cannot be read: fetch failed.' },
    })
    isAway = false
    await clock.pass(1_000)
    expect(statuses()).toContain('open')
  })

  it('takes a mark apart, follows its connection, and finds marks by their bytes', async () => {
    const { clock, news, ask } = records()
    await clock.pass(NEWS_MS)
    const [request, response] = news()[0]!.marks
    expect(ask({ kind: 'inspect', mark: request!.id })).toMatchObject({
      offset: 0,
      missing: 0,
      annotations: { 0: { name: 'request line' } },
    })
    expect(ask({ kind: 'follow', mark: response!.id })).toMatchObject({
      isCut: false,
      parts: [{ mark: { id: request!.id } }, { mark: { id: response!.id } }],
    })
    expect(ask({ kind: 'search', text: 'HEY' })).toEqual([request!.id])
    expect(ask({ kind: 'inspect', mark: 999 })).toBeNull()
  })

  it('leaves cookies out of a line for curl and of a file unless told otherwise', async () => {
    const { clock, news, ask } = records()
    await clock.pass(NEWS_MS)
    const mark = news()[0]!.marks[0]!.id
    expect(ask({ kind: 'curl', mark, showsSecrets: false })).toBe(
      `curl -i -N -X POST -H 'Cookie: session=******' --data-binary '{"draftId":"a","text":"hey"}' 'http://lab/x/messages'`,
    )
    expect(ask({ kind: 'curl', mark, showsSecrets: true })).toContain('s3cret')
    for (const format of ['har', 'json', 'pcapng'] as const) {
      const saved = (showsSecrets: boolean) => {
        const { bytes } = ask({ kind: 'save', format, connection: null, showsSecrets }) as {
          bytes: Uint8Array
        }
        const text = Buffer.from(bytes).toString('latin1')
        return format === 'json' ? text.replace(/"bytes": "([^"]*)"/g, (_all, one) => atob(one)) : text
      }
      expect(saved(false), format).not.toContain('s3cret')
      expect(saved(false), format).toContain('******')
      expect(saved(true), format).toContain('s3cret')
    }
  })
})
