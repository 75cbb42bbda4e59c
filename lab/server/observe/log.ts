/**
 * The server's events as JSON lines, by pino.
 *
 * Three things must not be possible. That a secret is in it: a token stands in a query, a cookie or a
 * header, so of a request only its method, its path and its address are written, never those. That
 * a client forges lines of the log by sending line breaks: every string is made visible, control
 * characters and all that could end or turn a line. And that a client fills the disk by being refused a
 * million times: of each kind of refusal a few are written a minute, and then how many more there were.
 */
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { linesToStderr } from '../../command/terminal.ts'
import { cut } from '../../wire/cut.ts'
import type { ChatErrorCode } from '../../wire/errors.ts'
import { factsOf } from '../http/request-facts.ts'
import { whenOver } from '../http/upgrades.ts'
import type { EventLogger, Facts } from './event-logger.ts'
import { openLogFile } from './log-file.ts'

/** Lines about one kind of refusal in one minute. */
export const LINES_A_MINUTE = 10
const MINUTE_MS = 60_000
/** Longest text in a line, in UTF-16 code units, that a stranger has chosen: a path, an origin. */
const MAX_FOREIGN = 200
/** Longest description of a failure of ours, with its stack. */
const MAX_FAILURE = 8_000

export interface LogOptions {
  /** Added to, and made for its owner only; stderr unless given. */
  readonly file?: string | undefined
  /** Only what is wrong: for a terminal, where the server says in words how it is. */
  readonly isQuiet?: boolean
  /** Milliseconds that never go backwards. */
  readonly now?: () => number
  /** Where the lines go instead; for tests. */
  readonly sink?: { write(line: string): void }
}

export interface Log extends EventLogger {
  /** One request and how it ended; see {@link logRequests}. */
  request(facts: Facts): void
  /**
   * Reopens the file by its name, after log rotation has renamed the old one.
   *
   * @returns whether there is a file
   */
  reopen(): boolean
  close(): void
}

/** @throws UsageError when the file cannot be written */
export function openLog({
  file,
  isQuiet = false,
  now = () => performance.now(),
  sink,
}: LogOptions = {}): Log {
  const logFile = file === undefined || sink ? null : openLogFile(file)
  const lines = pino(
    {
      level: isQuiet ? 'warn' : 'info',
      base: null, // no pid, no host name: one process, one machine
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
    },
    sink ?? logFile ?? { write: linesToStderr(linesDropped) },
  )
  const throttle = createThrottle(now, (code, more) =>
    lines.warn({ code, more }, 'refused, more of the same'),
  )

  return {
    info: (event, facts = {}) => lines.info(visible(facts), event),
    warn: (event, facts = {}) => lines.warn(visible(facts), event),
    request: (facts) => lines.info(visible(facts), 'request'),
    failed(error, facts = {}) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      lines.error({ ...visible(facts), error: visibleText(withoutSecrets(text), MAX_FAILURE) }, 'failed')
    },
    refused(code, facts) {
      if (throttle.admits(code)) lines.warn({ code, ...visible(facts) }, 'refused')
    },
    reopen() {
      if (!logFile) return false
      lines.info('the log goes on in a new file') // the last line of the old one: what became of the rest
      const problem = logFile.reopen()
      if (problem) lines.warn({ why: problem.message }, 'the log cannot be reopened, and goes on here')
      else lines.info('the log was reopened')
      return true
    },
    close() {
      throttle.close()
    },
  }
}

/** In the place of lines that a reader of stderr did not take in time; of the same form. */
const linesDropped = (count: number) =>
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'lines dropped, since stderr was not read', count })}\n`

/** In case that an error of ours repeats what it was given. */
const withoutSecrets = (text: string) =>
  text
    .replace(/\b(authorization|cookie)(["']?\s*[=:]).*/gi, '$1$2 …')
    .replace(/\b(ticket|token|session|bearer)(["']?\s*[=: ]\s*)[^\s&"',;]+/gi, '$1$2…')

/** One line for each request, when it has ended; a stream's when the stream has. */
export function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onRequest', (request, reply, done) => {
    const begun = performance.now()
    const facts = { ...factsOf(request), http: request.raw.httpVersion } // now: the address goes with the socket
    whenOver(request, reply, (status) => {
      log.request({ ...facts, status, ms: Math.round(performance.now() - begun) })
    })
    done()
  })
}

function visible(facts: Facts): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? visibleText(value, MAX_FOREIGN) : value,
    ]),
  )
}

/**
 * Control and format characters, line and paragraph separators: written as what they are. JSON escapes
 * the first 32 by itself; the others would reach the terminal that shows the log, and some of them turn
 * the direction of writing or move its cursor.
 */
export function visibleText(text: string, longest: number): string {
  const shown = text.length > longest ? `${cut(text, longest)}…` : text
  return shown.replace(
    /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  )
}

/** Lets a few of each kind pass in a minute, and tells at its end of how many more there were. */
function createThrottle(now: () => number, tellMore: (kind: ChatErrorCode, more: number) => void) {
  const kinds = new Map<ChatErrorCode, { until: number; count: number }>()

  function settle(kind: ChatErrorCode, count: number): void {
    if (count > LINES_A_MINUTE) tellMore(kind, count - LINES_A_MINUTE)
  }
  function settleAll(time: number): void {
    for (const [kind, { until, count }] of kinds) {
      if (time < until) continue
      kinds.delete(kind)
      settle(kind, count)
    }
  }
  const timer = setInterval(() => settleAll(now()), MINUTE_MS / 4)
  timer.unref()

  return {
    admits(kind: ChatErrorCode): boolean {
      settleAll(now())
      const known = kinds.get(kind) ?? { until: now() + MINUTE_MS, count: 0 }
      kinds.set(kind, known)
      return ++known.count <= LINES_A_MINUTE
    },
    close() {
      clearInterval(timer)
      settleAll(Number.POSITIVE_INFINITY)
    },
  }
}
