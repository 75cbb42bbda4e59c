/** The server's view says how far behind its room each connection's reader is. */
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { dial, requestText } from '../../verify/attacks/raw.ts'
import { HANDSHAKE } from '../../verify/attacks/raw-web-socket.ts'
import { type LanesBench, startWithLanes } from '../../verify/wires/lanes-bench.ts'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import type { ConnectionsView } from '../../wires/control.ts'
import { ReadersOnWire } from '../../wires/view/readers-on-wire.ts'

let bench: LanesBench
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await bench?.close()
})

/** Opens a connection at a lane, and asks there as the visitor does. */
async function ask(lane: string, path: string, cookie: string, headers: readonly string[] = []) {
  const socket = await dial(bench.portOf(lane))
  sockets.push(socket)
  const again = () =>
    socket.write(
      requestText(bench.portOf(lane), `GET /transports/${lane}/rooms/square/${path}`, [
        ...headers,
        `Cookie: ${cookie}`,
      ]),
    )
  again()
  return { socket, again }
}

const say = (...texts: readonly string[]) => {
  for (const text of texts) bench.server.say('square', text)
}

const connectionsOf = async (cookie: string) =>
  (
    (await (
      await fetch(`${bench.server.url}/wires/connections`, { headers: { cookie } })
    ).json()) as ConnectionsView
  ).connections
const lagOf = async (cookie: string) => (await connectionsOf(cookie)).map(({ cursorLag }) => cursorLag)

/** More than the kernel keeps for the two connections of a lane. */
const MOST_TEXTS = (64 * 1024 * 1024) / MAX_TEXT_BYTES

describe('the cursor lag', () => {
  it.each([
    ['sse', 'events', []],
    ['websocket', 'socket', HANDSHAKE],
  ])(
    'of %s grows while its reader takes nothing, and is 0 again when it has read on',
    async (lane, path, headers) => {
      bench = await startWithLanes()
      const cookie = await bench.visitor()
      const { socket } = await ask(lane, path, cookie, headers)
      await expect.poll(() => lagOf(cookie)).toEqual([0])
      socket.pause()
      let said = 0
      let lag = 0
      for (; lag === 0 && said < MOST_TEXTS; said += 64) {
        say(...Array.from({ length: 64 }, () => 'x'.repeat(MAX_TEXT_BYTES)))
        await new Promise(setImmediate)
        lag = (await lagOf(cookie))[0] ?? -1
      }
      expect(lag).toBeGreaterThan(0)
      expect(lag).toBeLessThanOrEqual(said)
      socket.resume()
      await expect.poll(() => lagOf(cookie), { timeout: 20_000 }).toEqual([0])
    },
  )

  it('of a poller is what was said since its last poll', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    say('before')
    const { again } = await ask('short-polling', 'messages', cookie)
    await expect.poll(() => lagOf(cookie)).toEqual([0])
    say('one', 'two', 'three')
    expect(await lagOf(cookie)).toEqual([3])
    again()
    await expect.poll(() => lagOf(cookie)).toEqual([0])
  })

  it('of a held poll is 0 until it is answered, and grows until the reader asks again', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    say('before')
    const { again } = await ask('long-polling', 'messages', cookie)
    await expect.poll(() => lagOf(cookie)).toEqual([0])
    say('one', 'two')
    expect(await lagOf(cookie)).toEqual([2])
    again()
    await expect.poll(() => lagOf(cookie)).toEqual([0])
  })

  it('is not known on a connection that opened no reader', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    say('said')
    await (await fetch(`${bench.laneOf('sse')}/healthz`, { headers: { cookie } })).text()
    expect(await lagOf(cookie)).toEqual([null])
  })
})

describe('the readers of one connection', () => {
  const reader = (lag: number | null, isFollowing: boolean) => ({ lag, isFollowing })

  it('are as far behind as the farthest of those that follow', () => {
    const readers = new ReadersOnWire()
    for (const one of [reader(2, true), reader(7, true), reader(9, false)]) readers.add(one)
    expect(readers.lag).toBe(7)
  })

  it('are forgotten when they are over, but for the newest', () => {
    const readers = new ReadersOnWire()
    const over = { lag: 5, isFollowing: true }
    readers.add(over)
    over.isFollowing = false
    readers.add(reader(1, false))
    expect(readers.lag).toBe(1)
    readers.add(reader(null, false))
    expect(readers.lag).toBeNull()
  })
})
