/** The command, as a person runs it: what it prints where, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { childrenOf, HAS_PROC, isAlive } from './processes/child-processes.ts'
import { RUN_FORMAT, type RunFile } from './run-file.ts'

const LIMIT_MS = 120_000
const folder = mkdtempSync(join(tmpdir(), 'bench-'))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return {
    child,
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))),
  }
}

const SMALL = ['--only', 'sse', '--scenario', 'connect', '--subscribers', '5', '--repeat', '1', '--seed', '1']

/**
 * The load process and a server of the command, once the load is at work: it is when a second server has taken
 * the place of the first. A process that is still starting ends by itself, and would prove nothing.
 */
function processesOf(child: ChildProcess): Promise<number[]> {
  const servers = new Set<number>()
  return vi.waitUntil(
    () => {
      for (const pid of childrenOf(child.pid ?? 0, '/server.js')) servers.add(pid)
      const found = childrenOf(child.pid ?? 0, 'compiled/benchmarks-processes-')
      return servers.size >= 2 && found.length >= 2 ? found : null
    },
    { timeout: LIMIT_MS / 2, interval: 20 },
  )
}

const untilGone = (pids: readonly number[]) =>
  vi.waitUntil(() => !pids.some(isAlive), { timeout: LIMIT_MS / 4, interval: 50 })

describe('npm run bench', () => {
  it(
    'prints the run with --json, keeps a copy, and exits 1 for a broken threshold',
    async () => {
      const out = join(folder, 'run.json')
      const { code, stdout, stderr } = await start(
        ...[...SMALL, '--json', '--out', out],
        ...['--threshold', 'sse.connect.bytes-up<1', '--threshold', 'sse.connect.bytes-down>1'],
      ).ended
      const run = JSON.parse(stdout) as RunFile
      expect(run.format).toBe(RUN_FORMAT)
      expect(stderr).toMatch(/^bench: threshold sse.connect.bytes-up<1 is broken: \d+ B/)
      expect(run.figures.length).toBeGreaterThan(5)
      expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(run)
      expect(stderr).not.toMatch(/bytes-down/)
      expect(code).toBe(1)
    },
    LIMIT_MS,
  )

  it(
    'prints the summary without colours into a pipe, with the paths of the files, and exits 0',
    async () => {
      const out = join(folder, 'table.json')
      const { code, stdout, stderr } = await start(...SMALL, '--out', out).ended
      expect(stderr).toBe('')
      expect(stdout).toMatch(/^ +raw-tcp +sse +spread\ntime to connect, ms /m)
      expect(stdout.split('\n').length).toBeLessThanOrEqual(41)
      expect(stdout).toContain('table.json')
      expect(stdout).not.toContain('\u001b')
      expect(code).toBe(0)
    },
    LIMIT_MS,
  )

  it(
    'prints every figure with --verbose',
    async () => {
      const { code, stdout } = await start(...SMALL, '--verbose', '--out', join(folder, 'long.json')).ended
      expect(stdout).toMatch(/connect +raw-tcp +sse/)
      expect(stdout).toMatch(/bytes to set up, to the server/)
      expect(code).toBe(0)
    },
    LIMIT_MS,
  )

  it('tells how it is used, and does nothing else', async () => {
    const { code, stdout } = await start('--help').ended
    expect(stdout).toMatch(/npm run bench -- \[options\]/)
    expect(code).toBe(0)
  })

  it.each([
    [['--scenario', 'weather'], /^bench: --scenario: there is no 'weather', but latency, connect/],
    [['--wings'], /^bench: Unknown option '--wings'/],
    [['--baseline', '/nowhere/run.json'], /^bench: \/nowhere\/run.json cannot be read: ENOENT/],
  ])('exits 2 with one clear line for %j', async (args, line) => {
    const { code, stdout, stderr } = await start(...args).ended
    expect(stderr).toMatch(line)
    expect(stderr).not.toMatch(/ at .*\.ts/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it.runIf(HAS_PROC)(
    'Ctrl-C ends it with 130, and no process is left behind',
    async () => {
      const out = join(folder, 'interrupted.json')
      const { child, ended } = start(
        '--only',
        'sse',
        '--scenario',
        'latency',
        '--duration',
        '600',
        '--out',
        out,
      )
      const pids = await processesOf(child)
      child.kill('SIGINT')
      const { code, stderr } = await ended
      expect(stderr).toMatch(/bench: interrupted/)
      expect(code).toBe(130)
      await untilGone(pids)
    },
    LIMIT_MS,
  )

  it.runIf(HAS_PROC)(
    'a command that is killed takes its processes with it',
    async () => {
      const { child, ended } = start('--only', 'sse', '--scenario', 'latency', '--duration', '600')
      const pids = await processesOf(child)
      child.kill('SIGKILL')
      await ended
      await untilGone(pids)
    },
    LIMIT_MS,
  )
})
