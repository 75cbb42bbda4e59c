/**
 * The self-check: before anything is measured, the instrument is shown what is known.
 *
 * A stub holds each message and each answer for a known time; the very driver that will measure the
 * transports must read that time. And its messages have a known size, so the bytes counted at the sockets
 * must be what arithmetic says, to the byte. An instrument that fails here would lie about everything else.
 */
import { percentileUs, unpackHistogram } from './measure/histogram.ts'
import { type LoadProcess, startBench } from './processes/bench.ts'
import type { Check } from './run-file.ts'
import type { Settings } from './settings.ts'
import { loadSubject } from './subjects/all.ts'

/** One delay long against a timer's millisecond, one short. */
const DELAYS_MS = [50, 5] as const
/** Node counts timers in whole milliseconds of the loop's time: one may fire 1 ms early, and 1 to 2 late. */
const TOLERANCE_MS = 3
/**
 * What is judged is the quickest tenth: a machine that is busy delays some messages, and a wrong instrument
 * reads all of them wrong. A busy machine also gets another try.
 */
const QUICKEST_PERCENT = 10
const TRIES = 6
const SUBSCRIBERS = 10
const MESSAGES = 30
const PER_SECOND = 150
const CONNECTIONS = 5
const ASKING_MS = 300

/**
 * @param options.plantedMs how much longer than it says the stub delays: a lie that must come out
 * @returns the checks, passed or not, in order; none after a stub with one that failed
 */
export async function selfCheck(
  load: readonly LoadProcess[],
  settings: Settings,
  { plantedMs = 0, tries = TRIES } = {},
): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const delayMs of DELAYS_MS) {
    const tried = await tryUntilPassed(tries, () => checkDelay(load, settings, delayMs, plantedMs))
    checks.push(...tried)
    if (failed(tried)) break
  }
  return checks
}

async function tryUntilPassed(tries: number, check: () => Promise<Check[]>): Promise<Check[]> {
  for (let left = tries - 1; ; left--) {
    const checks = await check()
    if (left === 0 || !failed(checks)) return checks
  }
}

const failed = (checks: readonly Check[]) => checks.some(({ passed }) => !passed)

async function checkDelay(
  load: readonly LoadProcess[],
  settings: Settings,
  delayMs: number,
  plantedMs: number,
): Promise<Check[]> {
  const bench = await startBench(await loadSubject('stub'), settings, load, delayMs + plantedMs)
  try {
    const audience = await bench.gather(SUBSCRIBERS)
    const heard = await audience.hear({ messages: MESSAGES, perSecond: PER_SECOND, precise: true })
    await audience.close()
    const asked = await bench.ask({
      kind: 'short-poll',
      connections: CONNECTIONS,
      durationMs: ASKING_MS,
      since: '',
    })
    return [
      near(`publish to receive, through a stub that holds ${delayMs} ms`, delayMs, heard.latencies),
      exactly('deliveries', MESSAGES * SUBSCRIBERS, heard.received, '1'),
      exactly('bytes received', MESSAGES * SUBSCRIBERS * (settings.payload + 1), heard.bytesIn, 'B'),
      near(
        `autocannon, against a stub that answers after ${delayMs} ms`,
        delayMs,
        unpackHistogram(asked.latencies),
      ),
    ]
  } finally {
    await bench.stop()
  }
}

function near(what: string, expected: number, latencies: Parameters<typeof percentileUs>[0]): Check {
  const measured = percentileUs(latencies, QUICKEST_PERCENT) / 1e3
  const passed = Math.abs(measured - expected) <= TOLERANCE_MS
  return { what, expected, measured, tolerance: TOLERANCE_MS, unit: 'ms', passed }
}

function exactly(what: string, expected: number, measured: number, unit: string): Check {
  return { what, expected, measured, tolerance: 0, unit, passed: measured === expected }
}

export const describeCheck = ({ what, expected, measured, tolerance, unit }: Check): string =>
  `${what}: expected ${expected} ${unit}${tolerance > 0 ? ` ± ${tolerance}` : ''}, ` +
  `read ${Number(measured.toPrecision(5))} ${unit}`
