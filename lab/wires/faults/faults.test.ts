/** Each fault by itself, over real sockets: what reaches the other end, what does not, and that it heals. */
import { constants, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../verify/kit/manual-clock.ts'
import { type FaultBench, openFaultBench } from '../../verify/wires/fault-bench.ts'
import { FAULTS } from './catalogue.ts'
import { settingsFrom } from './fault.ts'

let clock: ManualClock
let bench: FaultBench
beforeEach(async () => {
  clock = createManualClock()
  bench = await openFaultBench(clock)
})
afterEach(() => bench.close())

/** Turns the clock until it is so: bytes take their own time to come over a socket. */
async function passUntil(isSo: () => boolean, stepMs = 10, steps = 2_000): Promise<void> {
  for (let step = 0; step < steps && !isSo(); step++) await clock.pass(stepMs)
  expect(isSo()).toBe(true)
}
const REQUEST = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('the catalogue', () => {
  it('gives each fault a name, a sentence, a public report and usual settings within their ranges', () => {
    expect(new Set(FAULTS.map(({ about }) => about.name)).size).toBe(FAULTS.length)
    for (const { about } of FAULTS) {
      expect(about.models, about.name).toMatch(/\.$/)
      expect(about.report, about.name).toMatch(/^https:\/\/github\.com\/[^/]+\/[^/]+\/issues\/\d+$/)
      expect(settingsFrom(about, {}), about.name).toBeTypeOf('object')
    }
  })

  it('refuses a setting that there is not, and a value out of its range', () => {
    const { about } = FAULTS.find(({ about }) => about.name === 'latency')!
    expect(() => settingsFrom(about, { speed: 1 })).toThrow(
      'the fault latency has no setting "speed"; its settings: ms, jitterMs',
    )
    expect(() => settingsFrom(about, { ms: -1 })).toThrow('ms must be from 0 to 30000 ms, not -1')
    expect(() => settingsFrom(about, { ms: Number.NaN })).toThrow('not NaN')
  })
})

describe('latency', () => {
  it('passes each piece on after its time, in order, and what is left at once when it is healed', async () => {
    const heal = bench.begin('latency', { ms: 300, jitterMs: 200 })
    bench.peer.write('one ')
    await expect.poll(() => bench.line.toClient.held).toBe(4)
    bench.peer.write('two ')
    await expect.poll(() => bench.line.toClient.held).toBe(8)
    await clock.pass(99)
    expect(bench.got()).toBe('')
    await clock.pass(401)
    await expect.poll(bench.got).toBe('one two ')
    bench.peer.write('three')
    await expect.poll(() => bench.line.toClient.held).toBe(5)
    heal()
    await expect.poll(bench.got).toBe('one two three')
  })

  it('does not make a connection thinner: what comes at once arrives at once', async () => {
    bench.begin('latency', { ms: 1_000, jitterMs: 0 })
    for (let n = 0; n < 20; n++) bench.peer.write('x'.repeat(1_000))
    await expect.poll(() => bench.line.toClient.held).toBe(20_000)
    await clock.pass(1_000)
    await expect.poll(() => bench.got().length).toBe(20_000)
  })
})

describe('bandwidth', () => {
  it('lets no more through than the rate, and all of it in the end', async () => {
    bench.begin('bandwidth', { bytesPerSecond: 1_000 })
    bench.peer.write('x'.repeat(3_000))
    await expect.poll(() => bench.line.toClient.held).toBe(3_000)
    await clock.pass(1_000)
    expect(bench.line.toClient.passed).toBeGreaterThan(900)
    expect(bench.line.toClient.passed).toBeLessThanOrEqual(1_000)
    await clock.pass(2_100)
    await expect.poll(() => bench.got().length).toBe(3_000)
  })
})

describe('loss', () => {
  it('loses nothing: what comes after a lost packet waits for it, and comes with it', async () => {
    bench.begin('loss', { percent: 90, retransmitMs: 1_000 })
    const text = Array.from({ length: 2_000 }, (_, n) => `${n} `).join('')
    bench.peer.write(text)
    await expect.poll(() => bench.line.toClient.held).toBe(text.length)
    await clock.pass(900)
    expect(bench.got()).toBe('') // the first is lost by this seed
    await passUntil(() => bench.line.toClient.held === 0, 1_000)
    await expect.poll(bench.got).toBe(text)
  })
})

describe('slicing', () => {
  it('passes on so many bytes at a time, and loses none', async () => {
    const pieces: number[] = []
    bench.line.toClient.onPassed = ({ length }) => pieces.push(length)
    bench.begin('slicing', { bytes: 3 })
    bench.peer.write('one by one')
    await expect.poll(bench.got).toBe('one by one')
    expect(pieces).toEqual([3, 3, 3, 1])
  })
})

describe('a slow reader', () => {
  it('takes nothing, so that the server feels it, and all of it when it is healed', async () => {
    const heal = bench.begin('slow-reader')
    const block = 'x'.repeat(64 * 1024)
    await expect
      .poll(() => !bench.peer.write(block) && bench.peer.writableLength > 0, { interval: 1 })
      .toBe(true)
    expect(bench.got()).toBe('')
    const sent = bench.peer.bytesWritten
    heal()
    await expect.poll(() => bench.got().length).toBeGreaterThanOrEqual(sent)
  })
})

describe('cut', () => {
  it('ends both ends at once', async () => {
    bench.begin('cut')
    await expect
      .poll(() => [bench.client.destroyed || bench.client.readableEnded, bench.peer.readableEnded])
      .toEqual([true, true])
  })

  it('happens at the byte that was asked for, and not one later', async () => {
    bench.begin('cut-at-byte', { bytes: 5 })
    bench.peer.write('012')
    await expect.poll(bench.got).toBe('012')
    bench.peer.write('3456789')
    await expect.poll(() => bench.line.isOpen).toBe(false)
    await expect.poll(bench.got).toBe('01234')
    expect(bench.dropped()).toBe(5)
  })

  it('happens in the other direction too', async () => {
    bench.begin('cut-at-byte', { bytes: 2, toServer: 1 })
    bench.client.write('0123')
    await expect.poll(bench.received).toBe('01')
    await expect.poll(() => bench.line.isOpen).toBe(false)
  })
})

describe('reset', () => {
  it('is told by a reset to both ends', async () => {
    const errors: string[] = []
    for (const socket of [bench.client, bench.peer]) {
      socket.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code ?? ''))
    }
    bench.begin('reset')
    await expect.poll(() => errors).toEqual(['ECONNRESET', 'ECONNRESET'])
  })
})

