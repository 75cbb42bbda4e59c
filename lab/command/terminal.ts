/**
 * The one place that writes to stdout and stderr, for every command.
 *
 * The reader may have gone (`| head -1`), may have stopped reading (a supervisor that hangs, Ctrl-S), or may
 * be slow (`| less`). None of that is a reason for a server to stand still, or for a command to fail:
 *
 * - A reader that has gone is no error (EPIPE, and EIO of a terminal that was closed): the rest goes nowhere.
 * - A pipe or a terminal that is not read is never waited for. What is written waits in memory, up to a bound;
 *   beyond it, text is dropped and counted, and the count is written when the reader reads again.
 * - At its end, a command waits for its reader ({@link leave}), so that a long result is not cut; a signal ends
 *   that too.
 */

/** Beyond so many bytes that wait, more is dropped. One text is never cut, however long: a run of the benchmark is one. */
export const MOST_WAITING_BYTES = 1024 * 1024

/** Of a stream, what is needed here. */
export interface Stream {
  readonly writableLength: number
  write(text: string): unknown
}

/**
 * Writes that never wait.
 *
 * @param note what to write in the place of so many texts that were dropped
 * @returns a function that says whether its text was taken
 */
export function bounded(
  stream: Stream,
  note: (count: number) => string,
  most = MOST_WAITING_BYTES,
): (text: string) => boolean {
  let dropped = 0
  return (text) => {
    // Half, once something was dropped: else each line that is read would bring one line and one note.
    if (stream.writableLength > (dropped > 0 ? most / 2 : most)) {
      dropped++
      return false
    }
    const missing = dropped > 0 ? note(dropped) : ''
    dropped = 0
    stream.write(missing + text)
    return true
  }
}

const inWords = (count: number) =>
  `… ${count} pieces of output were dropped here, because they were not read\n`

const out = neverFailing(process.stdout)
const err = neverFailing(process.stderr)
const outUnblocked = unblocked(out)
const errUnblocked = unblocked(err)
const toOut = bounded(outUnblocked, inWords)
const toErr = bounded(errUnblocked, inWords)

/** A line for the person, on stdout. */
export const say = (line = ''): void => void toOut(`${line}\n`)

/** Text on stdout as it is: a result, or help. */
export const print = (text: string): void => void toOut(text)

/** A line about what is wrong, on stderr. */
export const complain = (line: string): void => void toErr(`${line}\n`)

/** Text on stderr as it is. */
export const printError = (text: string): void => void toErr(text)

/** For lines on stderr with a note of their own kind, as the log's. */
export const linesToStderr = (note: (count: number) => string): ((text: string) => boolean) =>
  bounded(errUnblocked, note)

/** What is overwritten in a moment, on a terminal only: worth nothing to a reader who is behind. */
export const showProgress = (text: string): void => {
  if (err.isTTY && err.writableLength === 0) errUnblocked.write(text)
}

/** Whether a person looks at stdout, or at stderr; and how many columns there are. */
export const terminal = {
  get stdout() {
    return out.isTTY === true
  },
  get stderr() {
    return err.isTTY === true
  },
  columnsOf: (which: 'stdout' | 'stderr') => (which === 'stdout' ? out : err).columns || undefined,
}

const gone = new WeakSet<object>()

/** @returns the stream, whose errors end nothing any more */
function neverFailing(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (gone.has(stream)) return
    gone.add(stream)
    // Not a reader that has gone, but a full disk behind `> file`: the user wants to know of that.
    if (stream === out && error.code !== 'EPIPE' && error.code !== 'EIO')
      complain(`what was to be written to stdout is lost: ${error.message}`)
  })
  return stream
}

/**
 * The stream, which does not block. Node opens pipes so, but each process that it starts with our stderr (esbuild
 * is one) makes that blocking again, since the two share one open file (`O_NONBLOCK`, POSIX open(2)); and terminals
 * it makes blocking itself, so that one which is stopped (Ctrl-S) would stop the server. Before each write it is
 * one system call. There is no other way to it than by the handle.
 */
function unblocked(stream: NodeJS.WriteStream): Stream {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(on: boolean): unknown } }
  return {
    get writableLength() {
      return stream.writableLength
    },
    write(text) {
      if (process.platform !== 'win32') handle?.setBlocking?.(false)
      stream.write(text)
    },
  }
}

/** How often it is looked whether the reader has taken everything. */
const LOOK_EVERY_MS = 10

/** Resolves when all that was written has been taken, or cannot be any more, or the time is over. */
export async function whenWritten(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
  const deadline = performance.now() + limitMs
  const waits = (stream: NodeJS.WriteStream) =>
    !gone.has(stream) && !stream.destroyed && stream.writableLength > 0
  while ((waits(out) || waits(err)) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
}

/**
 * Ends this process with `code` when its last output has been read. Until then it waits, as
 * any program in a pipe does (`| less`), unless there is a limit; a signal ends it at once, with the same code.
 */
export async function leave(code: number, limitMs?: number): Promise<never> {
  const atOnce = () => process.exit(code)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, atOnce)
  }
  await whenWritten(limitMs)
  return process.exit(code)
}
