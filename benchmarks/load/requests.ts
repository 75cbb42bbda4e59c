/**
 * Request and answer, by autocannon, within what it does rightly.
 *
 * - No rate: its rate mode corrects latencies by an expected interval of 1 ms, and a server that
 *   always takes 200 ms then reads p50 = 101 ms. As fast as the server answers is the question here anyway.
 * - Microseconds come from its `response` event; its own table knows whole milliseconds. The event
 *   exists in the callback form only.
 * - A cursor lives in a closure per connection: autocannon's own context is emptied whenever its list of
 *   requests starts over, and the cursor with it.
 * - Churn is `amount` equal to `connections`, batch after batch: what its `reconnectRate` answers is
 *   never counted.
 * - It is a JavaScript program, and busy before a good server is: how busy is measured, and a figure above
 *   70 % of a core is its own.
 */
import autocannon from 'autocannon'
import type { RequestKind } from '../../lab/client/load/reader.ts'
import { headersOf } from '../../lab/client/load/requests.ts'
import { parsePage } from '../../lab/wire/codec.ts'
import { createHistogram, type Histogram, packHistogram, recordUs } from '../measure/histogram.ts'
import type { Answered, RequestInput } from '../processes/apis.ts'

/** What one way of asking adds to autocannon's options. */
interface Way {
  readonly options: Partial<autocannon.Options>
  /** Messages that the readers' cursors skipped or repeated. */
  readonly missed: () => number
}

const WAYS: Readonly<Record<RequestKind, (input: RequestInput) => Way>> = {
  send: ({ path, payload }) => ({
    options: { setupClient: (client) => client.setRequests([sending(path, payload)]) },
    missed: () => 0,
  }),
  'short-poll': ({ path, since }) => polling(`${path}messages?since=`, since, ''),
  'long-poll': ({ path, since }) => polling(`${path}messages?since=`, since, `&wait=${HOLD_S}`),
  churn: ({ path, since }) => ({
    options: { requests: [{ path: `${path}messages?since=${since}` }] },
    missed: () => 0,
  }),
}

/** Under autocannon's own time-out of 10 s. */
const HOLD_S = 5

/** autocannon looks this often whether it is to stop. */
const SAMPLE_MS = 50

export async function driveRequests(input: RequestInput): Promise<Answered> {
  const histogram = createHistogram()
  const way = WAYS[input.kind](input)
  const started = performance.now()
  const elapsed = () => performance.now() - started
  const cpu = process.cpuUsage()
  let errors = 0
  do {
    const once = input.kind === 'churn' ? { amount: input.connections } : { duration: input.durationMs / 1e3 }
    errors += await shoot({ ...common(input), ...way.options, ...once }, histogram)
  } while (input.kind === 'churn' && elapsed() < input.durationMs)
  const seconds = elapsed() / 1e3
  const { user, system } = process.cpuUsage(cpu)
  return {
    answers: histogram.totalCount,
    errors,
    missed: way.missed(),
    seconds,
    loadBusyPercent: (user + system) / 1e4 / seconds,
    latencies: packHistogram(histogram),
  }
}

const common = ({ port, connections, headers }: RequestInput): autocannon.Options => ({
  url: `http://127.0.0.1:${port}`,
  connections,
  headers: withoutConnection(headersOf(headers)),
  sampleInt: SAMPLE_MS,
})

/** autocannon says `Connection: keep-alive` itself. */
const withoutConnection = ({ Connection: _, ...headers }: Readonly<Record<string, string>>) => headers

/** @returns how many requests failed or were refused */
function shoot(options: autocannon.Options, histogram: Histogram): Promise<number> {
  return new Promise((resolve, reject) => {
    let refused = 0
    const instance = autocannon(options, (error: unknown, result: autocannon.Result) => {
      if (error) reject(error)
      else resolve(refused + result.errors)
    })
    instance.on('response', (_client, status, _bytes, ms) => {
      if (status >= 300) refused++
      else recordUs(histogram, ms * 1e3)
    })
  })
}

/** Drafts never repeat, even from process to process: a repeated one would be answered from memory. */
let drafts = 0
const RUN = `${process.pid.toString(36)}${Date.now().toString(36)}`

function sending(path: string, payload: number): autocannon.Request {
  const text = 'x'.repeat(payload)
  return {
    method: 'POST',
    path: `${path}messages`,
    headers: { 'content-type': 'application/json' },
    setupRequest: (request) => ({
      ...request,
      body: JSON.stringify({ draftId: `${RUN}-${drafts++}`, author: 'bench', text }),
    }),
  }
}

/** Every connection is a reader with a place of its own, which it carries from answer to question. */
function polling(path: string, start: string, more: string): Way {
  let missed = 0
  const setupClient = (client: autocannon.Client) => {
    let since = start
    let lastSeq: number | null = null
    client.setRequests([
      {
        setupRequest: (request) => ({ ...request, path: `${path}${since}${more}` }),
        onResponse(status, body) {
          if (status !== 200) return
          const page = parsePage(JSON.parse(body))
          for (const { seq } of page.messages) {
            if (lastSeq !== null && seq !== lastSeq + 1) missed++
            lastSeq = seq
          }
          since = page.cursor
        },
      },
    ])
  }
  return { options: { setupClient }, missed: () => missed }
}
