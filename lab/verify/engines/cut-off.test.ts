/**
 * A leader of NATS that is cut off from the others, and does not know: it goes on answering, from what it knew. Cut off by proxies,
 * since a process that stands still answers nothing.
 */
import { connect } from '@nats-io/transport-node'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine, EngineError, Position } from '../../store/engine/engine.ts'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { CUTS, cutOff, type EngineNodes, heal, startEngineNodes } from '../chaos/cluster/engine/nodes.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { say } from './case.ts'
import { NATS } from './nats-server.ts'

const LIMIT_MS = 240_000
/** Longer than three servers need to elect a leader, on a busy machine. */
const GIVE_UP_MS = 90_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

let nodes: EngineNodes | null = null
const open: Engine[] = []
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close()
  await nodes?.stop()
  nodes = null
})

/** At one of the nodes alone. */
async function openedAt(node: number, giveUpMs = GIVE_UP_MS): Promise<Engine> {
  const engine = await openNatsEngine(`nats://127.0.0.1:${nodes!.nodes[node]!.port}`, {
    replicas: 3,
    giveUpMs,
  })
  open.push(engine)
  return engine
}

describe.runIf(NATS)('three nodes of NATS', { timeout: LIMIT_MS }, () => {
  it('whose leader is cut off: a server at that one is told of no end that is old, goes on when it is over, and does not give up the log', async () => {
    nodes = await startEngineNodes(3, 0)
    const first = await openedAt(0)
    for (const word of ['ada', 'ben', 'cleo']) await say(first, word)
    await expect.poll(() => nodes!.leader(), { timeout: GIVE_UP_MS }).not.toBeNull()
    const leader = (await nodes.leader())!
    const [left, right] = [await openedAt(leader, 500), await openedAt((leader + 1) % 3)]
    const got: Position[] = []
    const ends: Error[] = []
    // It has been where the others are, by another way: for it, an end that is old is an end that was lost.
    const follow = (after: Position) =>
      left.follow(after, { onEntry: (position) => got.push(position), onEnd: (why) => ends.push(why) })

    const between = [0, 1, 2].flatMap((other) => nodes!.wiresBetween(leader, other))
    cutOff(between, 'silent')
    const end = await say(right, 'said to the others')
    expect(end).toBe(4)
    follow(end)
    const answers: (Position | string)[] = []
    const begun = performance.now()
    while (performance.now() - begun < 4_000)
      answers.push(await left.newest().catch((error: unknown) => (error as EngineError).code))
    expect(answers).not.toContain(3)
    expect(ends).toEqual([])

    heal(between)
    const next = await say(right, 'after it')
    await expect.poll(() => got, { timeout: GIVE_UP_MS }).toContain(next)
    expect([got, ends]).toEqual([[next], []])
  })

  it.each(CUTS)(
    'two of which are cut off from each other (%s) hear nothing of each other, whatever the third hears',
    async (how) => {
      nodes = await startEngineNodes(3, 0)
      const [a, b, c] = await Promise.all(
        nodes.nodes.map(({ port }) => connect({ servers: `127.0.0.1:${port}`, ignoreClusterUpdates: true })),
      )
      const heard = { b: 0, c: 0 }
      b!.subscribe('word', { callback: () => void heard.b++ })
      c!.subscribe('word', { callback: () => void heard.c++ })
      const publish = () => a!.publish('word')
      const tellBoth = () =>
        expect
          .poll(
            () => {
              publish()
              return heard.b > 0 && heard.c > 0
            },
            { timeout: GIVE_UP_MS },
          )
          .toBe(true)
      await tellBoth()
      const wires = nodes.wiresBetween(0, 1)
      cutOff(wires, how)
      await a!.flush()
      const before = { ...heard }
      await expect
        .poll(
          () => {
            publish()
            return heard.c
          },
          { timeout: GIVE_UP_MS },
        )
        .toBeGreaterThan(before.c + 100)
      // What was on its way when it was cut may still have come; of a hundred words that were said since, none.
      if (how !== 'one-way') expect(heard.b - before.b).toBeLessThan(10)
      heal(wires)
      Object.assign(heard, { b: 0, c: 0 })
      await tellBoth()
      await Promise.all([a, b, c].map((connection) => connection!.close()))
    },
  )
})
