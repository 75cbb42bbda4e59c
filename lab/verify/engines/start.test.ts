/** `npm start -- --engine` as a person meets it, with a real NATS: two labs that are one, and each start that cannot be. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { script, started } from '../../command/started.ts'
import { freePorts } from '../kit/network/ports.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { NATS, type Nats, startNats } from './nats-server.ts'

const LIMIT_MS = 240_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

const running: ChildProcess[] = []
const folder = mkdtempSync(join(tmpdir(), 'lab-engine-'))
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(data: string, ...args: string[]) {
  const one = started(script('start', '--single-port', '--port', '0', '--data', join(folder, data), ...args))
  running.push(one.child)
  return one
}

async function startAndWait(data: string, ...args: string[]) {
  const one = start(data, ...args)
  await expect.poll(() => one.said.out + one.said.err, { timeout: 120_000 }).toMatch(/Ctrl-C closes it/)
  return {
    ...one,
    url: /http:\/\/localhost:\d+/.exec(one.said.out)![0].replace('localhost', '127.0.0.1'),
  }
}

const headers = { 'content-type': 'application/json' }
const say = async (url: string, text: string, cookie = '') => {
  const body = JSON.stringify({ draftId: text, ...(cookie === '' && { author: 'ben' }), text })
  const response = await fetch(`${url}/rooms/lobby/messages`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body,
  })
  return { status: response.status, message: (await response.json()) as Record<string, unknown> }
}
const read = async (url: string) =>
  (
    (await (await fetch(`${url}/rooms/lobby/messages`)).json()) as { messages: { text: string }[] }
  ).messages.map(({ text }) => text)

describe('npm start -- --engine', { timeout: LIMIT_MS }, () => {
  it('without a NATS there says so in a line that says what to do, and ends with 1', async () => {
    const [port] = await freePorts(1)
    const { said, ended } = start('none', '--engine', `nats://127.0.0.1:${port}`)
    expect(await ended).toBe(1)
    expect(said.err).toMatch(
      new RegExp(
        `^transport-lab: no NATS server answers at 127.0.0.1:${port} .*; start one \\(nats-server -js\\)`,
      ),
    )
    expect(said.err).not.toContain('    at ')
  })
})

describe.runIf(NATS)('two labs on one NATS', { timeout: LIMIT_MS }, () => {
  let nats: Nats
  beforeAll(async () => {
    nats = await startNats()
    return () => nats.stop()
  }, LIMIT_MS)

  it('are one lab: what is said at one is read at the other, by people who sign in once; and a folder belongs to their log', async () => {
    const engine = ['--engine', nats.address]
    const left = await startAndWait('left', ...engine)
    const right = await startAndWait('right', ...engine)
    const [, log] = /all servers of the log ([a-z0-9]+), on NATS at 127\.0\.0\.1:\d+\./.exec(left.said.out)!
    expect(right.said.out).toContain(log)

    const signedIn = await fetch(`${left.url}/session`, { method: 'POST', headers, body: '{"name":"Ada"}' })
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
    expect(await say(right.url, 'from Ada', cookie)).toMatchObject({
      status: 201,
      message: { seq: 1, author: 'Ada' },
    })
    expect(await say(left.url, 'from Ben')).toMatchObject({ status: 201, message: { seq: 2 } })
    await expect.poll(() => read(right.url)).toEqual(['from Ada', 'from Ben'])

    // Killed, and behind by what is said meanwhile.
    right.child.kill('SIGKILL')
    await right.ended
    await say(left.url, 'meanwhile')
    const again = await startAndWait('right', ...engine)
    expect(await read(again.url)).toEqual(['from Ada', 'from Ben', 'meanwhile'])
    const health = await fetch(`${again.url}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', behind: 0 }])

    again.child.kill('SIGINT')
    expect(await again.ended).toBe(0)
    const alone = start('right')
    expect([await alone.ended, alone.said.err]).toEqual([
      2,
      expect.stringContaining('belongs to a log that several'),
    ])
  })
})
