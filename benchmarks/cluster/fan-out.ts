/** CPU time of a server for each delivery to a crowd that reads at it over WebSocket: in the cluster, and alone. */
import type { LabServer } from '../../lab/cluster/servers.ts'
import { cpuUsOf, nextText, publish } from './labs.ts'
import { openReaders, until } from './readers.ts'

const PER_SECOND = 10
const ARRIVAL_LIMIT_MS = 30_000

/** @returns microseconds of the server's CPU time, user and system, for each delivery */
export async function cpuPerDelivery(
  server: LabServer,
  count: number,
  seconds: number,
  room: string,
): Promise<number> {
  const readers = await openReaders(count, room, () => server.port)
  const write = async (messages: number) => {
    const due = readers.all[0]!.texts.length + messages
    for (let i = 0; i < messages; i++) {
      const next = new Promise((resolve) => setTimeout(resolve, 1_000 / PER_SECOND))
      await publish(server, room, nextText())
      await next
    }
    await until(
      () => readers.all.every(({ texts }) => texts.length >= due),
      ARRIVAL_LIMIT_MS,
      () => 'some readers have not got all',
    )
  }
  await write(PER_SECOND) // what runs for the first time is no part of it
  const messages = seconds * PER_SECOND
  const before = await cpuUsOf(server)
  await write(messages)
  const took = (await cpuUsOf(server)) - before
  readers.close()
  return took / (messages * count)
}
