/** Starts a step of chapter 15 as its reader does: `node server.mjs`, in its folder. For tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export const LAST_STEP = 8

/** From the root of the repository. */
export const stepFolder = (step: number): string => `docs/examples/chat/step-${step}`

export interface Started {
  /** With a slash at its end. */
  readonly url: string
  readonly process: ChildProcess
}

/**
 * @param port where to listen; any free one unless given
 * @throws Error when the server ends before it has said where it listens
 */
export async function start(step: number, port = 0): Promise<Started> {
  const started = spawn(process.execPath, ['server.mjs'], {
    cwd: stepFolder(step),
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(started, 'exit').then(() => {
    throw new Error(`step ${step} ended before it listened`)
  })
  ended.catch(() => {})
  const [line] = (await Promise.race([once(started.stdout!, 'data'), ended])) as [Buffer]
  return { url: String(line).trim(), process: started }
}
