/** Pushed on one side, pulled on the other: put values in, `for await` them out. */
export interface AsyncQueue<T> extends AsyncIterable<T> {
  put(value: T): void
  /** No more will come: the iteration throws `error` after what is already inside. */
  fail(error: Error): void
}

export function createAsyncQueue<T>(): AsyncQueue<T> {
  let waiting: T[] = []
  let failure: Error | null = null
  let wake = () => {}

  return {
    put(value) {
      if (!failure) waiting.push(value)
      wake()
    },
    fail(error) {
      failure ??= error
      wake()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const values = waiting
        waiting = []
        yield* values
        if (waiting.length > 0) continue
        if (failure) throw failure
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
