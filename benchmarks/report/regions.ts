/** The regions of figures in the documents, as Markdown. */
import { keyOf } from '../collect.ts'
import { METRICS, metricOf } from '../metrics.ts'
import type { Figure, RunFile } from '../run-file.ts'
import { SCENARIO_NAMES, type ScenarioName } from '../settings.ts'
import { FLOOR } from '../subjects/all.ts'
import { judge } from '../verdicts/goals.ts'
import { boundOf, reachedOf } from './goal-lines.ts'
import { digits, inWords, loadInWords } from './units.ts'

const NO_RUN = 'No run has been committed yet.'

/** What stands there when the committed run has nothing to say to it. */
export const NOT_MEASURED = 'Not measured in the committed run.'

/** @throws Error when there is no region of that name */
export function regionOf(name: string, run: RunFile | null): string {
  const make = REGIONS.get(name)
  if (!make) throw new Error(`there are no figures '${name}', but ${[...REGIONS.keys()].join(', ')}`)
  return run ? make(run) : NO_RUN
}

const REGIONS: ReadonlyMap<string, (run: RunFile) => string> = new Map([
  ['machine', machine],
  ['goals', goals],
  ['headline', headline],
  ['stream-or-socket', streamOrSocket],
  ['self-check', selfChecks],
  ['notes', notes],
  ...SCENARIO_NAMES.flatMap((name) => [
    [name, (run: RunFile) => scenario(run, name)] as const,
    [`${name}-in-short`, (run: RunFile) => scenarioInShort(run, name)] as const,
  ]),
])

function machine({ machine, versions, startedAt, seconds, seed, profile, settings }: RunFile): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return (
    `Measured on ${startedAt.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ` +
    `${digits(machine.memoryBytes / 2 ** 30)} GiB, ${machine.os}, ` +
    `${machine.fileDescriptors.toLocaleString('en')} file descriptors; ${packages.join(', ')}. ` +
    `Profile ${profile}, ${String(settings.repeat)} repetitions, seed ${seed}, ` +
    `${Math.round(seconds).toLocaleString('en')} s in all.`
  )
}

function goals(run: RunFile): string {
  return table(
    ['Goal', 'Bound', 'Reached', '', 'Best peer seen'],
    judge(run).map((one) => [one.goal.name, boundOf(one), reachedOf(one), one.verdict, one.goal.peer || '–']),
  )
}

/** One number for each question that people ask first, at the load that is most like theirs. */
const HEADLINE: readonly (readonly [ScenarioName, string, string])[] = [
  ['latency', 'p50', 'publish to receive, half of all'],
  ['latency', 'p99', 'publish to receive, 99 of 100'],
  ['fan-out', 'cpu-per-delivery', 'server CPU per delivery'],
  ['idle', 'rss-per-connection', 'memory per idle connection'],
  ['idle', 'bytes-up-per-minute', 'bytes that an idle client sends in a minute'],
  ['wire', 'bytes-down', 'bytes to a client per message'],
]

function headline(run: RunFile): string {
  return oneLoadEach(run, oursIn(run), HEADLINE)
}

/** What people want to know who waver between a stream and a socket. */
const STREAM_OR_SOCKET: readonly (readonly [ScenarioName, string])[] = [
  ['latency', 'p50'],
  ['latency', 'p99'],
  ['wire', 'bytes-down'],
  ['connect', 'first-message-p50'],
  ['connect', 'bytes-up'],
  ['connect', 'bytes-down'],
  ['idle', 'rss-per-connection'],
  ['idle', 'bytes-down-per-minute'],
  ['fan-out', 'cpu-per-delivery'],
]

function streamOrSocket(run: RunFile): string {
  const both = oursIn(run).filter(({ name }) => [FLOOR, 'sse', 'websocket'].includes(name))
  return oneLoadEach(run, both, STREAM_OR_SOCKET.map(titled))
}

/** A scenario for a chapter: without other people's libraries, and without what only tells how good the measurement was. */
function scenarioInShort(run: RunFile, name: ScenarioName): string {
  if (!run.figures.some((one) => one.scenario === name)) return NOT_MEASURED
  const judged = Object.keys(METRICS[name]).filter((metric) => metricOf(name, metric)?.judged)
  return oneLoadEach(
    run,
    oursIn(run),
    judged.map((metric) => titled([name, metric])),
  )
}

