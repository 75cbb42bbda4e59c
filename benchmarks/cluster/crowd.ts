/**
 * A crowd that loses its server: how long until all of it has what was said meanwhile. In the cluster the server is
 * killed, and each reader comes back at one of the others; alone, all lines are cut at once, and the server goes on. Each
 * reader draws the same waits in both.
 */
import type { LabServer } from '../../lab/cluster/servers.ts'
import { nextText, publish } from './labs.ts'
import { openReaders, type Readers, until } from './readers.ts'

const BACK_LIMIT_MS = 60_000

/** @returns milliseconds from the kill until the last of them had the message that was written after it */
export async function killed(
  [victim, ...others]: readonly LabServer[],
  count: number,
  room: string,
): Promise<number> {
  let isDown = false
  const readers = await openReaders(count, room, (i) =>
    isDown ? others[i % others.length]!.port : victim!.port,
  )
  await settled(readers, others[0]!, room)
  isDown = true
  const begun = performance.now()
  await victim!.program.kill()
  const took = await caughtUp(readers, others[0]!, room, begun)
  await victim!.program.start()
  return took
}

/** @returns milliseconds from the cut until the last of them had the message that was written after it */
export async function cut(server: LabServer, count: number, room: string): Promise<number> {
  const readers = await openReaders(count, room, () => server.port)
  await settled(readers, server, room)
  const begun = performance.now()
  readers.cut()
  return caughtUp(readers, server, room, begun)
}

/** A crowd whose lines have all lasted: none of them waits longer than for a first failure. */
const LASTED_MS = 5_500

async function settled(readers: Readers, server: LabServer, room: string): Promise<void> {
  await publish(server, room, nextText())
  await until(
    () => readers.all.every(({ texts }) => texts.length > 0),
    BACK_LIMIT_MS,
    () => 'some have got nothing',
  )
  await new Promise((resolve) => setTimeout(resolve, LASTED_MS))
}

/** @throws Error when a reader has lost a message, got one twice, or was told of a gap */
async function caughtUp(readers: Readers, server: LabServer, room: string, begun: number): Promise<number> {
  const text = nextText()
  await publish(server, room, text)
  const behind = () => readers.all.filter(({ texts }) => texts.at(-1) !== text).length
  await until(
    () => behind() === 0,
    BACK_LIMIT_MS,
    () => `${behind()} readers have not come back`,
  )
  readers.close()
  const [first] = readers.all
  for (const { texts, gaps } of readers.all)
    if (gaps > 0 || texts.join() !== first!.texts.join())
      throw new Error('a reader lost a message, got one twice, or was told of a gap')
  return Math.max(...readers.all.map(({ atMs }) => atMs)) - begun
}
