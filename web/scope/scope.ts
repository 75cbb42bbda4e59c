/**
 * What the worker does, without the worker: reads the records, tells the page what is new, answers its questions.
 *
 * News goes out at most every {@link NEWS_MS}, however much comes: at a hundred messages a second on eight lanes, a
 * message to the page for each mark would cost the page more than drawing it.
 */
import { BACKOFF_CAP_MS, backoffBound } from '../../lab/client/backoff.ts'
import { type Clock, pause } from '../../lab/client/platform.ts'
import { readLines } from '../../transports/_formats/ndjson.ts'
import { answer } from './answers.ts'
import { createCapture } from './capture/capture.ts'
import { parseRecord } from './capture/records.ts'
import type { FromWorker, Status, ToWorker } from './protocol.ts'

/** As often as a page can draw without seeming to stand still. */
export const NEWS_MS = 60
/** A record of 64 KiB of bytes in base64, and the rest of its line: what a read of a socket brings at most. */
const MAX_RECORD = 1024 * 1024

export interface ScopeOptions {
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly post: (message: FromWorker) => void
  readonly signal: AbortSignal
}

/** @returns takes what the page says */
export function createScope({ fetch, clock, post, signal }: ScopeOptions): (message: ToWorker) => void {
  const capture = createCapture()
  let isDue = false
  let isStarted = false
  const tell = (status: Status) => post({ type: 'status', status })

  function onNews(): void {
    if (isDue) return
    isDue = true
    clock.after(NEWS_MS, () => {
      isDue = false
      const { size, forgotten } = capture.bytes
      if (!signal.aborted) post({ type: 'news', news: capture.news(), kept: size, forgotten })
    })
  }

  /** @returns why it ended, for people; null when there is nothing to read here */
  async function read(url: string): Promise<string | null> {
    tell({ kind: 'connecting' })
    const lanes = await fetch(new URL('/wires', url), { signal })
    if (lanes.ok && (((await lanes.json()) as { single?: unknown }).single ?? true) === true) {
      tell({
        kind: 'none',
        why: 'All lanes share one port here (--single-port), so the server sees no wires.',
      })
      return null
    }
    const response = lanes.ok ? await fetch(new URL('/wires/records', url), { signal }) : lanes
    if (!response.ok || !response.body) {
      if (response.status === 404) {
        tell({ kind: 'none', why: 'This server records no bytes.' })
        return null
      }
      return `The server answered ${response.status}.`
    }
    capture.restart()
    tell({ kind: 'open' })
    for await (const line of readLines(response.body, () => {}, MAX_RECORD)) {
      const record = parseRecord(line)
      if (!record) continue
      capture.take(record)
      onNews()
    }
    return 'The server has ended the recording.'
  }

  async function run(url: string): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const began = clock.now()
      const why = await read(url).catch((error: Error) => `It cannot be read: ${error.message}.`)
      if (why === null || signal.aborted) return
      if (clock.now() - began > BACKOFF_CAP_MS) attempt = 0
      tell({ kind: 'waiting', why })
      await pause(clock, backoffBound(attempt), signal)
    }
  }

  return (message) => {
    if (message.type === 'start') {
      if (!isStarted) void run(message.url)
      isStarted = true
      return
    }
    const { id, question } = message
    try {
      post({ type: 'answer', id, answer: answer(capture, question) })
    } catch (error) {
      post({ type: 'problem', id, problem: (error as Error).message })
    }
  }
}
