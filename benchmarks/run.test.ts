/** The run as a whole: it checks itself, it can be interrupted, and it keeps what it has. */
import { describe, expect, it } from 'vitest'
import { SelfCheckFailed } from './errors.ts'
import { parseOptions } from './options.ts'
import { childrenOf, HAS_PROC } from './processes/child-processes.ts'
import { ProcessDied } from './processes/remote.ts'
import { type Progress, type RunHooks, runBench } from './run.ts'
import { selfCheck } from './self-check.ts'
import type { Settings } from './settings.ts'

const LIMIT_MS = 120_000

const settingsOf = (words: string) => parseOptions(words.split(' '))!.settings

function run(
  settings: Settings,
  onProgress: (progress: Progress, stop: () => void) => void,
  check?: RunHooks['check'],
) {
  const stop = new AbortController()
  return runBench(settings, {
    signal: stop.signal,
    onProgress: (progress) => onProgress(progress, () => stop.abort()),
    ...(check && { check }),
  })
}

/** The self-check takes its time, and has tests of its own. */
const unchecked = async () => []

/** Processes that this one has started and that still run, by what they are. */
const children = (kind: 'server' | 'load') => (HAS_PROC ? childrenOf(process.pid, `/${kind}.js`) : [])

describe('a run', () => {
  it(
    'checks itself, measures each subject as often as was asked, and leaves no process behind',
    async () => {
      const seen: Progress[] = []
      const settings = settingsOf('--only sse --scenario connect,storm --subscribers 5 --repeat 2 --seed 3')
      const { run: file, failure } = await run(settings, (progress) => seen.push(progress))
      expect(failure).toBeNull()
      expect(file.interrupted).toBe(false)
      expect(file.selfCheck.length).toBe(8)
      expect(file.selfCheck.every(({ passed }) => passed)).toBe(true)
      expect(file.subjects.map(({ name, kind }) => [name, kind])).toEqual([
        ['raw-tcp', 'floor'],
        ['sse', 'lab'],
      ])
      expect(new Set(file.figures.map(({ samples }) => samples.length))).toEqual(new Set([2]))
      expect(file.seed).toBe(3)
      expect(seen.at(-1)).toMatchObject({ done: 1, now: 'done' })
      expect([...children('server'), ...children('load')]).toEqual([])
    },
    LIMIT_MS,
  )

  it(
    'stops before the first scenario when a delay is planted in the stub',
    async () => {
      const settings = settingsOf('--only sse --scenario connect --subscribers 5 --repeat 1')
      const { run: file, failure } = await run(
        settings,
        () => {},
        (load, these) => selfCheck(load, these, { plantedMs: 25, tries: 1 }),
      )
      expect(failure).toBeInstanceOf(SelfCheckFailed)
      expect(failure?.message).toMatch(/expected 50 ms ± 3, read \d/)
      expect(file.figures).toEqual([])
      expect([...children('server'), ...children('load')]).toEqual([])
    },
    LIMIT_MS,
  )

  it(
    'that is interrupted keeps what it has',
    async () => {
      const settings = settingsOf(
        '--only sse --scenario latency,connect --subscribers 5 --duration 600 --repeat 1',
      )
      // The connect scenario takes no time; the latency scenario would take ten minutes.
      const reordered = { ...settings, scenarios: ['connect', 'latency'] as const }
      const stopAtLatency = ({ now }: Progress, stop: () => void) => {
        if (now.startsWith('latency')) stop()
      }
      const { run: file, failure } = await run(reordered, stopAtLatency, unchecked)
      expect(failure).toBeNull()
      expect(file.interrupted).toBe(true)
      expect(new Set(file.figures.map(({ scenario }) => scenario))).toEqual(new Set(['connect']))
      expect(new Set(file.figures.map(({ subject }) => subject))).toEqual(new Set(['raw-tcp', 'sse']))
      expect([...children('server'), ...children('load')]).toEqual([])
    },
    LIMIT_MS,
  )

  it.runIf(HAS_PROC)(
    'whose server dies in the middle says which, and keeps what it has',
    async () => {
      const settings = settingsOf(
        '--only sse --scenario latency,connect --subscribers 5 --duration 600 --repeat 1',
      )
      const reordered = { ...settings, scenarios: ['connect', 'latency'] as const }
      const killAtLatency = ({ now }: Progress) => {
        if (now.startsWith('latency')) for (const pid of children('server')) process.kill(pid, 'SIGKILL')
      }
      const { run: file, failure } = await run(reordered, killAtLatency, unchecked)
      expect(failure).toBeInstanceOf(ProcessDied)
      expect(failure?.message).toMatch(/^the server of (sse|raw-tcp) ended by itself \(SIGKILL\)/)
      expect(new Set(file.figures.map(({ scenario }) => scenario))).toEqual(new Set(['connect']))
      expect(file.interrupted).toBe(true)
    },
    LIMIT_MS,
  )

  it.runIf(HAS_PROC)(
    'one subject of which fails measures the others to the end, and says what is missing',
    async () => {
      const settings = settingsOf(
        '--only sse --scenario connect,latency --subscribers 5 --duration 0.2 --repeat 2',
      )
      const reordered = { ...settings, scenarios: ['connect', 'latency'] as const }
      let isKilled = false
      const killSseAtLatency = ({ now }: Progress) => {
        if (isKilled || !now.startsWith('latency')) return
        isKilled = true
        process.kill(Math.max(...children('server')), 'SIGKILL') // the floor's was started before it
      }
      const { run: file, failure } = await run(reordered, killSseAtLatency, unchecked)
      expect(failure).toBeInstanceOf(ProcessDied)
      expect(failure?.message).toMatch(/^the server of sse ended by itself/)
      expect(file.interrupted).toBe(false)
      expect(file.notes.join('\n')).toMatch(
        /^sse failed in latency.* and was left out from there on: the server of sse ended by itself/m,
      )
      const roundsOf = (name: string, scenario: string) =>
        new Set(
          file.figures
            .filter((figure) => figure.subject === name && figure.scenario === scenario)
            .map(({ samples }) => samples.length),
        )
      expect(roundsOf('raw-tcp', 'latency')).toEqual(new Set([2]))
      expect(roundsOf('sse', 'connect')).toEqual(new Set([2]))
      expect(roundsOf('sse', 'latency')).toEqual(new Set())
    },
    LIMIT_MS,
  )
})
