/**
 * How long a message takes from one server to a reader at another, beside how long it takes within a lab that is alone, and
 * how long the engine takes from an append until its follower has the entry.
 */

import type { LabServer } from '../../lab/cluster/servers.ts'
import { openNatsEngine } from '../../lab/store/engine/nats.ts'
import { median } from '../measure/statistics.ts'
import { nextText, publish } from './labs.ts'
import { openReaders, until } from './readers.ts'

const PER_SECOND = 20
const ARRIVAL_LIMIT_MS = 10_000
const REPLICAS = 3

/** @returns from before the POST until a reader of the other server is shown it: the median, in milliseconds */
export async function publishToReceive(
  writesAt: LabServer,
  readsAt: LabServer,
  seconds: number,
  room: string,
): Promise<number> {
  const readers = await openReaders(1, room, () => readsAt.port)
  const [reader] = readers.all
  const times = await paced(seconds, async () => {
    const text = nextText()
    const begun = performance.now()
    const written = publish(writesAt, room, text)
    await until(
      () => reader!.texts.at(-1) === text,
      ARRIVAL_LIMIT_MS,
      () => 'a message did not arrive',
    )
    await written
    return reader!.atMs - begun
  })
  readers.close()
  return median(times)
}

/** @returns from the append until the follower has it: the median, in milliseconds */
export async function appendToFollow(address: string, seconds: number): Promise<number> {
  const engine = await openNatsEngine(address, { replicas: REPLICAS, stream: 'BENCH_FOLLOW' })
  let last = ''
  let atMs = 0
  const stop = engine.follow(await engine.newest(), {
    onEntry(_position, body) {
      last = Buffer.from(body).toString()
      atMs = performance.now()
    },
    onEnd() {},
  })
  let entries = 0
  const times = await paced(seconds, async () => {
    const text = nextText()
    const begun = performance.now()
    const appended = engine.append({
      id: `follow-${process.pid}-${begun.toFixed(0)}-${entries++}`,
      body: Buffer.from(text),
    })
    await until(
      () => last === text,
      ARRIVAL_LIMIT_MS,
      () => 'an entry did not come back',
    )
    await appended
    return atMs - begun
  })
  stop()
  await engine.close()
  return median(times)
}

/** The first may find things that are made at their first use. */
const WARM = 5

async function paced(seconds: number, act: () => Promise<number>): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < seconds * PER_SECOND + WARM; i++) {
    const begun = performance.now()
    const took = await act()
    if (i >= WARM) times.push(took)
    const rest = 1_000 / PER_SECOND - (performance.now() - begun)
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
  }
  return times
}
