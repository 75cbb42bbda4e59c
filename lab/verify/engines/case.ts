/** What a case of the engines' suite is: data, so that an engine is given to it, and a defect too (docs/decisions/008). */
import type { Engine, LogFollower, Position } from '../../store/engine/engine.ts'
import { ContractViolation } from '../conformance/checks.ts'

/** One promise that every engine keeps. */
export interface EngineCase {
  /** A sentence that is true of every engine. */
  readonly name: string
  /** What users would see if it were not kept. */
  readonly why: string
  /** Resolves when the promise is kept, throws when it is not. */
  run(bench: EngineBench): Promise<void>
}

/** A log of its own for one case. */
export interface EngineLog {
  /** Another server's way to this log. */
  open(): Promise<Engine>
  close(): Promise<void>
}

export interface EngineBench {
  open(): Promise<Engine>
  /** Follows, and writes down what comes. */
  follow(engine: Engine, after: Position, onEntry?: LogFollower['onEntry']): Following
}

export interface Following {
  /** `POSITION:TEXT` of all that came, in order. */
  readonly got: readonly string[]
  /** The bytes of all that came, in order. */
  readonly bodies: readonly Uint8Array[]
  /** Resolves when `text` has come. */
  until(text: string): Promise<void>
  /** Resolves with its code when the end has come; without one, its message. */
  ended(): Promise<string>
  stop(): void
}

/** Longer than a turn of the event loop, and no burden. */
const LOOK_EVERY_MS = 2

/**
 * @param looks how often a case looks for what must come, at least {@link LOOK_EVERY_MS} apart. A log in this process has gone on
 *   at each look, however busy the machine is; a limit in milliseconds would be a race against it.
 */
export async function runEngineCase(one: EngineCase, log: EngineLog, looks: number): Promise<void> {
  const engines: Engine[] = []
  try {
    await one.run({
      async open() {
        const engine = await log.open()
        engines.push(engine)
        return engine
      },
      follow: (engine, after, onEntry) => follow(engine, after, looks, onEntry),
    })
  } finally {
    for (const engine of engines) await engine.close()
    await log.close()
  }
}

function follow(
  engine: Engine,
  after: Position,
  looks: number,
  onEntry: LogFollower['onEntry'] = () => {},
): Following {
  const got: string[] = []
  const bodies: Uint8Array[] = []
  let end: string | null = null
  const stop = engine.follow(after, {
    onEntry(position, body) {
      onEntry(position, body)
      got.push(placed(position, wordOf(body)))
      bodies.push(body)
    },
    onEnd(why) {
      end = end === null ? String((why as { readonly code?: unknown }).code ?? why.message) : 'a second end'
    },
  })
  /** Polls: a follower that waits for an entry must see that the end came instead. */
  async function until(what: string, isSo: () => boolean): Promise<void> {
    for (let looked = 0; !isSo(); looked++) {
      if (looked === looks)
        throw new ContractViolation('what a follower waits for', what, got.slice(-3).join(' ') || 'nothing')
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
  return {
    got,
    bodies,
    async until(text) {
      await until(text, () => end !== null || got.some((one) => one.endsWith(`:${text}`)))
      if (end !== null && !got.some((one) => one.endsWith(`:${text}`)))
        throw new ContractViolation('what a follower waits for', text, `its end: ${end}`)
    },
    async ended() {
      await until('its end', () => end !== null)
      return end!
    },
    stop,
  }
}

const utf8 = new TextEncoder()
export const bytesOf = (text: string) => utf8.encode(text)
export const placed = (position: Position, text: string) => `${position}:${text}`
const wordOf = (body: Uint8Array) => Buffer.from(body.subarray(0, 40)).toString('latin1')

let ids = 0
/** Appends a word under an id of its own, or under one that is given. */
export const say = (engine: Engine, word: string, id = `e-${process.pid}-${ids++}`): Promise<Position> =>
  engine.append({ id, body: bytesOf(word) })
