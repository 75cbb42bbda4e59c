/**
 * Auto: what a product ships. It tries the best transport first, and stays with one that works.
 *
 * It is composed of the others and adds nothing on the wire. What makes that safe is above it already: whatever
 * carries them, the cursor says where to go on reading, and the outbox sends again, as the same draft, what was not
 * acknowledged. So a switch is to hang up by one and to open by another, and nothing is lost or comes twice.
 */
import { pause } from '../../lab/client/platform.ts'
import type { OpenOptions, Settings, Switch, Transport, Try } from '../../lab/client/transport.ts'
import { ChatError, type ChatErrorCode } from '../../lab/wire/errors.ts'
import { loadClient } from '../load-client.ts'
import { type Link, openBy, type Way } from './link.ts'
import { type Memory, memoryOf } from './memory.ts'
import { isOffered } from './offer.ts'
import { TRY_MS, WAYS } from './transport.ts'

/** What can be the fault of what lies between. All else our server has said, and it would say it on every way. */
const BETWEEN: readonly ChatErrorCode[] = ['unreachable', 'silent', 'refused', 'bad-answer']
/** How a connection ends without being to blame: a person hangs up, there is no network, the server stops. */
const BLAMELESS: readonly ChatErrorCode[] = ['closed', 'offline', 'stopping']

/** @param settings `tryMs` is read again before each try; all of them are handed on to the transports */
export default function auto(settings: Settings = {}): Transport {
  const ways = WAYS.map((name): Way => {
    return {
      name,
      load: () => loadClient(name, settings),
      provenBy: name === 'sse' ? 'first bytes' : 'opening',
    }
  })
  return choosingAmong(ways, () => settings.tryMs ?? TRY_MS)
}

/**
 * @param ways the best first
 * @param limitMs how long one may take to open before the next is tried. The last has as long as its caller waits
 */
export function choosingAmong(ways: readonly Way[], limitMs: () => number): Transport {
  /** What was told last; null before anything was. */
  let carrier: string | null = null
  /** Ways that were given up since then. */
  const givenUp: Try[] = []

  return {
    async open(options) {
      const { signal } = options
      const { clock } = options.platform
      const memory = memoryOf(options.platform, options.baseUrl.origin)
      let since = options.since
      let link = await settle(memory.begin)

      return {
        send: (draft, stop) => link.connection.send(draft, stop),
        renewPresence: (update) => link.connection.renewPresence(update),

        async *[Symbol.asyncIterator]() {
          const over = new AbortController()
          const life = AbortSignal.any([signal, over.signal])
          let ending: unknown = null
          try {
            for (let better = climb(link.way, life); ; ) {
              const came = await Promise.race([link.next, better])
              if (typeof came === 'number') {
                // One line at a time: what this one has not brought yet, the better one brings from the cursor on.
                link.close('a better transport works')
                link = await settle(came)
                better = climb(link.way, life)
                continue
              }
              if (came.done) return
              since = came.value.cursor
              yield came.value
              link.ask()
            }
          } catch (thrown) {
            ending = thrown
            throw thrown
          } finally {
            over.abort()
            link.close('the connection is over')
            blame(link, signal.aborted ? signal.reason : ending)
          }
        },
      }

      /** Tries the ways from this one on, and tells which it is. @throws ChatError when none works */
      async function settle(first: number): Promise<Link> {
        const tried = givenUp.splice(0)
        const begunAt = clock.now()
        for (let number = first; ; number++) {
          const way = ways[number]!
          const isLast = number === ways.length - 1
          try {
            const opened = await openBy(number, way, { ...options, since }, isLast ? null : limitMs())
            memory.opened(number)
            tell({ from: carrier, to: way.name, tried, tookMs: clock.now() - begunAt })
            return opened
          } catch (thrown) {
            const error = ChatError.from(thrown)
            if (signal.aborted || !(await mayBeTheWay(error, way))) throw error
            tried.push({ name: way.name, why: error.message })
            if (!isLast) continue
            memory.failed()
            throw error
          }
        }
      }

      async function mayBeTheWay({ code }: ChatError, { name }: Way): Promise<boolean> {
        return code === 'not-found' ? !(await isOffered(name, options)) : BETWEEN.includes(code)
      }

      function tell(taken: Switch): void {
        carrier = taken.to
        if (taken.from !== taken.to || taken.tried.length > 0) options.onSwitch?.(taken)
      }

      /** A way on which connections break early, again and again, is given up. */
      function blame({ way, openedAt }: Link, ending: unknown): void {
        if (ending === null || BLAMELESS.includes(ChatError.from(ending).code)) return
        if (memory.broke(way, clock.now() - openedAt, ways.length))
          givenUp.push({ name: ways[way]!.name, why: 'its connections broke early, again and again' })
      }

      /** Looks in the background whether a better way works by now. Resolves with its number, or never. */
      async function climb(current: number, life: AbortSignal): Promise<number> {
        while (current > 0 && !life.aborted) {
          await untilItIsTime(memory, life)
          for (let better = 0; better < current && !life.aborted; better++) {
            if (await works(better, life)) return better
          }
          if (!life.aborted) memory.looked()
        }
        return new Promise(() => {})
      }

      async function untilItIsTime({ climbMs, onForgotten }: Memory, life: AbortSignal): Promise<void> {
        const woken = new AbortController()
        const stopListening = onForgotten(() => woken.abort())
        await pause(clock, climbMs, AbortSignal.any([life, woken.signal]))
        stopListening()
      }

      /** A probe is not counted among those who are here: it reads nothing, and hangs up at once. */
      async function works(number: number, life: AbortSignal): Promise<boolean> {
        const probe: OpenOptions = { ...options, since, clientId: null, signal: life, onActivity() {} }
        const found = await openBy(number, ways[number]!, probe, limitMs()).catch(() => null)
        found?.close('it works')
        return found !== null
      }
    },
  }
}
