/** Polls by the clock: a question each second, whether or not the last one has been answered. */
import type { OpenOptions, Transport } from '../../client/transport.ts'
import type { Page } from '../../wire/message.ts'
import { type ClientDefect, overConnection } from './client-defect.ts'

const INTERVAL_MS = 1_000

export const overlappingPolls: ClientDefect = {
  name: 'overlapping polls',
  story:
    'A poll each second, answered or not: slow answers overlap, each brings the same, and a slow server gets more to do.',
  caughtBy: 'overlapping-polls shows its defect on the side that has it',
  wrap: (transport, settings = {}) => ({
    async open(options) {
      const first = await transport.open(options)
      const intervalMs = () => settings.intervalMs ?? INTERVAL_MS
      return overConnection(first, {
        [Symbol.asyncIterator]: () => pollByClock(transport, options, first, intervalMs),
      })
    },
  }),
}

/** A polling transport asks when it is opened, and its first page is the answer. */
async function* pollByClock(
  transport: Transport,
  options: OpenOptions,
  first: AsyncIterable<Page>,
  intervalMs: () => number,
): AsyncGenerator<Page, void> {
  const { signal, pause, onActivity } = options
  let cursor = options.since
  let arrived: Page[] = []
  let failure: { readonly thrown: unknown } | null = null
  let wake = () => {}
  signal.addEventListener('abort', () => wake())

  async function take(asked: AsyncIterable<Page> | Promise<AsyncIterable<Page>>): Promise<void> {
    try {
      for await (const page of await asked) {
        cursor = page.cursor // of the answer that came last, which may be the one that was asked for first
        arrived.push(page)
        break
      }
    } catch (thrown) {
      failure ??= { thrown }
    }
    wake()
  }
  async function askByClock(): Promise<void> {
    void take(first)
    for (;;) {
      onActivity(intervalMs())
      await pause(intervalMs())
      if (signal.aborted || failure) return
      void take(transport.open({ ...options, since: cursor }))
    }
  }

  void askByClock()
  for (;;) {
    if (arrived.length === 0 && !signal.aborted && !failure)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    if (signal.aborted) throw signal.reason
    const pages = arrived
    arrived = []
    yield* pages
    if (failure) throw (failure as { readonly thrown: unknown }).thrown
  }
}
