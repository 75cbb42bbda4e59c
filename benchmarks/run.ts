/**
 * A run: every scenario, repetition by repetition, subject by subject.
 *
 * Repetitions are interleaved: first all subjects once, then all again, each round in an order that the
 * seed decides. A machine that grows warm, or busy for a while, then troubles all alike, and the ratios of one
 * round are ratios between neighbours. Servers are started once and stay for the whole run.
 */
import { availableParallelism } from 'node:os'
import { createRandom } from '../lab/wire/random.ts'
import { createCollection } from './collect.ts'
import { SelfCheckFailed } from './errors.ts'
import { describeMachine, describeVersions } from './measure/machine.ts'
import { shuffled } from './measure/random.ts'
import { type Bench, startBench, startLoad } from './processes/bench.ts'
import { stopAllProcesses } from './processes/remote.ts'
import { type Check, RUN_FORMAT, type RunFile, type SubjectInfo } from './run-file.ts'
import { loadScenario } from './scenarios/all.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { describeCheck, selfCheck } from './self-check.ts'
import { type Settings, withinDescriptors } from './settings.ts'
import { loadSubject } from './subjects/all.ts'
import type { Subject } from './subjects/subject.ts'
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
}

/** The run so far, and what ended it before its time. */
export interface Outcome {
  readonly run: RunFile
  readonly failure: Error | null
}

/** One turn of one scenario: of one subject, or of all at once. */
interface Step {
  readonly scenario: Scenario
  readonly repetition: number
  readonly subjects: readonly Subject[]
  readonly seconds: number
}

/** A load process takes a core, and so does the server; more of them would only share. */
const LOAD_PROCESSES = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)))
/** Starting processes and the self-check. */
const START_S = 6

export async function runBench(wanted: Settings, hooks: RunHooks): Promise<Outcome> {
  const started = performance.now()
  const startedAt = new Date().toISOString()
  const machine = describeMachine()
  const { settings, notes } = withinDescriptors(wanted, machine.fileDescriptors)
  const collection = createCollection()
  for (const note of notes) collection.note(note)

  const subjects = await Promise.all(settings.subjects.map(loadSubject))
  const load = startLoad(LOAD_PROCESSES)
  const benches = new Map<string, Bench>()
  let checks: readonly Check[] = []
  let failure: Error | null = null
  try {
    await untilAborted(hooks.signal, measureAll())
  } catch (error) {
    if (!hooks.signal.aborted) failure = error as Error
  } finally {
    await stopAllProcesses()
  }
  for (const doubt of doubtsAbout(collection.figures)) collection.note(doubt)
  return { run: runFile(), failure }

  async function measureAll(): Promise<void> {
    const steps = await plan(settings, subjects)
    let left = START_S + steps.reduce((sum, { seconds }) => sum + seconds, 0)
    const whole = left
    const tell = (now: string, seconds: number) => {
      hooks.onProgress({ done: 1 - left / whole, secondsLeft: left, now })
      left -= seconds
    }

    tell('self-check', START_S)
    checks = await (hooks.check ?? selfCheck)(load, settings)
    const wrong = checks.find(({ passed }) => !passed)
    if (wrong) throw new SelfCheckFailed(describeCheck(wrong))
    await startAll()
    for (const { scenario, repetition, subjects: these, seconds } of steps) {
      if (hooks.signal.aborted) return
      tell(`${scenario.name} ${repetition + 1}: ${these.map(({ name }) => name).join(', ')}`, seconds)
      await Promise.all(
        these.map((subject) =>
          scenario.measure(
            benches.get(subject.name)!,
            { ...settings, seed: settings.seed + repetition },
            collection.recorder(subject.name, scenario.name),
          ),
        ),
      )
    }
    tell('done', 0)
  }

  /** One after the other: all at once would take as long, and leave two cores to a dozen processes. */
  async function startAll(): Promise<void> {
    for (const subject of subjects) {
      if (hooks.signal.aborted) return
      benches.set(subject.name, await startBench(subject, settings, load))
    }
    await Promise.all([...benches.values()].map(warmUp))
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
      versions: describeVersions(),
      selfCheck: checks,
      subjects: subjects.map(infoOf),
      figures: collection.figures,
      distributions: collection.distributions,
      notes: collection.notes,
    }
  }
}

async function plan(settings: Settings, subjects: readonly Subject[]): Promise<Step[]> {
  const random = createRandom(settings.seed)
  const steps: Step[] = []
  for (const name of settings.scenarios) {
    const scenario = await loadScenario(name)
    const asked = subjects.filter(scenario.applies)
    const seconds = scenario.seconds(settings)
    for (let repetition = 0; repetition < scenario.repetitions(settings); repetition++) {
      const order = shuffled(asked, random)
      if (scenario.together) steps.push({ scenario, repetition, subjects: order, seconds })
      else for (const subject of order) steps.push({ scenario, repetition, subjects: [subject], seconds })
    }
  }
  return steps
}

/** Code that has never run is compiled, and then compiled again: that is no message's cost. */
async function warmUp({ gather }: Bench): Promise<void> {
  const audience = await gather(WARM_UP.subscribers)
  await audience.hear(WARM_UP)
  await audience.close()
}
const WARM_UP = { subscribers: 50, messages: 100, perSecond: 200 }

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