describe('silence', () => {
  it('closes nothing and delivers nothing, and stays when it has swallowed something', async () => {
    const heal = bench.begin('silence')
    bench.peer.write('into the void')
    await expect.poll(bench.dropped).toBe(13)
    heal()
    bench.peer.write('still')
    await expect.poll(bench.dropped).toBe(18)
    expect([bench.got(), bench.client.destroyed, bench.peer.destroyed]).toEqual(['', false, false])
  })

  it('leaves a connection whole that had nothing to say meanwhile', async () => {
    bench.begin('silence')()
    bench.peer.write('here')
    await expect.poll(bench.got).toBe('here')
  })

  it('can be of one direction', async () => {
    bench.begin('silence', { toServer: 0 })
    bench.client.write('asked')
    await expect.poll(bench.received).toBe('asked')
    bench.peer.write('answered')
    await expect.poll(bench.dropped).toBe(8)
  })

  it('lets a client go that hangs up, and the server does not hear of it', async () => {
    bench.begin('silence')
    bench.client.destroy()
    await expect.poll(() => bench.line.isOpen).toBe(false)
    expect([bench.peer.destroyed, bench.peer.readableEnded]).toEqual([false, false])
  })

  it('spares new connections when it is told to', async () => {
    bench.begin('silence', { newcomers: 0 })
    bench.peer.write('here')
    await expect.poll(bench.got).toBe('here')
  })
})

