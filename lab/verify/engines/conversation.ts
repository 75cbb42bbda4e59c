/**
 * A conversation over several labs, and what is wrong with it: writers at every server at once, and a reader, who writes too, that goes to
 * another server with each request and each connection. Meanwhile one server after the other falls behind, lines are cut, one is
 * stopped, and a new one begins.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { createChatClient } from '../../client/chat-client.ts'
import { systemClock } from '../../client/platform.ts'
import type { ChatMessage, Page, SignedDraft } from '../../wire/message.ts'
import { hoppingOver } from './hopping.ts'
import { comesTrue, type LabOfMany, type Labs } from './labs.ts'

export interface ConversationOptions {
  readonly transport: TransportName
  readonly rounds?: number
  /** What happens in one of them, at a server that is held back and among the others. */
  readonly trouble?: (round: number) => Promise<void>
  /** How often it is looked whether the reader has all, 5 ms apart, before it is said that it has not. */
  readonly looks?: number
  /** In each round, how often at most it is looked whether the reader has come, with what the others have, to the server that is behind. */
  readonly roundLooks?: number
}

const ROOM = 'lobby'

/** A server that takes a copy of another first says so to its writers, who send the same draft until it is there. */
async function sent({ hub }: LabOfMany, draft: SignedDraft): Promise<ChatMessage> {
  for (;;) {
    try {
      return await hub.room(ROOM).publish(draft)
    } catch (error) {
      if (hub.readiness?.status !== 'copying') throw error
      await pause(20)
    }
  }
}
/** Half a minute, on a machine that does nothing else. */
const LOOKS = 6_000

export interface Conversation {
  /** Each line is one thing that was promised and is not so. */
  readonly findings: readonly string[]
  readonly said: number
  /** Requests and connections of the reader. */
  readonly hops: number
}

export async function holdConversation(
  labs: Labs,
  {
    transport: name,
    rounds = 6,
    trouble = async () => {},
    looks = LOOKS,
    roundLooks = 20,
  }: ConversationOptions,
): Promise<Conversation> {
  const findings: string[] = []
  const network = hoppingOver(() =>
    labs.up.map(({ server }) => ({ http: server.port, tcp: server.tcpPort('tcp') })),
  )
  const baseUrl = new URL(`http://127.0.0.1:1/transports/${name}/rooms/${ROOM}/`)
  const client = createChatClient(await loadClient(name, { intervalMs: 2 }), {
    ...{ baseUrl, author: 'hopper', backoffMs: () => 2 },
    platform: { ...network, clock: systemClock, random: Math.random },
    presence: { clientId: 'clientthathops' },
  })
  const shown: ChatMessage[] = []
  client.onMessage((message) => shown.push(message))
  client.onGap((gap) => findings.push(`a gap: ${JSON.stringify(gap)}`))
  const acknowledging: Promise<unknown>[] = []
  const acknowledged = new Map<string, number>()
  let said = 0
  const note = (text: string, publishing: Promise<ChatMessage>) => {
    said++
    acknowledging.push(
      publishing.then(
        ({ seq }) => acknowledged.set(text, seq),
        ({ code, message }) => findings.push(`${text} was refused: ${code}, ${message}`),
      ),
    )
  }
  const publish = (one: LabOfMany, lab: number, text: string) =>
    note(text, sent(one, { draftId: text, author: `writer ${lab}`, text }))

  try {
    client.connect()
    for (let round = 0; round < rounds; round++) {
      const late = labs.up[round % labs.up.length]!
      late.engine.isHeldBack = true
      for (const [i, lab] of labs.all.entries())
        for (const n of [1, 2]) if (lab.isUp) publish(lab, i, `${round} ${i} ${n}`)
      note(`${round} hopper`, client.send(`${round} hopper`))
      // Until the reader has what the others have, and comes with it to the one that has not.
      const others = said - 1 - 2
      await comesTrue(() => shown.length >= others, roundLooks)
      const { hops } = network
      await comesTrue(() => network.hops >= hops + labs.up.length, roundLooks)
      if (round % 2 === 1) network.cut()
      for (let turns = 0; turns < 5; turns++) await nextTurn()
      late.engine.isHeldBack = false
      await trouble(round)
    }
    await comesTrue(() => acknowledged.size + findings.length >= said, looks)
    let isSettled = false
    void labs.settle().then(() => (isSettled = true))
    await comesTrue(() => isSettled, looks)
    await comesTrue(() => shown.length >= said, looks)
    const { gaps, duplicates, lost } = client.figures
    if (gaps + lost > 0) findings.push(`a gap: the reader was told of ${gaps}, and misses ${lost}`)
    if (duplicates > 0) findings.push(`the reader was given ${duplicates} messages again`)
  } finally {
    client.close()
  }
  return { findings: [...findings, ...compare(labs, shown, acknowledged, said)], said, hops: network.hops }
}

function compare(
  labs: Labs,
  shown: readonly ChatMessage[],
  acknowledged: ReadonlyMap<string, number>,
  said: number,
): string[] {
  const findings: string[] = []
  const [first, ...others] = labs.up.map(({ hub }) => logOf(hub))
  const log = first!
  for (const other of others)
    if (JSON.stringify(other) !== JSON.stringify(log)) findings.push('two servers have different rooms')
  if (log.length !== said) findings.push(`${said} were said, and the log has ${log.length}`)
  const seqs = new Map(log.map(({ text, seq }) => [text, seq]))
  for (const [text, seq] of acknowledged)
    if (seqs.get(text) !== seq) findings.push(`${text} was acknowledged as ${seq} and is ${seqs.get(text)}`)
  if (acknowledged.size !== said) findings.push(`${said - acknowledged.size} were never acknowledged`)
  const [seen, there] = [shown, log].map((all) => all.map(({ seq, text }) => `${seq} ${text}`))
  if (seen!.join() !== there!.join())
    findings.push(
      `the reader was shown ${seen!.length}, not what the log has: ${firstDifference(seen!, there!)}`,
    )
  return findings
}

const firstDifference = (seen: readonly string[], there: readonly string[]) => {
  const i = there.findIndex((one, index) => one !== seen[index])
  return `${there[i]} was shown as ${seen[i]}`
}

function logOf(hub: LabOfMany['hub']): ChatMessage[] {
  const messages: ChatMessage[] = []
  let page: Page = hub.room(ROOM).read(null)
  for (;;) {
    messages.push(...page.messages)
    if (!page.more) return messages
    page = hub.room(ROOM).read(page.cursor)
  }
}
