export interface Sink {
  /** Takes the line; false when nothing more should be written before `drain`. */
  write(line: string): boolean
  once(event: 'drain', listener: () => void): void
}

export interface Following {
  /** The log has grown. */
  wake(): void
}

/** @param log grows at its end */
export function follow(log: readonly string[], sink: Sink): Following {
  let place = 0
  let stalled = false

  function wake(): void {
    while (!stalled && place < log.length) {
      stalled = !sink.write(log[place++]!)
      if (stalled) sink.once('drain', goOn)
    }
  }
  function goOn(): void {
    stalled = false
    wake()
  }
  return { wake }
}
