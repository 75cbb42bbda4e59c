/**
 * A transport's descriptor: what everyone else needs to know about a transport, said once, in its own folder
 * (`transports/NAME/transport.ts`).
 *
 * The page's lanes, sliders and address parameters, the course's live parts, the contract's skips and the
 * benchmark's titles are made from it. That is why a new transport is one folder and one line in the manifest.
 */

/** Where the client half can run. A browser has no plain TCP socket; Node has all that a browser has. */
export type Runtime = 'browser' | 'node'

/**
 * What carries the bytes: the server's HTTP port, a TCP port of its own (`npm start -- --listen NAME=PORT`),
 * or the other transports that a composed one chooses from.
 */
export type Carrier = 'http' | 'tcp' | { readonly transports: readonly string[] }

/**
 * How long a reader may rightly give no sign of life: as long as any reader of the lab may (RENEW_MS in
 * lab/wire/presence.ts); until the server's next heartbeat, which it answers; until its held poll is answered;
 * or as long as on the transport that was chosen.
 */
export type Quiet =
  | { readonly until: 'renewal' | 'response' | 'as chosen' }
  | { readonly until: 'heartbeat'; readonly everyMs: number }

export interface TransportDescriptor {
  /** As a heading, for example "Server-sent events". */
  readonly title: string
  /** For tight places: a row of a table, the legend of a chart. */
  readonly short: string
  /** How it works, in one sentence. */
  readonly idea: string
  /** What to look at while it runs. */
  readonly watch: string
  readonly runsIn: readonly Runtime[]
  readonly carriedBy: Carrier
  /**
   * Whether a reader keeps an HTTP request open, and with it one of the six connections that a browser opens to a
   * server over HTTP/1.1. Not unless given. One that is composed of others does when one of them does.
   */
  readonly keepsRequestOpen?: boolean
  readonly quiet: Quiet
  /** What a reader may turn while it runs; empty when there is nothing to set. */
  readonly settings: readonly SettingDescriptor[]
  /**
   * Cases of the contract that this transport cannot meet, each by its name, and the reason, which the skip prints.
   * `npm run conformance` refuses a name that no case has: an excuse must not outlive its case.
   */
  readonly cannot?: Readonly<Record<string, string>>
}

/** One number that a transport reads whenever it needs it, so that a change takes effect with the next use. */
export interface SettingDescriptor {
  /** The key under which the client half reads it ({@link Settings}), for example `intervalMs`. */
  readonly name: string
  /** The parameter in the page's address and in a live part, for example `interval`. */
  readonly param: string
  readonly label: string
  /** A `duration` is in milliseconds here and in seconds in addresses, as in the protocol; a `count` is the same in both. */
  readonly unit: 'duration' | 'count'
  readonly min: number
  readonly max: number
  /** What the client half takes when nothing is set. */
  readonly usual: number
}

/** Whether the folder has a `server.ts`: one that chooses among others leaves serving, and being measured, to them. */
export const hasServer = ({ carriedBy }: Pick<TransportDescriptor, 'carriedBy'>): boolean =>
  typeof carriedBy === 'string'

/** How many of a setting's own units stand for one in an address. */
export const unitInAddress = ({ unit }: Pick<SettingDescriptor, 'unit'>): number =>
  unit === 'duration' ? 1_000 : 1

/**
 * What is wrong with a value that should be a descriptor, as the end of a sentence; null when it is one.
 *
 * A folder may come from a learner, so the value is looked at before it is believed.
 */
export function problemWithDescriptor(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'must export a descriptor by default'
  const given = value as Partial<Record<keyof TransportDescriptor, unknown>>
  for (const key of ['title', 'short', 'idea', 'watch'] as const) {
    if (typeof given[key] !== 'string' || given[key] === '') return `must have a text as its ${key}`
  }
  if (!Array.isArray(given.runsIn) || given.runsIn.length === 0 || !given.runsIn.every(isRuntime))
    return 'must have runsIn: a list with "browser", "node" or both'
  if (!isCarrier(given.carriedBy))
    return 'must have carriedBy: "http", "tcp" or { transports: [names of others, at least one] }'
  if (!['boolean', 'undefined'].includes(typeof given.keepsRequestOpen))
    return 'must have true or false as its keepsRequestOpen, or be without it'
  if (!isQuiet(given.quiet))
    return 'must have quiet: { until: "renewal", "response" or "as chosen" } or { until: "heartbeat", everyMs: a number }'
  if (!Array.isArray(given.settings)) return 'must have settings: a list, empty when there is nothing to set'
  for (const setting of given.settings as unknown[]) {
    const problem = problemWithSetting(setting)
    if (problem) return problem
  }
  if (!isCannot(given.cannot)) return 'must have cannot: { "name of a case": "reason" }, or be without it'
  return null
}

function problemWithSetting(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'must have objects in its settings'
  const given = value as Partial<Record<keyof SettingDescriptor, unknown>>
  const name = typeof given.name === 'string' ? given.name : ''
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return 'must give each setting a name such as intervalMs'
  if (typeof given.param !== 'string' || !/^[a-z][a-z0-9-]*$/.test(given.param))
    return `must give the setting ${name} a param such as interval`
  if (typeof given.label !== 'string' || given.label === '') return `must give the setting ${name} a label`
  if (given.unit !== 'duration' && given.unit !== 'count')
    return `must give the setting ${name} a unit: "duration" or "count"`
  const { min, max, usual } = given
  const isRange = [min, max, usual].every((one) => typeof one === 'number' && Number.isFinite(one))
  if (!isRange || !((min as number) <= (usual as number) && (usual as number) <= (max as number)))
    return `must give the setting ${name} numbers with min ≤ usual ≤ max`
  return null
}

const isCannot = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((reason) => typeof reason === 'string' && reason !== ''))

const isRuntime = (value: unknown): value is Runtime => value === 'browser' || value === 'node'

function isCarrier(value: unknown): value is Carrier {
  if (value === 'http' || value === 'tcp') return true
  const { transports } = (value ?? {}) as { readonly transports?: unknown }
  return (
    Array.isArray(transports) && transports.length > 0 && transports.every((name) => typeof name === 'string')
  )
}

function isQuiet(value: unknown): value is Quiet {
  const { until, everyMs } = (value ?? {}) as { readonly until?: unknown; readonly everyMs?: unknown }
  if (until === 'heartbeat') return typeof everyMs === 'number' && Number.isFinite(everyMs) && everyMs > 0
  return until === 'renewal' || until === 'response' || until === 'as chosen'
}
