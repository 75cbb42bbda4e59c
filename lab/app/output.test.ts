/** Nothing that becomes of the lab's output stops the lab: a reader that goes, one that does not read, a log that is renamed. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { HAS_PROC, type Started, script, started } from '../command/started.ts'

const LIMIT = { timeout: 120_000 }
const TIMEOUT = { timeout: 60_000, interval: 20 }
const folder = mkdtempSync(join(tmpdir(), 'lab-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})

function start(args: readonly string[], unread: readonly ('stdout' | 'stderr')[] = []): Started {
  const lab = started(script('start', '--port', '0', '--memory', ...args), { unread })
  running.push(lab)
  return lab
}
async function addressOf(lab: Started): Promise<string> {
  await expect.poll(() => lab.said.out, TIMEOUT).toContain('Ctrl-C closes it.')
  return /(http:\/\/localhost:\d+)\n/.exec(lab.said.out)![1]!
}
const eventsIn = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { event: string }).event)

/** More bytes of lines than a pipe holds (64 KiB), and than we and Node hold back for a reader. */
const MANY = 9_000
const AT_ONCE = 50

describe.runIf(HAS_PROC)('npm start', LIMIT, () => {
  it('closes in order on Ctrl-C when the reader of its output has gone', async () => {
    const lab = start([])
    await addressOf(lab)
    lab.child.stdout!.destroy()
    lab.child.kill('SIGINT')
    expect(await lab.ended).toBe(0)
    expect(eventsIn(lab.said.err)).toEqual(['started', 'stopping', 'stopped'])
  })

  it('goes on answering when no program reads its log, and says later how much is missing; TERM ends it', async () => {
    const lab = start(['--log-requests'], ['stderr'])
    const address = await addressOf(lab)
    for (let i = 0; i < MANY; i += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => fetch(`${address}/healthz`)))
      for (const answer of answers) expect(answer.status).toBe(200)
      await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    }
    // The log is read again: a line of it tells how much is missing.
    lab.child.stderr!.on('data', (bytes) => (lab.said.err += bytes))
    await expect
      .poll(async () => {
        await (await fetch(`${address}/healthz`)).arrayBuffer()
        return lab.said.err
      }, TIMEOUT)
      .toMatch(/"event":"lines dropped, since stderr was not read","count":\d+/)
    const lines = lab.said.err.trim().split('\n').slice(0, -1)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()

    lab.child.stderr!.pause()
    lab.child.kill('SIGTERM')
    expect(await lab.ended).toBe(0)
  })

  it('ends on TERM when no program has read its log', async () => {
    const lab = start(['--log-requests'], ['stderr'])
    const address = await addressOf(lab)
    const path = `${address}/${'x'.repeat(150)}`
    for (let i = 0; i < 1_500; i += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, async () => (await fetch(path)).arrayBuffer()))
    lab.child.kill('SIGTERM')
    expect(await lab.ended).toBe(0)
  })

  it('reopens its log on HUP, and loses no line of it', async () => {
    const file = join(folder, 'lab.log')
    const lab = start(['--log', file, '--log-requests'])
    const address = await addressOf(lab)
    await fetch(`${address}/healthz`)
    renameSync(file, `${file}.1`)
    await fetch(`${address}/healthz`)
    lab.child.kill('SIGHUP')
    await expect.poll(() => existsSync(file), TIMEOUT).toBe(true)
    await fetch(`${address}/healthz`)
    await expect.poll(() => readFileSync(file, 'utf8'), TIMEOUT).toContain('"request"')
    lab.child.kill('SIGINT')
    expect(await lab.ended).toBe(0)
    expect(eventsIn(readFileSync(`${file}.1`, 'utf8'))).toEqual([
      ...['started', 'request', 'request', 'the log goes on in a new file'],
    ])
    expect(eventsIn(readFileSync(file, 'utf8'))).toEqual([
      'the log was reopened',
      'request',
      'stopping',
      'stopped',
    ])
  })

  it('goes on in the old log when HUP comes and the new one cannot be opened', async () => {
    const inner = mkdtempSync(join(folder, 'inner-'))
    const file = join(inner, 'lab.log')
    const lab = start(['--log', file])
    await addressOf(lab)
    renameSync(inner, `${inner}-moved`)
    lab.child.kill('SIGHUP')
    const moved = join(`${inner}-moved`, 'lab.log')
    await expect.poll(() => readFileSync(moved, 'utf8'), TIMEOUT).toContain('the log cannot be reopened')
    lab.child.kill('SIGINT')
    expect(await lab.ended).toBe(0)
    expect(eventsIn(readFileSync(moved, 'utf8')).at(-1)).toBe('stopped')
  })

  it('closes in order on HUP when there is no log to reopen', async () => {
    const lab = start([])
    await addressOf(lab)
    lab.child.kill('SIGHUP')
    expect(await lab.ended).toBe(0)
    expect(eventsIn(lab.said.err)).toEqual(['started', 'stopping', 'stopped'])
  })
})
