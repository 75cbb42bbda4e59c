/** An engine that says two different things is found out, in whichever order it says them; one that does not is left alone. */
import { beforeEach, describe, expect, it } from 'vitest'
import { checked } from './checked.ts'
import type { Engine, LogFollower, Position } from './engine.ts'
import { createMemoryLog } from './memory.ts'

const body = (text: string) => new TextEncoder().encode(text)

/** An engine whose words are put into its mouth. */
function puppet() {
  let follower: LogFollower | null = null
  const answers: ((position: Position) => void)[] = []
  const engine: Engine = {
    ...createMemoryLog().open(),
    append: () => new Promise((resolve) => answers.push(resolve)),
    follow(_after, one) {
      follower = one
      return () => {
        follower = null
      }
    },
  }
  return {
    engine,
    acknowledge: (position: Position) => answers.shift()!(position),
    give: (position: Position, text: string) => follower?.onEntry(position, body(text)),
    get isFollowed() {
      return follower !== null
    },
  }
}

describe('an engine that is held to its word', () => {
  let one: ReturnType<typeof puppet>
  let engine: Engine
  let got: [Position, string][]
  let ends: string[]
  beforeEach(() => {
    one = puppet()
    engine = checked(one.engine)
    got = []
    ends = []
    engine.follow(0, {
      onEntry: (position, bytes) => got.push([position, Buffer.from(bytes).toString()]),
      onEnd: (why) => ends.push(why.message),
    })
  })
  const append = (text: string) => engine.append({ id: text, body: body(text) })

  it('gives what it has acknowledged, before it comes and after it, beside what others have written', async () => {
    const first = append('a')
    one.acknowledge(1)
    expect(await first).toBe(1)
    one.give(1, 'a')
    one.give(2, 'of another')
    const second = append('b')
    one.give(3, 'b')
    one.acknowledge(3)
    expect(await second).toBe(3)
    expect([got.map(([position]) => position), ends]).toEqual([[1, 2, 3], []])
  })

  it('and gives another entry there, is followed no further, and that entry is not passed on', async () => {
    const first = append('a')
    one.acknowledge(1)
    await first
    one.give(1, 'of another')
    expect(got).toEqual([])
    expect(ends).toEqual([expect.stringContaining('gives another entry as 1 than it has acknowledged')])
    expect(one.isFollowed).toBe(false)
    await expect(append('b')).rejects.toMatchObject({ code: 'other-log' })
  })

  it('and acknowledges an entry where another has come, is followed no further', async () => {
    const first = append('a')
    one.give(1, 'of another')
    expect(got).toEqual([[1, 'of another']])
    one.acknowledge(1)
    await first
    expect(ends).toEqual([expect.stringContaining('its nodes differ')])
    const late: string[] = []
    engine.follow(1, { onEntry: () => {}, onEnd: (why) => late.push(why.message) })
    expect(late).toEqual(ends)
  })

  it('may acknowledge an entry again that was sent again, long after it came', async () => {
    const first = append('a')
    one.acknowledge(1)
    await first
    one.give(1, 'a')
    const again = append('a')
    one.acknowledge(1)
    await again
    one.give(2, 'b')
    expect([got.length, ends]).toEqual([2, []])
  })
})
