/** On what, and with what, a run was measured: without it, a figure is an anecdote. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Machine } from '../run-file.ts'

const root = join(import.meta.dirname, '../..')

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${platform()} ${release()}`,
    fileDescriptors: fileDescriptors(),
  }
}

/** How many files and sockets one process may have open. A shell knows; Node has no call for it. */
export function fileDescriptors(): number {
  const text = output('/bin/sh', ['-c', 'ulimit -n'])
  if (text === 'unlimited') return 1_048_576
  return Number(text) || 1_024 // what POSIX systems give when they say nothing
}

/** Installed, not wished for: the versions that package.json files in node_modules state. */
export function describeVersions(): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node }
  for (const name of MEASURED_WITH) {
    const version = installedVersion(name)
    if (version) versions[name] = version
  }
  const changes = output('git', ['status', '--porcelain', '--untracked-files=no'])
  versions.commit = (output('git', ['rev-parse', '--short=12', 'HEAD']) || 'unknown') + (changes ? '+' : '')
  return versions
}

const MEASURED_WITH = ['fastify', 'ws', 'autocannon', 'hdr-histogram-js', 'socket.io', 'better-sse', 'tsx']

function installedVersion(name: string): string | null {
  try {
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as { version: string }
    return version
  } catch {
    return null
  }
}

function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}
