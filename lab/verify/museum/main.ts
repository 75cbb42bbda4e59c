/** `npm run museum`: shows a bug by its bytes, or serves it to a browser. */
import { onEnding } from '../../command/ending.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { say } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import type { Bug } from './bugs.ts'
import { EXHIBITS, type Exhibit } from './exhibits.ts'
import { type NaiveServer, startNaiveServer } from './naive-server.ts'
import { LINE, type MuseumCommand, museumCommand } from './options.ts'
import { play } from './play.ts'

const exhibitOf = (bug: Bug): Exhibit => EXHIBITS.find(({ name }) => name === bug)!

/** @returns the exit code */
async function run(command: MuseumCommand): Promise<number> {
  if (command.kind === 'list') for (const { name, title } of EXHIBITS) say(`${name.padEnd(20)} ${title}`)
  else if (command.kind === 'show') for (const bug of command.bugs) await show(exhibitOf(bug))
  else await serve(command.bugs, command.port)
  return 0
}

async function show({ name, title, breaks, script, mend, mendedBy }: Exhibit): Promise<void> {
  const { sent, wanted, came } = await play(script, new Set([name]))
  say(`${title}\n${breaks}\n`)
  say(`  the client sends   ${sent}`)
  say(`  RFC 6455 wants     ${wanted}`)
  say(`  this server sends  ${came}\n`)
  say(`${mendedBy} ${mend.file}:\n  ${mend.code}`)
}

async function serve(bugs: readonly Bug[], port: number): Promise<void> {
  const server = await start(bugs, port)
  const url = `ws://127.0.0.1:${server.port}`
  say(`Listening at ${url}, with ${bugs.join(', ')}. In the console of a page of http://localhost:`)
  say(`  const s = new WebSocket("${url}")`)
  say('  const { log } = console')
  say('  s.onmessage = (e) => log(e.data.length, e.data)')
  say('  s.onclose = (e) => log("closed", e.code)')
  say('  s.send("x".repeat(126))')
  await new Promise<void>((end) => onEnding(() => end()))
  await server.close()
}

async function start(bugs: readonly Bug[], port: number): Promise<NaiveServer> {
  try {
    return await startNaiveServer({ bugs: new Set(bugs), port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new UsageError(`port ${port} is in use; try --port 0`)
    if (code === 'EACCES') throw new UsageError(`port ${port} needs rights that you do not have`)
    throw error
  }
}

await runCommandLine(LINE, ({ values }) => run(museumCommand(values)))
