/**
 * The page's settings live in its address, so that a link reproduces them.
 * What is as usual is left out: a short link says what is special about it.
 */
import { parseRoomName, problemWithName as problemOf } from '../lab/wire/codec.ts'
import { shortened } from '../lab/wire/cut.ts'
import { withoutHidden } from '../lab/wire/names.ts'
import { RATE, SIZE, TRANSPORT_KNOBS } from './knobs.ts'

export interface LabSettings {
  room: string
  /** Null when the person has not chosen one: a link should not hand a guest's name on. */
  name: string | null
  /** Messages per second. */
  rate: number
  /** Bytes of text. */
  size: number
  intervalMs: number
  holdMs: number
  running: boolean
}

export const USUAL: Readonly<LabSettings> = {
  room: 'lobby',
  name: null,
  rate: RATE.usual,
  size: SIZE.usual,
  intervalMs: TRANSPORT_KNOBS.intervalMs.usual,
  holdMs: TRANSPORT_KNOBS.holdMs.usual,
  running: false,
}

/** In the address, durations are in seconds, as in the protocol. */
const NUMBERS = [
  { key: 'rate', param: 'rate', knob: RATE, unit: 1, whole: false },
  { key: 'size', param: 'size', knob: SIZE, unit: 1, whole: true },
  { key: 'intervalMs', param: 'interval', knob: TRANSPORT_KNOBS.intervalMs, unit: 1_000, whole: false },
  { key: 'holdMs', param: 'hold', knob: TRANSPORT_KNOBS.holdMs, unit: 1_000, whole: false },
] as const

/**
 * Reads the query of an address.
 *
 * @returns the settings, and a sentence for each value that could not be used
 */
export function readSettings(query: string): { settings: LabSettings; complaints: string[] } {
  const given = new URLSearchParams(query)
  const settings = { ...USUAL }
  const complaints: string[] = []

  for (const { key, param, knob, unit, whole } of NUMBERS) {
    const text = given.get(param)
    if (text === null) continue
    const value = Number(text) * unit
    const fits = text.trim() !== '' && value >= knob.min && value <= knob.max && !(whole && value % 1 !== 0)
    if (fits) settings[key] = value
    else {
      const must = `a ${whole ? 'whole ' : ''}number from ${knob.min / unit} to ${knob.max / unit}`
      complaints.push(`${param}=${quoted(text)} is not ${must}; using ${knob.usual / unit}.`)
    }
  }
  const running = given.get('running')
  if (running !== null && !/^[01]$/.test(running)) {
    complaints.push(`running=${quoted(running)} is neither 0 nor 1; using 0.`)
  }
  settings.running = running === '1'

  const room = given.get('room')
  if (room !== null) {
    const problem = problemWithRoom(room)
    if (problem) complaints.push(`room=${quoted(room)} cannot be used: ${problem}; using ${USUAL.room}.`)
    else settings.room = room
  }
  const name = given.get('name')
  if (name !== null) {
    const problem = problemWithName(name)
    if (problem) complaints.push(`name=${quoted(name)} cannot be used: ${problem}; using a guest’s name.`)
    else settings.name = name
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

/** The query that {@link readSettings} reads back: empty when all is as usual. */
export function writeSettings(settings: Readonly<LabSettings>): string {
  const query = new URLSearchParams()
  if (settings.room !== USUAL.room) query.set('room', settings.room)
  if (settings.name !== null) query.set('name', settings.name)
  for (const { key, param, unit } of NUMBERS) {
    if (settings[key] !== USUAL[key]) query.set(param, String(settings[key] / unit))
  }
  if (settings.running) query.set('running', '1')
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

/** Why nobody can be called that, in words; null when they can. */
export function problemWithName(name: string): string | null {
  const must = problemOf(name)
  return must && `a name ${must}`
}