describe('refusal', () => {
  it('drops a newcomer', async () => {
    bench.begin('refusal')
    await expect.poll(() => bench.client.destroyed).toBe(true)
  })

  it('leaves what is open alone', async () => {
    bench.begin('refusal', {}, false)
    bench.peer.write('here')
    await expect.poll(bench.got).toBe('here')
  })
})

describe('an idle timeout', () => {
  it('cuts what has been quiet for so long, in both directions', async () => {
    bench.begin('idle-timeout', { ms: 1_000 })
    await clock.pass(900)
    bench.client.write('a')
    await expect.poll(bench.received).toBe('a')
    await clock.pass(900)
    bench.peer.write('b')
    await expect.poll(bench.got).toBe('b')
    await clock.pass(999)
    expect(bench.line.isOpen).toBe(true)
    await clock.pass(1)
    expect(bench.line.isOpen).toBe(false)
  })

  it('leaves no alarm behind when it is healed', () => {
    bench.begin('idle-timeout')()
    expect(clock.alarms).toBe(0)
  })
})

describe('a buffering proxy', () => {
  async function ask(): Promise<void> {
    bench.client.write(REQUEST)
    await expect.poll(bench.received).toContain(REQUEST)
  }

  it('keeps a stream back until its buffer is full', async () => {
    bench.begin('buffering', { bytes: 256 })
    await ask()
    bench.peer.write(`${CHUNKED}5\r\nhello\r\n`)
    await expect.poll(() => bench.line.toClient.held).toBe(CHUNKED.length + 10)
    expect(bench.got()).toBe('')
    bench.peer.write(`c8\r\n${'x'.repeat(200)}\r\n`)
    await expect.poll(() => bench.got().length).toBeGreaterThanOrEqual(256)
  })

  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['in chunks', `${CHUNKED}2\r\nok\r\n0\r\n\r\n`],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ])('passes a whole response on at once, %s', async (_how, response) => {
    bench.begin('buffering', { bytes: 1_000 })
    await ask()
    for (const character of response) bench.peer.write(character)
    await expect.poll(bench.got).toBe(response)
    await ask()
    bench.peer.write(response)
    await expect.poll(bench.got).toBe(response + response)
  })

  it('passes the end of a response that lasts until the connection closes', async () => {
    bench.begin('buffering', { bytes: 1_000 })
    await ask()
    bench.peer.end('HTTP/1.1 200 OK\r\n\r\nall')
    await expect.poll(bench.got).toBe('HTTP/1.1 200 OK\r\n\r\nall')
  })

  it('lets a WebSocket through', async () => {
    bench.begin('buffering', { bytes: 1_000 })
    bench.client.write('GET /s HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    await expect.poll(bench.received).toContain('websocket')
    bench.peer.write('HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi')
    await expect.poll(bench.got).toContain('hi')
  })

  it('lets go of what it has kept when it is healed', async () => {
    const heal = bench.begin('buffering', { bytes: 1_000 })
    await ask()
    bench.peer.write(`${CHUNKED}5\r\nhello\r\n`)
    await expect.poll(() => bench.line.toClient.held).toBeGreaterThan(0)
    heal()
    await expect.poll(bench.got).toContain('hello')
  })
})