const oursIn = ({ subjects }: RunFile) => subjects.filter(({ kind }) => kind !== 'peer')
const titled = ([scenario, metric]: readonly [ScenarioName, string]) =>
  [scenario, metric, metricOf(scenario, metric)?.title ?? metric] as const

/** Metrics, each at one load, by subjects. Of which there are more, those are the rows: a table may be long, not wide. */
function oneLoadEach(
  run: RunFile,
  subjects: RunFile['subjects'],
  metrics: readonly (readonly [ScenarioName, string, string])[],
): string {
  const columns = metrics.flatMap(([scenario, metric, title]) => {
    const of = (subject: string) =>
      run.figures.find((one) => one.subject === subject && one.scenario === scenario && one.metric === metric)
    // Of several loads the one that was measured first, the same for all.
    const at =
      of(FLOOR)?.at ?? run.figures.find((one) => one.scenario === scenario && one.metric === metric)?.at
    if (!at) return []
    const figures = subjects.map(({ name }) => figureAt(run, name, scenario, metric, at))
    return [{ title: `${title} (${loadInWords(at)})`, figures }]
  })
  if (columns.length === 0) return NOT_MEASURED
  // Of a subject that was measured in none of this, such as one that another carries, there is nothing to say.
  const rows = subjects.flatMap(({ title }, index) =>
    columns.some(({ figures }) => figures[index])
      ? [[title, ...columns.map(({ figures }) => cell(figures[index]))]]
      : [],
  )
  const bySubject = [['', ...columns.map(({ title }) => title)], ...rows]
  const [head, ...body] = rows.length > columns.length ? bySubject : turned(bySubject)
  return table(head!, body)
}

const turned = (rows: readonly (readonly string[])[]) =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!))

function scenario(run: RunFile, name: ScenarioName): string {
  const ours = run.figures.filter((one) => one.scenario === name)
  if (ours.length === 0) return NOT_MEASURED
  const measured = run.subjects.filter((one) => ours.some(({ subject }) => subject === one.name))
  const isPeer = ({ kind }: RunFile['subjects'][number]) => kind === 'peer'
  const peers = measured.filter((one) => isPeer(one) || one.name === FLOOR)
  const lab = scenarioTable(
    run,
    name,
    ours,
    measured.filter((one) => !isPeer(one)),
  )
  // Twenty columns are no table. Raw TCP stands in both: the ratios are to it.
  return peers.some(isPeer) ? `${lab}\n\nThe peers:\n\n${scenarioTable(run, name, ours, peers)}` : lab
}

function scenarioTable(
  run: RunFile,
  name: ScenarioName,
  ours: readonly Figure[],
  subjects: RunFile['subjects'],
): string {
  const rows = Object.keys(METRICS[name]).flatMap((metric) => {
    const loads = new Map(ours.filter((one) => one.metric === metric).map((one) => [keyOf(one.at), one.at]))
    return [...loads.values()].map((at) => [
      `${metricOf(name, metric)?.title} · ${loadInWords(at)}`,
      ...subjects.map((one) => cell(figureAt(run, one.name, name, metric, at))),
    ])
  })
  return table(['', ...subjects.map((one) => one.name)], rows)
}

function selfChecks({ selfCheck }: RunFile): string {
  return table(
    ['Check', 'Expected', 'Read', 'Tolerance'],
    selfCheck.map(({ what, expected, measured, tolerance, unit }) => [
      what,
      inUnit(expected, unit),
      inUnit(Number(measured.toPrecision(5)), unit),
      tolerance === 0 ? 'exact' : `± ${inUnit(tolerance, unit)}`,
    ]),
  )
}

/** What is counted has the unit 1, which is not written out. */
const inUnit = (value: number, unit: string) =>
  unit === '1' ? value.toLocaleString('en') : `${value.toLocaleString('en')} ${unit}`

function notes({ notes }: RunFile): string {
  return notes.length === 0 ? 'The run has nothing to remark.' : notes.map((note) => `- ${note}`).join('\n')
}

function figureAt(run: RunFile, subject: string, scenario: string, metric: string, at: Figure['at']) {
  return run.figures.find(
    (one) =>
      one.subject === subject &&
      one.scenario === scenario &&
      one.metric === metric &&
      keyOf(one.at) === keyOf(at),
  )
}

function cell(figure: Figure | undefined): string {
  if (!figure) return '–'
  const value = inWords(figure.median, figure.unit)
  if (!figure.ratio) return value
  const sign = figure.ratio.verdict === 'no difference' ? '≈' : '×'
  return `${value} (${sign} ${digits(figure.ratio.median)})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
