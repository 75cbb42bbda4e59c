/** People at a cluster: each comes at one server, makes a room of their own at another and says something in it at a third. */
import { setTimeout as pause } from 'node:timers/promises'
import { between, type Random } from '../../../wire/random.ts'
import type { ClusterLab } from './labs.ts'

/** What a server has said yes to. */
export interface Told {
  readonly names: readonly string[]
  /** The last word of each of them, by the name of the room. */
  readonly words: ReadonlyMap<string, string>
}

export interface PeopleAtWork {
  readonly told: Told
  /** Resolves when no more will be told. */
  stop(): Promise<void>
}

/** A new person so often, in milliseconds: fewer than the server takes from one address. */
const EVERY_MS = [1_000, 2_500] as const
const ANSWER_MS = 15_000

export function bringPeople(labs: readonly ClusterLab[], random: Random): PeopleAtWork {
  const names: string[] = []
  const words = new Map<string, string>()
  const over = new AbortController()
  let isOver = false
  let cookie = ''

  /** What was answered with success, by any server; null otherwise: then it is not known, and nothing was promised. */
  async function ask(path: string, body: object): Promise<Record<string, string> | null> {
    const up = labs.filter(({ server }) => server.port !== null)
    const lab = up[between(random, 0, Math.max(0, up.length - 1))]
    if (!lab) return null
    try {
      const response = await fetch(`http://127.0.0.1:${lab.server.port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      const [set] = response.headers.getSetCookie()
      if (set) cookie = set.split(';')[0]!
      const answer = (await response.json()) as Record<string, string>
      return response.ok ? answer : null
    } catch {
      return null // it was killed, or stands still
    }
  }

  async function comeAndSpeak(n: number): Promise<void> {
    cookie = ''
    const name = `Person ${n}`
    if (!(await ask('/session', { name }))) return
    names.push(name)
    const room = await ask('/rooms', { kind: 'group', title: `Room of ${name}` })
    if (!room?.name) return
    const text = `${name} was here`
    if (await ask(`/rooms/${room.name}/messages`, { draftId: 'only', text })) words.set(room.name, text)
  }

  async function run(): Promise<void> {
    for (let n = 1; !isOver; n++) {
      await comeAndSpeak(n)
      await pause(between(random, ...EVERY_MS), undefined, { signal: over.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    told: { names, words },
    async stop() {
      isOver = true
      over.abort()
      await running
    },
  }
}
