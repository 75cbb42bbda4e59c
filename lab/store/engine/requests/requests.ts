/**
 * Beside the log: one server asks another a question, and gets an answer, or none. With NATS it is request and reply on
 * plain subjects (core NATS), with etcd a key for each that is watched. An engine need not have it: then no server begins from a copy of another, and the log is never trimmed.
 *
 * A way that has it passes the suite in lab/verify/engines/copies, as the reference in memory does.
 */
import { ENTRY_BYTES, EngineError } from '../engine.ts'

export interface Requests {
  /** Most bytes that a copy may have which goes this way; no limit unless given. */
  readonly copyBytes?: number
  /**
   * Answers the questions that are for this server, and those that are for all.
   *
   * @param server names it among all: 1 to 32 of a-z and 0-9
   * @param answer gives at most {@link ENTRY_BYTES}; null for no answer. What it throws is no answer either
   * @returns stops it
   */
  serve(server: string, answer: (question: Uint8Array) => Uint8Array | null): () => void
  /** @throws EngineError `unavailable` when no answer comes within so many milliseconds, or at once when there is no such server */
  ask(server: string, question: Uint8Array, ms: number): Promise<Uint8Array>
  /** The answers that come within so many milliseconds, in no order; this server's own is one of them, if it serves. Never throws. */
  askAll(question: Uint8Array, ms: number): Promise<Uint8Array[]>
}

export const noAnswer = (server: string, cause?: unknown): EngineError =>
  new EngineError('unavailable', `the server ${server} does not answer`, { cause })

/** What an answer comes to; null for one that cannot be sent. */
export function answered(
  answer: (question: Uint8Array) => Uint8Array | null,
  question: Uint8Array,
): Uint8Array | null {
  try {
    const body = answer(question)
    return body && body.length <= ENTRY_BYTES ? body : null
  } catch {
    return null
  }
}

export interface MemoryRequests {
  /** Another server's way to it. */
  open(): Requests & {
    /** While it is, it gets no question and no answer. */
    isCut: boolean
  }
}

/** Questions within one process: the reference. Who answers does so at once, so no answer is waited for that does not come. */
export function createMemoryRequests(): MemoryRequests {
  interface Serving {
    readonly server: string
    readonly way: { isCut: boolean }
    readonly answer: (question: Uint8Array) => Uint8Array | null
  }
  const serving = new Set<Serving>()
  return {
    open() {
      /** Never from within the call: over a network that cannot be either. */
      async function asked(some: (one: Serving) => boolean, question: Uint8Array): Promise<Uint8Array[]> {
        await Promise.resolve()
        if (way.isCut) return []
        const reached = [...serving].filter((one) => !one.way.isCut && some(one))
        return reached.flatMap(({ answer }) => answered(answer, question) ?? [])
      }
      const way = {
        isCut: false,
        serve(server: string, answer: Serving['answer']) {
          const one = { server, way, answer }
          serving.add(one)
          return () => void serving.delete(one)
        },
        async ask(server: string, question: Uint8Array) {
          const [answer] = await asked((one) => one.server === server, question)
          if (!answer) throw noAnswer(server)
          return answer
        },
        askAll: (question: Uint8Array) => asked(() => true, question),
      }
      return way
    },
  }
}
