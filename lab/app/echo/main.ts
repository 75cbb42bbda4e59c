/** `npm run echo`: an echo server for WebSocket conformance suites. */
import { onEnding } from '../../command/ending.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { say } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import { type EchoCommand, echoCommand, LINE } from './options.ts'
import { type Echo, startEcho } from './start-echo.ts'

/** @returns the exit code, when a signal has ended it */
async function serve(command: EchoCommand): Promise<number> {
  const echo = await start(command)
  say(`An echo of ${command.transport} listens at ws://${urlHost(command.host)}:${echo.port}`)
  await new Promise<void>((end) => onEnding(() => end()))
  await echo.close()
  return 0
}

async function start({ transport, ...options }: EchoCommand): Promise<Echo> {
  const { port, host } = options
  try {
    return await startEcho(transport, options)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new UsageError(`port ${port} is in use; try --port 0`)
    if (code === 'EACCES') throw new UsageError(`port ${port} needs rights that you do not have`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new UsageError(`--host ${host} is no address of this machine`)
    throw error
  }
}

const urlHost = (host: string) => (host.includes(':') ? `[${host}]` : host)

await runCommandLine(LINE, ({ values }) => serve(echoCommand(values)))
