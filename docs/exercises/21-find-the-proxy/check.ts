import { exercise, same, Unmet, wanted } from '../runner/check.ts'
import type { Answer, Cause, Probe, System } from './solution.ts'

type Work = typeof import('./solution.ts')

const HOPS = ['cdn', 'balancer', 'gateway', 'server'] as const
const CUT_MS = 60_000
/** Each hop needs so long to pass something on. */
const PER_HOP_MS = 3

interface Setup {
  readonly faults: Readonly<Record<string, Cause>>
  /** When the server first says something on a stream. */
  readonly speaksAtMs: number
}

/** Bytes with their times, and the end of an answer, as the server gives it. */
interface Flow {
  readonly bytesAt: readonly number[]
  readonly endsAt: number
}

function served(path: Probe['path'], speaksAtMs: number): Flow {
  if (path === '/poll') return { bytesAt: [2], endsAt: 2 }
  return { bytesAt: Array.from({ length: 40 }, (_, n) => speaksAtMs + n * 15_000), endsAt: Infinity }
}

/** What a hop makes of what passes it. */
function through(flow: Flow, fault: Cause | undefined, gzip: boolean): Flow {
  const bytesAt = flow.bytesAt.map((at) => at + PER_HOP_MS)
  const endsAt = flow.endsAt + PER_HOP_MS
  if (fault === 'cuts')
    return { bytesAt: bytesAt.filter((at) => at < CUT_MS), endsAt: Math.min(endsAt, CUT_MS) }
  if (fault === 'buffers' || (fault === 'compresses' && gzip))
    return { bytesAt: bytesAt.map(() => endsAt), endsAt }
  return { bytesAt, endsAt }
}

/** A system that is asked as with curl; its time is in its answers, and the check does not wait for it. */
function systemOf({ faults, speaksAtMs }: Setup): System & { readonly asked: Probe[] } {
  const asked: Probe[] = []
  return {
    hops: HOPS,
    asked,
    ask(hop: string, probe: Probe): Promise<Answer> {
      const from = HOPS.indexOf(hop as (typeof HOPS)[number])
      if (from < 0) throw new Unmet(`there is no hop “${hop}”\n  They are ${HOPS.join(', ')}.`)
      asked.push(probe)
      wanted(asked.length <= 50, 'it has asked 50 times', 'Two or three questions for each hop are enough.')
      const flow = HOPS.slice(from).reduceRight(
        (passing, one) => through(passing, faults[one], probe.gzip),
        served(probe.path, speaksAtMs),
      )
      const [first] = flow.bytesAt
      return Promise.resolve({
        firstByteMs: first !== undefined && first <= probe.ms ? first : null,
        endedMs: flow.endsAt <= probe.ms ? flow.endsAt : null,
      })
    },
  }
}

const talkative = (faults: Setup['faults']): Setup => ({ faults, speaksAtMs: 5 })
const quiet = (faults: Setup['faults']): Setup => ({ faults, speaksAtMs: 15_000 })

async function expectCause({ findFault }: Work, what: string, setup: Setup, hop: string | null, hint = '') {
  const found = await findFault(systemOf(setup))
  const inWords = (one: typeof found) => (one ? `${one.hop} ${one.cause}` : 'none')
  same(`the cause ${what}`, inWords(found), hop ? `${hop} ${setup.faults[hop]}` : 'none', hint)
}

/** The same at each hop that is no server. */
async function expectAtEachHop(work: Work, cause: Cause, when: string, hint: string) {
  for (const hop of HOPS.slice(0, -1))
    await expectCause(work, `when the ${hop} ${cause}${when}`, talkative({ [hop]: cause }), hop, hint)
}

export default exercise<Work>(
  ['findFault'],
  [
    {
      name: 'a sound system has no cause, though its room be quiet',
      async run(work) {
        await expectCause(work, 'in a sound system', talkative({}), null)
        await expectCause(
          work,
          'in one whose room first speaks after 15 s',
          quiet({}),
          null,
          'What the server itself does not say, no proxy has held back: wait for a heartbeat.',
        )
      },
    },
    {
      name: 'a hop that buffers is found, wherever it stands',
      run: (work) =>
        expectAtEachHop(
          work,
          'buffers',
          '',
          'A short answer passes it at once. Ask for the stream, at each hop.',
        ),
    },
    {
      name: 'a hop that compresses is found, which curl alone does not see',
      run: (work) =>
        expectAtEachHop(
          work,
          'compresses',
          '',
          'Ask as a browser does, with gzip, and without: only the difference tells it from one that buffers.',
        ),
    },
    {
      name: 'a hop that cuts is found, though its first minute looks well',
      run: (work) => expectAtEachHop(work, 'cuts', ' after a minute', 'Read for longer than a minute.'),
    },
    {
      name: 'the same in a room that is quiet',
      async run(work) {
        for (const cause of ['buffers', 'compresses', 'cuts'] as const)
          await expectCause(work, `when the balancer ${cause}`, quiet({ balancer: cause }), 'balancer')
      },
    },
    {
      name: 'of two faults it names the one nearest the server',
      async run(work) {
        const hint = 'Go from the server outwards, and stop at the first.'
        for (const [faults, hop] of [
          [{ cdn: 'buffers', gateway: 'compresses' }, 'gateway'],
          [{ cdn: 'compresses', balancer: 'cuts' }, 'balancer'],
          [{ balancer: 'cuts', gateway: 'buffers' }, 'gateway'],
        ] as const)
          await expectCause(work, 'of two', talkative(faults), hop, hint)
      },
    },
  ],
)
