/**
 * The page's settings live in its address, so that a link reproduces them.
 * What is as usual is left out: a short link says what is special about it.
 */
import { unitInAddress } from '../../lab/client/descriptor.ts'
import { parseRoomName } from '../../lab/wire/codec.ts'
import { shortened } from '../../lab/wire/cut.ts'
import { problemWithName as problemOf, withoutHidden } from '../../lab/wire/names.ts'
import { SETTINGS } from '../../transports/descriptors.ts'
import { RATE, SILENCE, SIZE } from './slider-settings.ts'

export interface LabSettings {
  room: string
  /** Null when the person has not chosen one: a link should not hand a guest's name on. */
  name: string | null
  /** Messages per second. */
  rate: number
  /** Bytes of text. */
  size: number
  /** What is set of the transports' own settings, by name, in the units of their descriptors. */
  transports: Record<string, number>
  running: boolean
  /** How long a lane may hear nothing before it gives its connection up, in seconds. */
  silence: number
  /** All lanes by the server's own port, where they share the browser's six connections; else each by its own. */
  onePort: boolean
  /** What else the address says, and this version of the page does not know: it stays there, as it came. */
  unknown: readonly (readonly [name: string, value: string])[]
}

export const USUAL: Readonly<LabSettings> = {
  room: 'lobby',
  name: null,
  rate: RATE.usual,
  size: SIZE.usual,
  transports: Object.fromEntries([...SETTINGS].map(([name, { usual }]) => [name, usual])),
  running: false,
  silence: SILENCE.usual,
  onePort: false,
  unknown: [],
}

/** A number in the address: under which parameter, and how it is read and put into the settings. */
interface NumberParam {
  readonly param: string
  readonly range: { readonly min: number; readonly max: number; readonly usual: number }
  /** How many of the setting's units are one in the address: durations are in seconds there, as in the protocol. */
  readonly unit: number
  readonly whole: boolean
  readonly get: (settings: Readonly<LabSettings>) => number
  readonly set: (settings: LabSettings, value: number) => void
}

const NUMBERS: readonly NumberParam[] = [
  ...(
    [
      ['rate', RATE, false],
      ['size', SIZE, true],
      ['silence', SILENCE, false],
    ] as const
  ).map(([key, range, whole]) => ({
    ...{ param: key, range, unit: 1, whole },
    get: (settings: Readonly<LabSettings>) => settings[key],
    set: (settings: LabSettings, value: number) => {
      settings[key] = value
    },
  })),
  ...[...SETTINGS.values()].map((setting) => ({
    ...{
      param: setting.param,
      range: setting,
      unit: unitInAddress(setting),
      whole: setting.unit === 'count',
    },
    get: ({ transports }: Readonly<LabSettings>) => transports[setting.name] ?? setting.usual,
    set: ({ transports }: LabSettings, value: number) => {
      transports[setting.name] = value
    },
  })),
]

const KNOWN: ReadonlySet<string> = new Set([
  ...['room', 'name', 'running', 'ports'],
  ...NUMBERS.map(({ param }) => param),
])

/** Of how many unknown parts the names are told. */
const MOST_TOLD = 5

/**
 * Reads the query of an address.
 *
 * @param home the room that an address means which names none
 * @returns the settings, and a sentence for each value that could not be used
 */
export function readSettings(
  query: string,
  home = USUAL.room,
): { settings: LabSettings; complaints: string[] } {
  const given = new URLSearchParams(query)
  const settings: LabSettings = { ...USUAL, room: home, transports: { ...USUAL.transports } }
  const complaints: string[] = []

  for (const { param, range, unit, whole, set } of NUMBERS) {
    const text = given.get(param)
    if (text === null) continue
    const value = Number(text) * unit
    const fits = text.trim() !== '' && value >= range.min && value <= range.max && !(whole && value % 1 !== 0)
    if (fits) set(settings, value)
    else {
      const must = `a ${whole ? 'whole ' : ''}number from ${range.min / unit} to ${range.max / unit}`
      complaints.push(`${param}=${quoted(text)} is not ${must}; using ${range.usual / unit}.`)
    }
  }
  const running = given.get('running')
  if (running !== null && !/^[01]$/.test(running)) {
    complaints.push(`running=${quoted(running)} is neither 0 nor 1; using 0.`)
  }
  settings.running = running === '1'
  const ports = given.get('ports')
  if (ports !== null && ports !== 'one') {
    complaints.push(`ports=${quoted(ports)} is not “one”; each lane has its own.`)
  }
  settings.onePort = ports === 'one'

  const room = given.get('room')
  if (room !== null) {
    const problem = problemWithRoom(room)
    if (problem) complaints.push(`room=${quoted(room)} cannot be used: ${problem}; using ${USUAL.room}.`)
    settings.room = problem ? USUAL.room : room
  }
  const name = given.get('name')
  if (name !== null) {
    const problem = problemWithName(name)
    if (problem) complaints.push(`name=${quoted(name)} cannot be used: ${problem}; using a guest’s name.`)
    else settings.name = name
  }
  settings.unknown = [...given].filter(([param]) => !KNOWN.has(param))
  if (settings.unknown.length > 0) {
    const names = [...new Set(settings.unknown.map(([param]) => quoted(param)))]
    const more = names.length > MOST_TOLD ? ', …' : ''
    complaints.push(
      `${names.slice(0, MOST_TOLD).join(', ')}${more}: not known to this version of the lab; left as it is, and all else is used.`,
    )
  }
  return { settings, complaints }
}

/** How much of a bad value is quoted. */
const QUOTED_CHARS = 60

/** A value from the address; as the address has it when there is something in it that cannot be seen. */
function quoted(value: string): string {
  const start = shortened(value, QUOTED_CHARS)
  return withoutHidden(start) === start ? start : encodeURIComponent(start)
}

/** The query that {@link readSettings} reads back, with the same `home`: empty when all is as usual. */
export function writeSettings(settings: Readonly<LabSettings>, home = USUAL.room): string {
  const query = new URLSearchParams()
  if (settings.room !== home) query.set('room', settings.room)
  if (settings.name !== null) query.set('name', settings.name)
  for (const { param, unit, get } of NUMBERS) {
    const value = get(settings)
    if (value !== get(USUAL)) query.set(param, String(value / unit))
  }
  if (settings.running) query.set('running', '1')
  if (settings.onePort) query.set('ports', 'one')
  for (const [param, value] of settings.unknown) query.append(param, value)
  return query.size === 0 ? '' : `?${query}`
}

/** Why this cannot be a room, in words; null when it can. */
export function problemWithRoom(room: string): string | null {
  try {
    parseRoomName(room)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Why this cannot be a name, in words; null when it can. */
export function problemWithName(name: string): string | null {
  const must = problemOf(name)
  return must && `a name ${must}`
}
