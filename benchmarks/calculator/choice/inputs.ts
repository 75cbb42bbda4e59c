/** What the reader of the calculator has set: where it begins from, and how a link carries it. */
import { unknownInWords } from '../../../lab/wire/address/unknown-parts.ts'
import { type Question, readNumber, USUAL_QUESTION } from '../question.ts'
import type { Deciding, Situation } from './choose.ts'

export interface Inputs {
  readonly scenario: ScenarioName
  readonly question: Question
  readonly situation: Situation
  /** Whether other people's libraries, and variants, are compared too. */
  readonly peers: boolean
  /** Which cost is drawn. */
  readonly shows: Deciding
}

export interface Scenario {
  readonly title: string
  /** What it stands for, in one line. */
  readonly idea: string
  readonly question: Question
  readonly situation: Situation
}

const QUIET: Situation = { writesMuch: false, bufferingProxy: false, manyTabs: false }

/** Points to begin from, and no measurements: every number of them can be turned. */
export const SCENARIOS = {
  chat: {
    title: 'Chat',
    idea: 'A busy room: most read, one at a time writes.',
    question: { ...USUAL_QUESTION, clients: 1_000, messagesPerMinute: 6, latencyMs: 2_000 },
    situation: QUIET,
  },
  prices: {
    title: 'Prices',
    idea: 'Many watch one number that changes five times a second.',
    question: {
      ...USUAL_QUESTION,
      clients: 5_000,
      messagesPerMinute: 300,
      payloadBytes: 60,
      latencyMs: 250,
    },
    situation: QUIET,
  },
  game: {
    title: 'Game',
    idea: 'Few players, who send as often as they are told.',
    question: { ...USUAL_QUESTION, clients: 20, messagesPerMinute: 1_200, payloadBytes: 60, latencyMs: 50 },
    situation: { ...QUIET, writesMuch: true },
  },
  notifications: {
    title: 'Notifications',
    idea: 'Many wait for something that seldom comes, and may come minutes late.',
    question: {
      ...USUAL_QUESTION,
      clients: 5_000,
      messagesPerMinute: 0.2,
      payloadBytes: 200,
      latencyMs: 300_000,
    },
    situation: QUIET,
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type ScenarioName = keyof typeof SCENARIOS
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

export const inputsOf = (scenario: ScenarioName): Inputs => ({
  scenario,
  question: SCENARIOS[scenario].question,
  situation: SCENARIOS[scenario].situation,
  peers: false,
  shows: 'bytes',
})

export const USUAL_INPUTS: Inputs = inputsOf('chat')

/** Under which parameter each number stands in a link. */
const PARAMS: Readonly<Record<keyof Question, string>> = {
  clients: 'readers',
  messagesPerMinute: 'rate',
  payloadBytes: 'size',
  latencyMs: 'late',
  pollMs: 'poll',
}
const FLAGS: Readonly<Record<keyof Situation, string>> = {
  writesMuch: 'writes',
  bufferingProxy: 'proxy',
  manyTabs: 'tabs',
}
const QUESTIONS = Object.entries(PARAMS) as [keyof Question, string][]
const SITUATIONS = Object.entries(FLAGS) as [keyof Situation, string][]

/** What stands in an address and is no input: parts of a link of another version. */
export type Unknown = readonly (readonly [param: string, value: string])[]

const KNOWN: ReadonlySet<string> = new Set([
  ...['scenario', 'peers', 'show'],
  ...Object.values(PARAMS),
  ...Object.values(FLAGS),
])

/**
 * Reads the query of an address.
 *
 * @returns the inputs, a sentence for each value that could not be used, whose place is taken by the scenario's, and what
 *   is to be kept as it came
 */
export function readInputs(query: string): {
  readonly inputs: Inputs
  readonly complaints: readonly string[]
  readonly unknown: Unknown
} {
  const given = new URLSearchParams(query)
  const complaints: string[] = []
  const wanted = given.get('scenario')
  const scenario = SCENARIO_NAMES.find((name) => name === wanted) ?? USUAL_INPUTS.scenario
  if (wanted !== null && wanted !== scenario)
    complaints.push(`scenario=${quoted(wanted)} is none of ${SCENARIO_NAMES.join(', ')}; using ${scenario}.`)
  const usual = inputsOf(scenario)

  const question: Record<keyof Question, number | null> = { ...usual.question }
  for (const [key, param] of QUESTIONS) {
    const text = given.get(param)
    if (text === null) continue
    const read = readNumber(key, text)
    if ('value' in read) question[key] = read.value
    else complaints.push(`${param}=${quoted(text)} cannot be used. ${read.wrong}.`)
  }
  const yesOrNo = (param: string, otherwise: boolean): boolean => {
    const text = given.get(param)
    if (text === '0' || text === '1') return text === '1'
    if (text !== null)
      complaints.push(`${param}=${quoted(text)} is neither 0 nor 1; using ${Number(otherwise)}.`)
    return otherwise
  }
  const situation = Object.fromEntries(
    SITUATIONS.map(([key, param]) => [key, yesOrNo(param, usual.situation[key])]),
  ) as unknown as Situation
  const peers = yesOrNo('peers', false)
  const shown = given.get('show')
  if (shown !== null && shown !== 'bytes' && shown !== 'cpu')
    complaints.push(`show=${quoted(shown)} is neither bytes nor cpu; using bytes.`)
  const unknown = [...given].filter(([param]) => !KNOWN.has(param))
  complaints.push(...unknownInWords(unknown.map(([param]) => param)))
  return {
    inputs: {
      scenario,
      question: question as unknown as Question,
      situation,
      peers,
      shows: shown === 'cpu' ? 'cpu' : 'bytes',
    },
    complaints,
    unknown,
  }
}

/** The query that {@link readInputs} reads back: what the scenario says is left out, and the whole when all is as usual. */
export function writeInputs(
  { scenario, question, situation, peers, shows }: Inputs,
  unknown: Unknown = [],
): string {
  const usual = inputsOf(scenario)
  const query = new URLSearchParams()
  if (scenario !== USUAL_INPUTS.scenario) query.set('scenario', scenario)
  for (const [key, param] of QUESTIONS)
    if (question[key] !== usual.question[key]) query.set(param, String(question[key] ?? ''))
  for (const [key, param] of SITUATIONS)
    if (situation[key] !== usual.situation[key]) query.set(param, situation[key] ? '1' : '0')
  if (peers) query.set('peers', '1')
  if (shows !== 'bytes') query.set('show', shows)
  for (const [param, value] of unknown) query.append(param, value)
  return query.size === 0 ? '' : `?${query}`
}

/** How much of a bad value is quoted. */
const QUOTED_CHARS = 40
const quoted = (text: string) =>
  JSON.stringify(text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS)}…` : text)

/** Steps of a slider, on a scale on which halving is as far as doubling. More, and two digits would not tell them apart. */
export const STEPS = 100
export interface Span {
  readonly min: number
  readonly max: number
}
/** How far a hand can turn each; the fields take what lies beyond. */
export const SPANS = {
  clients: { min: 10, max: 1_000_000 },
  messagesPerMinute: { min: 0.1, max: 10_000 },
  latencyMs: { min: 1, max: 3_600_000 },
} as const satisfies Partial<Record<keyof Question, Span>>

export function stepFor(value: number, { min, max }: Span): number {
  const inside = Math.min(max, Math.max(min, value))
  return Math.round((STEPS * Math.log(inside / min)) / Math.log(max / min))
}

/** Two digits are as fine as a hand can set. */
export function valueAtStep(step: number, { min, max }: Span): number {
  const value = Number((min * (max / min) ** (step / STEPS)).toPrecision(2))
  return step >= STEPS ? max : Math.min(max, Math.max(min, value))
}