describe('a compressing proxy', () => {
  const ASKS = 'GET /a HTTP/1.1\r\nAccept-Encoding: gzip, br\r\n\r\n'
  const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
  /** The content of the packed response that the client has got, as far as it goes. */
  function content(): string {
    const got = Buffer.from(bench.got(), 'latin1')
    const packed: Buffer[] = []
    for (let at = got.indexOf('\r\n\r\n') + 4; at < got.length; ) {
      const end = got.indexOf('\r\n', at)
      const size = Number.parseInt(got.toString('latin1', at, end), 16)
      if (!(size > 0)) break
      packed.push(got.subarray(end + 2, end + 2 + size))
      at = end + size + 4
    }
    return gunzipSync(Buffer.concat(packed), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
  }
  async function ask(text = ASKS): Promise<void> {
    bench.client.write(text)
    await expect.poll(bench.received).toContain('GET /a')
  }

  it('keeps a stream’s events back, and passes them when it is healed, each at once from then on', async () => {
    const heal = bench.begin('compressing')
    await ask()
    bench.peer.write(`${STREAM}5\r\nhello\r\n`)
    await expect.poll(bench.got).toContain('Content-Encoding: gzip')
    expect(content()).toBe('')
    heal()
    await expect.poll(content).toBe('hello')
    bench.peer.write('6\r\n again\r\n')
    await expect.poll(content).toBe('hello again')
  })

  it('packs a whole response into one that is whole', async () => {
    bench.begin('compressing')
    await ask()
    bench.peer.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
    await expect.poll(bench.got).toMatch(/\r\n0\r\n\r\n$/)
    expect(content()).toBe('{}')
    expect(bench.got()).not.toContain('Content-Length')
    expect(bench.line.toClient.held).toBe(0)
  })

  it.each([
    ['a client that takes no gzip', REQUEST, `${STREAM}2\r\nhi\r\n`],
    [
      'what is packed already',
      ASKS,
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nxx',
    ],
    ['a picture', ASKS, 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\r\nxx'],
  ])('leaves %s alone', async (_what, request, response) => {
    bench.begin('compressing')
    await ask(request)
    bench.peer.write(response)
    await expect.poll(bench.got).toBe(response)
  })
})

describe('a blocked upgrade', () => {
  it('makes a plain GET of a handshake, in whatever pieces it comes', async () => {
    bench.begin('blocked-upgrade')
    const handshake =
      'GET /s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n'
    for (const character of handshake) bench.client.write(character)
    await expect.poll(bench.received).toBe('GET /s HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Version: 13\r\n\r\n')
    expect(bench.line.toServer.held).toBe(0)
  })

  it('changes no other request', async () => {
    bench.begin('blocked-upgrade')
    bench.client.write(`${REQUEST}more`)
    await expect.poll(bench.received).toBe(`${REQUEST}more`)
  })
})

describe('a captive portal', () => {
  it('answers in the place of the server, which hears nothing', async () => {
    bench.begin('interception')
    bench.client.write(REQUEST)
    await expect
      .poll(bench.got)
      .toMatch(/^HTTP\/1\.1 511 Network Authentication Required\r\n[\s\S]*Sign in to this network/)
    await expect.poll(() => bench.peer.readableEnded).toBe(true)
    expect(bench.received()).toBe('')
  })
})

describe('a lost acknowledgement', () => {
  it('lets a POST arrive, and cuts when its answer comes', async () => {
    bench.begin('lost-acknowledgement')
    bench.client.write(REQUEST)
    await expect.poll(bench.received).toContain(REQUEST)
    bench.peer.write('HTTP/1.1 204 No Content\r\n\r\n')
    await expect.poll(bench.got).toContain('204')
    bench.client.write('POST /m HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}')
    await expect.poll(bench.received).toContain('{}')
    bench.peer.write('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n')
    await expect.poll(() => bench.line.isOpen).toBe(false)
    expect(bench.got()).not.toContain('201')
  })

  it('cuts a WebSocket when the answer to a frame with data comes, and not for a pong', async () => {
    bench.begin('lost-acknowledgement')
    bench.client.write('GET /s HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    bench.peer.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    await expect.poll(bench.got).toContain('101')
    bench.client.write(Buffer.from([0x8a, 0x80, 1, 2, 3, 4]))
    await expect.poll(() => bench.received().length).toBeGreaterThan(60)
    bench.peer.write(Buffer.from([0x81, 1, 97]))
    await expect.poll(bench.got).toContain('a')
    const before = bench.received().length
    bench.client.write(Buffer.from([0x81, 0x81, 1, 2, 3, 4, 98]))
    await expect.poll(() => bench.received().length).toBe(before + 7)
    bench.peer.write(Buffer.from([0x81, 1, 99]))
    await expect.poll(() => bench.line.isOpen).toBe(false)
  })
})
