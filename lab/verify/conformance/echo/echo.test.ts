/** Both echo servers, held against our own cases from RFC 6455; and the command that starts them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ECHOES, parseEcho } from '../../../app/echo/options.ts'
import { type Echo, startEcho } from '../../../app/echo/start-echo.ts'
import { script } from '../../../command/started.ts'
import { closeFrame } from '../../attacks/frames.ts'
import { dial, exchange, requestText } from '../../attacks/raw.ts'
import { HANDSHAKE } from '../../attacks/raw-web-socket.ts'
import { root } from '../../rules/source-files.ts'
import { ECHO_CASES, type EchoCase, type Frame, MAX_MESSAGE } from './cases.ts'

/** How long a server may take over one case. The longest are 16 MiB there and back. */
const LIMIT_MS = 20_000

/** The frames in what a server sent, read by nothing of ours: the codec is what is tried. */
function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    if (bytes[at + 1]! & 0x80) throw new Error('a server must not mask')
    let [length, start] = [bytes[at + 1]!, at + 2]
    if (length === 126) [length, start] = [bytes.readUInt16BE(at + 2), at + 4]
    else if (length === 127) [length, start] = [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
    if (!(bytes[at]! & 0x80)) throw new Error('an echo is one frame')
    frames.push({ opcode: bytes[at]! & 15, payload: bytes.subarray(start, start + length) })
    at = start + length
  }
  return frames
}

/** Sends, answers a server's close with our own, and waits for the end of the connection. */
async function play(port: number, { send, chop, back, closes }: EchoCase): Promise<Frame[]> {
  const wire = await dial(port)
  const chunks: Buffer[] = []
  wire.write(requestText(port, 'GET /', HANDSHAKE))
  const [opening] = (await once(wire, 'data')) as [Buffer]
  expect(opening.toString('latin1')).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n$/s)
  let received = 0
  // What must come back before we close: each frame with its header.
  const expected = back.reduce(
    (sum, { payload: { length } }) => sum + length + (length < 126 ? 2 : length < 65_536 ? 4 : 10),
    0,
  )
  const all = new Promise<void>((done) =>
    wire.on('data', (bytes) => {
      chunks.push(bytes)
      received += bytes.length
      if (received >= expected) done()
    }),
  )
  wire.on('end', () => wire.end())
  const ended = once(wire, 'close', { signal: AbortSignal.timeout(LIMIT_MS) })
  await write(wire, Buffer.concat(send), chop)
  if (closes === undefined) {
    if (expected > 0) await Promise.race([all, ended])
    wire.write(closeFrame(1000))
  }
  try {
    await ended
  } catch {
    wire.destroy()
    throw new Error(`left open, after ${received} bytes`)
  }
  return framesOf(Buffer.concat(chunks))
}

async function write(wire: Socket, bytes: Buffer, chop = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length && wire.writable; at += chop) {
    const piece = bytes.subarray(at, at + chop)
    // Each in a packet of its own, or the kernel would join them.
    if (chop < bytes.length) await new Promise<void>((next) => wire.write(piece, () => setImmediate(next)))
    else wire.write(piece)
  }
}

function closeCodeOf(frames: readonly Frame[]): number | undefined {
  const last = frames.at(-1)
  if (last?.opcode !== 8) return undefined
  return last.payload.length === 0 ? 1005 : last.payload.readUInt16BE(0)
}

describe.each(ECHOES)('an echo of %s', (name) => {
  let echo: Echo
  beforeAll(async () => {
    echo = await startEcho(name, { port: 0, maxMessage: MAX_MESSAGE, origins: ['https://chat.example'] })
  })
  afterAll(() => echo.close())

  // The `ws` package checks UTF-8 when the message is whole: the suite's word for it is “non-strict”.
  const isStrict = name !== 'websocket'
  it.each(ECHO_CASES.filter(({ early }) => isStrict || !early))(
    '$name',
    { timeout: LIMIT_MS * 2 },
    async (one) => {
      const frames = await play(echo.port, one)
      expect(closeCodeOf(frames)).toBe(one.closes ?? 1000)
      expect(String(frames.at(-1)!.payload.subarray(2))).toBe(one.reason ?? '')
      const answers = frames.slice(0, -1)
      expect(answers.map(({ opcode, payload }) => [opcode, payload.length])).toEqual(
        one.back.map(({ opcode, payload }) => [opcode, payload.length]),
      )
      for (const [index, { payload }] of answers.entries())
        expect(payload.equals(one.back[index]!.payload), `payload ${index}`).toBe(true)
    },
  )

  it.each([
    ['without a key', 400, HANDSHAKE.filter((line) => !line.includes('Key'))],
    ['of another version', 426, HANDSHAKE.map((line) => line.replace(': 13', ': 12'))],
    ['from a foreign page', 403, [...HANDSHAKE, 'Origin: https://evil.example']],
    [
      'for another protocol',
      426,
      HANDSHAKE.map((line) => line.replace('Upgrade: websocket', 'Upgrade: h2c')),
    ],
    ['without an offer to upgrade', 426, []],
  ])('refuses a handshake %s with %i, and says which version it speaks', async (_what, status, headers) => {
    const answer = await exchange(echo.port, requestText(echo.port, 'GET /', [...headers]), {
      isEnough: (text) => text.includes('\r\n\r\n'),
    })
    expect(answer.statuses).toEqual([status])
    expect(answer.text).toMatch(/^sec-websocket-version: 13\r$/im)
  })

  it.each(['https://chat.example', 'own'])('lets pages of %s connect', async (origin) => {
    const line = `Origin: ${origin === 'own' ? `http://localhost:${echo.port}` : origin}`
    const answer = await exchange(echo.port, requestText(echo.port, 'GET /', [...HANDSHAKE, line]), {
      isEnough: (text) => text.includes('\r\n\r\n'),
    })
    expect(answer.statuses).toEqual([101])
  })
})

describe('npm run echo', () => {
  const start = (...args: string[]) => {
    const [program, ...command] = script('echo', ...args)
    return spawn(program!, command, { cwd: root })
  }

  it('says where it listens, echoes there, and ends with the signal', async () => {
    const child = start('--transport', ECHOES.at(-1)!)
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const port = Number(/ws:\/\/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1])
    const hello: EchoCase = ECHO_CASES.find(({ name }) => name === '5: a text in two fragments')!
    expect(String((await play(port, hello))[0]!.payload)).toBe('Hello')
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(0)
  })

  it('says what is wrong, and exits with 2', async () => {
    const child = start('--transport', 'sse')
    let said = ''
    child.stderr.on('data', (data) => (said += data))
    expect((await once(child, 'close'))[0]).toBe(2)
    expect(said).toMatch(/^echo: --transport must name one of .*, not "sse"\nSee npm run echo -- --help\n$/)
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no transport', [], /--transport must name one of/],
    ['a port that is none', ['--transport', ECHOES[0]!, '--port', '65536'], /--port must be/],
    ['an address that is none', ['--transport', ECHOES[0]!, '--host', 'a b'], /--host must be/],
    ['a limit that is none', ['--transport', ECHOES[0]!, '--max-message', '0'], /--max-message must be/],
    [
      'an origin that is none',
      ['--transport', ECHOES[0]!, '--origin', 'chat.example'],
      /--origin must look like/,
    ],
    ['an option that is none', ['--transprot', 'x'], /Unknown option/],
  ])('refuses %s', (_what, args, words) => {
    expect(() => parseEcho(args)).toThrow(words)
  })
})
