/**
 * A run: every scenario, repetition by repetition, subject by subject.
 *
 * Repetitions are interleaved: first all subjects once, then all again, each round in an order that the
 * seed decides. A machine that grows warm, or busy for a while, then troubles all alike, and the ratios of one
 * round are ratios between neighbours. Servers are started once and stay for the whole run.
 */
import { availableParallelism } from 'node:os'
import { createCollection } from './collect.ts'
import { SelfCheckFailed } from './errors.ts'
import { describeMachine, describeVersions } from './measure/machine.ts'
import { type Bench, startBench, startLoad } from './processes/bench.ts'
import { stopAllProcesses } from './processes/remote.ts'
import { type Quietness, watchOthers, watchWhileMeasuring } from './quiet/others.ts'
import { waitUntilQuiet } from './quiet/wait.ts'
import { busyBefore, disturbed, repeated } from './quiet/words.ts'
import { type Measured, nameOf, planRounds, type Round, repeatDisturbed, secondsOf } from './rounds.ts'
import { type Check, RUN_FORMAT, type RunFile, type SubjectInfo } from './run-file.ts'
import { describeCheck, selfCheck } from './self-check.ts'
import { type Settings, timeLimitS, withinDescriptors } from './settings.ts'
import { absentInWords, FLOOR, loadSubjects } from './subjects/all.ts'
import { doubtsAbout } from './verdicts/doubts.ts'

export interface Progress {
  /** From 0 to 1. */
  done: number
  secondsLeft: number
  now: string
}

export interface RunHooks {
  /** Aborts when the person has seen enough: what has been measured is returned. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** Another self-check than the real one, for tests. */
  readonly check?: typeof selfCheck
  /** How long to wait for a quiet machine, at most; 0 unless given. */
  readonly waitQuietS?: number
  /** Told before anything is measured that other programs take so many cores. */
  readonly onNoise?: (others: number, cores: number) => void
  /** Told before anything is measured which peers are left out, and how to get them. */
  readonly onAbsent?: (line: string) => void
  /** Told while we wait for a quiet machine. */
  readonly onWaiting?: (others: number, cores: number, secondsLeft: number) => void
  /** Other readings than those of this machine, for tests. */
  readonly watches?: { readonly before: Quietness; readonly during: Quietness | null }
}

/** The run so far, and what went wrong: what ended it before its time, or what one subject failed of. */
export interface Outcome {
  readonly run: RunFile
  readonly failure: Error | null
}

/** A load process takes a core, and so does the server; more of them would only share. */
const LOAD_PROCESSES = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))
/** The self-check, and warming all up. */
export const START_S = 3
/** Starting the server of one subject. */
export const START_ONE_S = 0.4
/** Of what other programs take, between two rounds. */
const READING_MS = 500

