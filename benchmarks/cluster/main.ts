/**
 * `npm run bench:cluster`: what it costs that several labs share one log.
 *
 * Three labs, three nodes of NATS that each keep every entry, and one lab alone, all on this machine and all alive
 * throughout. Each round measures each figure and what it is compared with one after the other; what is compared is the ratio
 * of the two in the same round, and the median of those. All of them share the machine's cores, so the figures
 * are worth what their ratios are. A message that is lost, doubled or out of order ends the run.
 */
import { find } from '../../lab/cluster/machine/find.ts'
import { ProgramError } from '../../lab/cluster/machine/program.ts'
import { startCleaner } from '../../lab/cluster/machine/start-cleaner.ts'
import { missing } from '../../lab/cluster/missing.ts'
import { checkFile } from '../../lab/cluster/options.ts'
import { type Ending, onEnding } from '../../lab/command/ending.ts'
import { runCommandLine, type Values } from '../../lab/command/options/command-line.ts'
import { temporaryFolder } from '../../lab/command/temporary.ts'
import { complain, leave, say, showProgress } from '../../lab/command/terminal.ts'
import { cut, killed } from './crowd.ts'
import { cpuPerDelivery } from './fan-out.ts'
import { FIGURES, type FigureName, linesOf, type Pair } from './figures.ts'
import { hopAndStay } from './hop.ts'
import { type Labs, startLabs } from './labs.ts'
import { appendToFollow, publishToReceive } from './latency.ts'
import { LINE } from './options.ts'
import { openSends, type Sends } from './sends.ts'

type Settings = Values<(typeof LINE)['options']>

/** The engine's part in the target for latency: a message waits for the entry underway, and goes with the next. */
const ENGINE_TIMES = 1.5

async function run(settings: Settings): Promise<number> {
  checkFile('nats', settings.nats, 'nats-server')
  const nats = settings.nats ?? find('nats-server')
  if (nats === null) {
    for (const line of missing({ 'nats-server': nats })) complain(`bench:cluster: ${line}`)
    return 1
  }
  const ending = new Promise<Ending>((end) => onEnding(end))
  const measured = new Map<FigureName, Pair[]>()
  const folder = temporaryFolder('lab-bench-cluster')
  const opened: (() => Promise<void>)[] = []
  try {
    const over = await Promise.race([ending, measure(nats, folder, settings, measured, opened)])
    progress('')
    report(measured, settings)
    return over?.exitCode ?? 0
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    complain(`bench:cluster: ${error.message}`)
    return 1
  } finally {
    for (const close of opened.reverse()) await close()
  }
}

/**
 * @param measured gets each round's figures when that is over
 * @param opened gets what has to be closed
 */
async function measure(
  nats: string,
  folder: string,
  settings: Settings,
  measured: Map<FigureName, Pair[]>,
  opened: (() => Promise<void>)[],
): Promise<null> {
  progress('starting')
  const onProcess = await startCleaner([folder])
  const labs = await startLabs({ nats, folder, onProcess })
  opened.push(labs.stop)
  const sends = await openSends(labs.engine, folder)
  opened.push(sends.close)
  for (let round = 0; round < settings.rounds; round++)
    for (const [name, pair] of await measureRound(labs, sends, settings, round))
      measured.set(name, [...(measured.get(name) ?? []), pair])
  return null
}

function report(measured: ReadonlyMap<FigureName, readonly Pair[]>, { readers }: Settings): void {
  const [rounds = 0] = [...measured.values()].map(({ length }) => length)
  if (rounds === 0) {
    complain('bench:cluster: no round was over: nothing is measured')
    return
  }
  say(`Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${readers} readers; 120 bytes of text.`)
  for (const [name, pairs] of measured) for (const line of ['', ...linesOf(FIGURES[name], pairs)]) say(line)
}

/** Each figure in this round. Rooms are of one round: a reader that begins gets no past. */
async function measureRound(
  { alone, shared, engine }: Labs,
  sends: Sends,
  { seconds, readers, rounds }: Settings,
  round: number,
): Promise<[FigureName, Pair][]> {
  const step = (what: string) => progress(`round ${round + 1} of ${rounds}: ${what}`)
  const room = (what: string) => `${what}${round}`
  const [first, second] = shared
  step('sends')
  const sent = { own: await sends.throughHub(seconds), beside: await sends.byEngineAlone(seconds) }
  step('latency')
  const across = await publishToReceive(first!, second!, seconds, room('latency'))
  const within = await publishToReceive(alone, alone, seconds, room('latency'))
  const log = await appendToFollow(engine, seconds)
  step('CPU time')
  const cpu = {
    own: await cpuPerDelivery(first!, readers, seconds, room('cpu')),
    beside: await cpuPerDelivery(alone, readers, seconds, room('cpu')),
  }
  step('a crowd')
  const crowd = {
    own: await killed(shared, readers, room('crowd')),
    beside: await cut(alone, readers, room('crowd')),
  }
  step('polls')
  const { hops, stays } = await hopAndStay(shared, seconds, room('polls'))
  return [
    ['sends', sent],
    ['latency', { own: across, beside: within + ENGINE_TIMES * log }],
    ['cpu', cpu],
    ['crowd', crowd],
    ['requests', { own: hops.requests, beside: stays.requests }],
    ['bytes', { own: hops.bytes, beside: stays.bytes }],
    ['hop', { own: hops.p50Ms, beside: stays.p50Ms }],
  ]
}

/** On one line, which the next overwrites (ECMA-48, EL). */
const progress = (text: string) => showProgress(`\r${text}\x1b[K`)

await runCommandLine(LINE, async ({ values }) => leave(await run(values)))
