/**
 * `guard.ts PROGRAM ARGUMENTS`: runs another's program, and ends it with all that it has started when we end.
 *
 * A test run has workers, servers and browsers of its own, and a signal to one of them leaves the others. So
 * check.ts starts this file in a process group of its own, in which all of them are.
 */
import { spawn } from 'node:child_process'
import { complain, leave } from '../../command/terminal.ts'

/** How long a program that was asked to end may take before it is ended. */
const TIMEOUT_MS = 3_000

const [program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let isEnding = false

process.once('SIGTERM', () => {
  isEnding = true
  child.kill('SIGTERM')
  setTimeout(() => process.exit(1), TIMEOUT_MS)
})
// Also when check.ts was killed: end-with-parent.ts ends this process then.
process.once('exit', () => {
  const isDone = child.exitCode !== null || child.signalCode !== null || child.pid === undefined
  if (!isDone || isEnding) process.kill(-process.pid, 'SIGKILL')
})
child.once('error', ({ message }) => {
  complain(`${program} did not start: ${message}. Run npm ci.`)
  void leave(1)
})
child.once('exit', (code) => process.exit(code ?? 1))
