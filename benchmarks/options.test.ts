import { describe, expect, it } from 'vitest'
import { UsageError } from './errors.ts'
import { parseOptions } from './options.ts'
import { planRounds, secondsOf } from './rounds.ts'
import { START_ONE_S, START_S } from './run.ts'
import { PROFILES, SCENARIO_NAMES, timeLimitS, withinDescriptors } from './settings.ts'
import { loadSubject, PEERS, QUICK_PEERS } from './subjects/all.ts'
import { WITH_SERVER } from './subjects/lab.ts'

const settingsOf = (...args: string[]) => parseOptions(args)!.settings

describe('without options', () => {
  it('all transports and the floor are measured in what the summary shows, without peers', () => {
    const settings = settingsOf()
    expect(settings.subjects).toEqual(['raw-tcp', ...WITH_SERVER])
    expect(settings.scenarios).toEqual(['latency', 'connect', 'idle', 'wire', 'fan-out'])
    expect(settings.profile).toBe('quick')
  })

  it('the seed is another each time, so that no order is favoured for ever', () => {
    const seeds = new Set(Array.from({ length: 20 }, () => settingsOf().seed))
    expect(seeds.size).toBeGreaterThan(1)
  })
})

describe('an option', () => {
  it('--only keeps the floor, and the order of the manifest', () => {
    expect(settingsOf('--only', 'websocket,sse').subjects).toEqual(['raw-tcp', 'sse', 'websocket'])
  })
  it('--peers adds the peers', () => {
    expect(settingsOf('--only', 'sse', '--peers').subjects).toEqual(['raw-tcp', 'sse', ...QUICK_PEERS])
    expect(settingsOf('--full', '--only', 'sse', '--peers').subjects).toEqual(['raw-tcp', 'sse', ...PEERS])
  })
  it('--full changes the profile, and others change single settings of it', () => {
    const settings = settingsOf('--full', '--duration', '0.5')
    expect(settings.repeat).toBe(PROFILES.full.repeat)
    expect(settings.scenarios).toEqual(SCENARIO_NAMES)
    expect(settings.latency).toEqual({ ...PROFILES.full.latency, seconds: 0.5 })
  })
  it('--subscribers is the list of fan-out, and its first number everywhere else', () => {
    const settings = settingsOf('--subscribers', '30,300')
    expect(settings.fanOut.subscribers).toEqual([30, 300])
    expect([settings.latency.subscribers, settings.idle.connections, settings.storm.connections]).toEqual([
      30, 30, 30,
    ])
  })
  it('--rate, --payload, --poll-interval, --repeat, --seed, --offered are taken over', () => {
    const args = '--rate 500 --payload 1000 --poll-interval 250 --repeat 2 --seed 9 --offered 100000,200000'
    const settings = settingsOf(...args.split(' '))
    expect(settings).toMatchObject({ payload: 1_000, pollMs: 250, repeat: 2, seed: 9 })
    expect(settings.latency.deliveriesPerSecond).toBe(500)
    expect(settings.fanOut).toMatchObject({ deliveriesPerSecond: 500, offered: [100_000, 200_000] })
  })
  it('--json, --csv, --out and --baseline say what becomes of the run', () => {
    expect(parseOptions(['--json', '--out', 'x.json', '--baseline', 'y.json'])).toMatchObject({
      output: 'json',
      out: 'x.json',
      baseline: 'y.json',
    })
    expect(parseOptions(['--csv'])?.output).toBe('csv')
  })
  it('--verbose and --wait-quiet change nothing that is measured', () => {
    expect(parseOptions([])).toMatchObject({ isVerbose: false, waitQuietS: 0 })
    const options = parseOptions(['--verbose', '--wait-quiet', '120', '--seed', '1'])
    expect(options).toMatchObject({ isVerbose: true, waitQuietS: 120 })
    expect(options?.settings).toEqual(settingsOf('--seed', '1'))
  })
  it('--help asks for nothing else', () => expect(parseOptions(['--help'])).toBeNull())
})

describe('wrong use', () => {
  it.each([
    ['--only', 'carrier-pigeon'],
    ['--scenario', 'latency,weather'],
    ['--subscribers', '0'],
    ['--subscribers', '10,many'],
    ['--rate', '-1'],
    ['--duration', '1e3'],
    ['--payload', '39'],
    ['--payload', '65537'],
    ['--poll-interval', '0.5'],
    ['--repeat', '0'],
    ['--seed', '-1'],
    ['--threshold', 'websocket is fast'],
    ['--wings', '2'],
    ['stray'],
    ['--json', '--csv'],
    ['--verbose', '--json'],
    ['--wait-quiet', 'long'],
  ])('is refused by name: %s %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
  })
})

describe('file descriptors', () => {
  it('limit the subscribers, and a note says so', () => {
    const { settings, notes } = withinDescriptors(settingsOf('--subscribers', '100,1000,5000'), 1_024)
    expect(settings.fanOut.subscribers).toEqual([100, 924])
    expect(notes.join()).toMatch(/fan-out: 5,000 connections asked for, 924 possible/)
  })
  it('are shared where all subjects are measured together', () => {
    const { settings } = withinDescriptors(settingsOf('--only', 'sse', '--subscribers', '5000'), 1_024)
    expect([settings.idle.connections, settings.storm.connections]).toEqual([462, 924])
  })
  it('change nothing where there are enough', () => {
    const settings = settingsOf()
    expect(withinDescriptors(settings, 20_000)).toEqual({ settings, notes: [] })
  })
})

describe('the time in which rounds may be measured again', () => {
  it('is a quarter more than was planned, and in the quick profile ends with 90 s', () => {
    const [quick, full] = [settingsOf(), settingsOf('--full')]
    expect(timeLimitS(quick, 40)).toBe(50)
    expect(timeLimitS(quick, 80)).toBe(87)
    expect(timeLimitS(full, 80)).toBe(100)
    expect(timeLimitS(quick, 200)).toBe(250)
  })
  it('ends with 150 s in the quick profile with peers', () => {
    expect(timeLimitS(settingsOf('--peers'), 140, true)).toBe(147)
    expect(timeLimitS(settingsOf('--peers'), 100, true)).toBe(125)
  })
})

describe('the quick profile', () => {
  const plannedS = async (...args: string[]) => {
    const settings = settingsOf(...args)
    const subjects = await Promise.all(settings.subjects.map(loadSubject))
    return START_S + subjects.length * START_ONE_S + secondsOf(await planRounds(settings, subjects))
  }

  it('is planned for less than 90 s with all transports, and for less than 150 s with all its peers', async () => {
    expect(await plannedS()).toBeLessThan(90)
    expect(await plannedS('--peers')).toBeLessThan(150)
  })

  it('is repeated three times, in all that is measured one by one', () => {
    expect(PROFILES.quick.repeat).toBe(3)
  })
})