export async function runBench(wanted: Settings, hooks: RunHooks): Promise<Outcome> {
  const started = performance.now()
  const startedAt = new Date().toISOString()
  const machine = describeMachine()
  const { subjects, absent } = await loadSubjects(wanted.subjects)
  const { settings, notes } = withinDescriptors(
    { ...wanted, subjects: subjects.map(({ name }) => name) },
    machine.fileDescriptors,
  )
  const collection = createCollection()
  const leftOut = absentInWords(absent)
  for (const line of leftOut) hooks.onAbsent?.(line)
  for (const note of [...notes, ...leftOut]) collection.note(note)

  const before = hooks.watches?.before ?? watchOthers()
  const during = hooks.watches ? hooks.watches.during : watchWhileMeasuring()
  const waited = await waitForQuiet()
  const load = await startLoad(LOAD_PROCESSES)
  const benches = new Map<string, Bench>()
  let checks: readonly Check[] = []
  /** Subjects that have failed, and of what: the others go on without them. */
  const dropped = new Map<string, Error>()
  let failure: Error | null = null
  try {
    await untilAborted(hooks.signal, measureAll())
  } catch (error) {
    if (!hooks.signal.aborted) failure = error as Error
  } finally {
    await stopAllProcesses()
  }
  for (const doubt of doubtsAbout(collection.figures)) collection.note(doubt)
  const [firstDropped = null] = dropped.values()
  return { run: runFile(), failure: failure ?? firstDropped }

  async function waitForQuiet(): Promise<{ readonly secondsLeft: number; readonly atS: number }> {
    const { cores } = before
    const seconds = hooks.waitQuietS ?? 0
    const { others, isQuiet, secondsLeft } = await waitUntilQuiet({
      ...{ watch: before, seconds, signal: hooks.signal },
      onWaiting: (others, left) => hooks.onWaiting?.(others, cores, left),
    })
    if (!isQuiet && others !== null) {
      hooks.onNoise?.(others, cores)
      collection.note(busyBefore(others, cores))
    }
    return { secondsLeft, atS: performance.now() / 1e3 }
  }

  async function measureAll(): Promise<void> {
    const rounds = await planRounds(settings, subjects)
    const startS = START_S + subjects.length * START_ONE_S
    let left = startS + secondsOf(rounds)
    const whole = left
    const tell = (now: string, seconds: number) => {
      hooks.onProgress({ done: 1 - left / whole, secondsLeft: left, now })
      left -= seconds
    }

    tell('self-check', startS)
    checks = await (hooks.check ?? selfCheck)(load, settings)
    const wrong = checks.find(({ passed }) => !passed)
    if (wrong) throw new SelfCheckFailed(describeCheck(wrong))
    await startAll()
    const measured: Measured[] = []
    for (const round of rounds) measured.push(await measure(round, tell, null))
    const hasPeers = subjects.some(({ kind }) => kind === 'peer')
    const limitS = timeLimitS(settings, whole, hasPeers)
    if (during) await repeat(measured, during, waited.atS + limitS + waited.secondsLeft)
    hooks.onProgress({ done: 1, secondsLeft: 0, now: 'done' }) // the sum of the parts may be a bit off
  }

  /** @param than how disturbed the round was at first: another try is kept if it was less so; null for the first */
  async function measure(
    round: Round,
    tell: (now: string, seconds: number) => void,
    than: number | null,
  ): Promise<Measured> {
    const began = performance.now()
    const keeps: (() => void)[] = []
    let worst: number | null = null
    for (const { subjects: all, seconds } of round.steps) {
      if (hooks.signal.aborted) break
      const these = all.filter(({ name }) => !dropped.has(name))
      if (these.length === 0) continue
      tell(`${nameOf(round)}: ${these.map(({ name }) => name).join(', ')}`, seconds)
      during?.lap()
      await Promise.all(these.map((subject) => measureOne(round, subject, than === null ? null : keeps)))
      const others = during?.lap() ?? null
      if (others !== null) worst = Math.max(worst ?? 0, others)
    }
    if (than !== null && worst !== null && worst < than && !hooks.signal.aborted)
      for (const keep of keeps) keep()
    return { round, others: worst, seconds: (performance.now() - began) / 1e3 }
  }

  async function measureOne(
    round: Round,
    { name }: SubjectInfo,
    keeps: (() => void)[] | null,
  ): Promise<void> {
    const { scenario, repetition } = round
    const again = keeps && collection.again(name, scenario.name, repetition)
    await orDrop(name, nameOf(round), () =>
      scenario.measure(
        benches.get(name)!,
        { ...settings, seed: settings.seed + repetition },
        again?.recorder ?? collection.recorder(name, scenario.name, repetition),
      ),
    )
    if (again && !dropped.has(name)) keeps.push(again.keep)
  }

  /**
   * What one subject fails of is no reason to lose half an hour of the others: it is left out of the rest, and the run
   * says so. Without the floor there are no ratios: then nothing goes on.
   */
  async function orDrop(name: string, during: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      const error = cause as Error
      if (hooks.signal.aborted || name === FLOOR) throw error
      dropped.set(name, error)
      collection.note(
        `${name} failed in ${during} and was left out from there on: ${error.message.replace(/\.$/, '')}.`,
      )
    }
  }

  async function repeat(measured: readonly Measured[], watch: Quietness, untilS: number): Promise<void> {
    const secondsLeft = () => (hooks.signal.aborted ? 0 : untilS - performance.now() / 1e3)
    const tell = (now: string) => hooks.onProgress({ done: 1, secondsLeft: secondsLeft(), now })
    const { again, disturbed: still } = await repeatDisturbed(measured, {
      ...{ cores: watch.cores, secondsLeft },
      async read() {
        tell('waiting for a quiet moment, to measure disturbed rounds again')
        watch.lap()
        await new Promise((resolve) => setTimeout(resolve, READING_MS))
        return watch.lap()
      },
      measure: (round, than) => measure(round, (now) => tell(`again: ${now}`), than),
    })
    if (again.length > 0) collection.note(repeated(again.map(nameOf)))
    if (still.length === 0) return
    const worst = Math.max(...still.map(({ others }) => others ?? 0))
    const names = still.map(({ round }) => nameOf(round))
    collection.note(disturbed(names, measured.length, worst, watch.cores))
  }

  /** One after the other: all at once would take as long, and leave two cores to a dozen processes. */
  async function startAll(): Promise<void> {
    for (const subject of subjects) {
      if (hooks.signal.aborted) return
      await orDrop(subject.name, 'its start', async () => {
        benches.set(subject.name, await startBench(subject, settings, load))
      })
    }
    await Promise.all([...benches].map(([name, bench]) => orDrop(name, 'warming up', () => warmUp(bench))))
  }

  function runFile(): RunFile {
    const { subjects: _names, scenarios, ...rest } = settings
    return {
      format: RUN_FORMAT,
      startedAt,
      seconds: (performance.now() - started) / 1e3,
      interrupted: hooks.signal.aborted || failure !== null,
      profile: settings.profile,
      settings: { ...flat(rest), scenarios, loadProcesses: LOAD_PROCESSES },
      seed: settings.seed,
      machine,
      versions: Object.assign(describeVersions(), ...subjects.map(({ versions }) => versions?.())),
      selfCheck: checks,
      subjects: subjects.map(infoOf),
      figures: collection.figures,
      distributions: collection.distributions,
      notes: collection.notes,
    }
  }
}

/**
 * Code that has never run is compiled, and then compiled again: that is no message's cost. After one audience of a
 * hundred messages raw TCP's first windows still took a third more CPU than its later ones; after these, no more.
 */
async function warmUp({ gather }: Bench): Promise<void> {
  for (let i = 0; i < WARM_UP.audiences; i++) {
    const audience = await gather(WARM_UP.subscribers)
    await audience.hear(WARM_UP)
    await audience.close()
  }
}
const WARM_UP = { audiences: 3, subscribers: 100, messages: 100, perSecond: 400 }

/** What is under way when the signal aborts is let go; its processes are about to be stopped. */
function untilAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

const infoOf = ({ name, title, kind }: SubjectInfo): SubjectInfo => ({ name, title, kind })

/** `{ latency: { seconds: 1 } }` as `{ 'latency.seconds': 1 }`: a list of settings, not a tree. */
function flat(
  settings: object,
  prefix = '',
): Record<string, string | number | boolean | (string | number)[]> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flat(value as object, `${prefix}${name}.`))
        : [[prefix + name, value]],
    ),
  )
}
