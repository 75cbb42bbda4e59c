/** `npm run cluster`: starts many labs that are one, says what runs where, and stops all of it on Ctrl-C. */
import { resolve } from 'node:path'
import { type Ending, onEnding } from '../command/ending.ts'
import { runCommandLine } from '../command/options/command-line.ts'
import { temporaryFolder } from '../command/temporary.ts'
import { complain, leave, say } from '../command/terminal.ts'
import { type Cluster, planCluster } from './cluster.ts'
import { claimDataFolder } from './data-folder.ts'
import { find } from './machine/find.ts'
import { type Program, ProgramError } from './machine/program.ts'
import { startCleaner } from './machine/start-cleaner.ts'
import { missing } from './missing.ts'
import { type ClusterOptions, clusterOptions, LINE } from './options.ts'
import { tableOf } from './table.ts'

const PROGRAM = { nats: 'nats-server', etcd: 'etcd' } as const

/** How long it waits for a reader of its last output. */
const LAST_WORDS_MS = 200

/** @returns the exit code */
async function run(options: ClusterOptions): Promise<number> {
  const engineFile = options[options.engine] ?? find(PROGRAM[options.engine])
  const frontFile = find(options.front)
  const lacking = missing({ [PROGRAM[options.engine]]: engineFile, [options.front]: frontFile })
  for (const line of lacking) complain(`cluster: ${line}`)
  if (engineFile === null || frontFile === null) return 1

  const over = new AbortController()
  const ending = new Promise<Ending>((end) =>
    onEnding((how) => {
      over.abort(how)
      end(how)
    }),
  )
  const temporary = temporaryFolder('lab-cluster')
  const data = options.data === null ? temporary : resolve(options.data)
  if (options.data !== null) claimDataFolder(data, options.engine, options.engines)
  let cluster: Cluster | null = null
  try {
    const onProcess = await startCleaner([temporary])
    cluster = await planCluster({ ...options, engineFile, frontFile, data, temporary, onProcess })
    say(`Starting ${wordsOn(options)}. The first start makes the pages, and takes a while.`)
    await cluster.start(over.signal)
    return await serve(cluster, options, ending)
  } catch (error) {
    if (over.signal.aborted) return (over.signal.reason as Ending).exitCode
    if (!(error instanceof ProgramError)) throw error
    complain(`cluster: ${error.message}`)
    return 1
  } finally {
    await cluster?.stop()
  }
}

async function serve(cluster: Cluster, { data }: ClusterOptions, ending: Promise<Ending>): Promise<number> {
  for (const line of tableOf(cluster)) say(line)
  say()
  say(`Transport Lab is open at http://localhost:${cluster.port}`)
  say('Each request goes to the next server: no sticky sessions. All lanes share that port (--single-port),')
  say('so their wires can be neither watched nor cut, and a browser opens six connections to it at most.')
  say(`A client that is not on this machine must show the control this token: ${cluster.control!.token}`)
  say(data === null ? 'Nothing is kept: it ends with this command.' : `What it knows is kept in ${data}.`)
  say('Ctrl-C stops all of it.')
  const forget = cluster.programs.map(tellWhenItEnds)
  await ending
  for (const one of forget) one()
  say('Stopping.')
  return 0
}

const wordsOn = ({ servers, engines }: ClusterOptions) =>
  `${engines === 1 ? 'one engine node' : `${engines} engine nodes`}, ${servers === 1 ? 'one server' : `${servers} servers`} and the front`

/** One that ends and was not told to is said: by whatever ended it. */
function tellWhenItEnds(program: Program): () => void {
  return program.onEnd((how) => complain(`${program.name} has ended (${how})`))
}

await runCommandLine(LINE, async ({ values }) => leave(await run(clusterOptions(values)), LAST_WORDS_MS))
