/** `for await` over a ReadableStream, which Safari lacks; leaving the loop cancels the stream. */
export async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Not awaited: a stream whose far end is silent would keep us here.
    reader.cancel().catch(() => {})
  }
}
