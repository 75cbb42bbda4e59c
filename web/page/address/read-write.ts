/** Settings from the query of an address, and back. */
import { quotedFromAddress, unknownInWords } from '../../../lab/wire/address/unknown-parts.ts'
import { LANES } from '../../../transports/descriptors.ts'
import { faultFromAddress, faultToAddress, MAX_FAULTS } from '../../model/wires/fault-in-address.ts'
import { PANELS } from '../panel-heads.ts'
import {
  FLAGS,
  type LabSettings,
  NUMBERS,
  problemWithName,
  problemWithRoom,
  TIMELINE_EXTRAS,
  USUAL,
  ZOOMS,
} from './settings.ts'

/** Settings that are some of a list: `lanes=sse,websocket`. What stands there and is not in the list is kept. */
const LISTS = { lanes: LANES, open: PANELS, timeline: TIMELINE_EXTRAS } as const
/** Settings that are one word, of a list that is fetched later: what has the list says whether the word is in it. */
const WORDS = ['scenario', 'pitfall'] as const
const WORD = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Every part that this version knows. */
export const KNOWN: ReadonlySet<string> = new Set([
  ...['room', 'name', 'ports', 'zoom', 'fault'],
  ...[...Object.keys(LISTS), ...WORDS, ...FLAGS],
  ...NUMBERS.map(({ param }) => param),
])

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
  const unknown = [...given].filter(([param]) => !KNOWN.has(param))
  const told = unknown.map(([param]) => param)
  const keep = (param: string, value: string) => {
    unknown.push([param, value])
    told.push(`${param}=${value}`)
  }

  for (const { param, range, unit, whole, set } of NUMBERS) {
    const text = given.get(param)
    if (text === null) continue
    const value = Number(text) * unit
    const fits = text.trim() !== '' && value >= range.min && value <= range.max && !(whole && value % 1 !== 0)
    if (fits) set(settings, value)
    else {
      const must = `a ${whole ? 'whole ' : ''}number from ${range.min / unit} to ${range.max / unit}`
      complaints.push(`${param}=${quotedFromAddress(text)} is not ${must}; using ${range.usual / unit}.`)
    }
  }
  for (const flag of FLAGS) {
    const text = given.get(flag)
    if (text !== null && !/^[01]$/.test(text))
      complaints.push(`${flag}=${quotedFromAddress(text)} is neither 0 nor 1; using 0.`)
    settings[flag] = text === '1'
  }
  const ports = given.get('ports')
  if (ports !== null && ports !== 'one') {
    complaints.push(`ports=${quotedFromAddress(ports)} is not “one”; each lane has its own.`)
  }
  settings.onePort = ports === 'one'

  const zoom = given.get('zoom')
  if (zoom !== null) {
    if (ZOOMS.includes(Number(zoom)) && zoom.trim() !== '') settings.zoom = Number(zoom) * 1_000
    else
      complaints.push(
        `zoom=${quotedFromAddress(zoom)} is none of ${ZOOMS.join(', ')} (seconds); using ${USUAL.zoom / 1_000}.`,
      )
  }

  const listed = <One extends string>(param: string, known: readonly One[]): readonly One[] | null => {
    const items = given.getAll(param).flatMap((text) => text.split(',').filter((item) => item !== ''))
    const isKnown = (item: string): item is One => known.some((one) => one === item)
    for (const item of new Set(items)) if (!isKnown(item)) keep(param, item)
    return given.has(param) ? known.filter((one) => items.includes(one)) : null
  }
  const lanes = listed('lanes', LISTS.lanes)
  // Without a lane there is no page; and all of them are as usual.
  settings.lanes = lanes && lanes.length > 0 && lanes.length < LANES.length ? lanes : null
  settings.open = listed('open', LISTS.open)
  settings.timeline = listed('timeline', LISTS.timeline) ?? []

  for (const param of WORDS) {
    const word = given.get(param)
    if (word === null || word === '') continue
    if (WORD.test(word)) settings[param] = word
    else keep(param, word)
  }
  const faults = given.getAll('fault').map((text) => ({ text, fault: faultFromAddress(text) }))
  settings.faults = faults.flatMap(({ fault }) => fault ?? []).slice(0, MAX_FAULTS)
  for (const { text, fault } of faults) if (!fault) keep('fault', text)
  if (faults.length > MAX_FAULTS) complaints.push(`at most ${MAX_FAULTS} faults are read from one address.`)

  const room = given.get('room')
  if (room !== null) {
    const problem = problemWithRoom(room)
    if (problem)
      complaints.push(`room=${quotedFromAddress(room)} cannot be used: ${problem}; using ${USUAL.room}.`)
    settings.room = problem ? USUAL.room : room
  }
  const name = given.get('name')
  if (name !== null) {
    const problem = problemWithName(name)
    if (problem)
      complaints.push(`name=${quotedFromAddress(name)} cannot be used: ${problem}; using a guest’s name.`)
    else settings.name = name
  }
  settings.unknown = unknown
  complaints.push(...unknownInWords(told))
  return { settings, complaints }
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
  for (const flag of FLAGS) if (settings[flag]) query.set(flag, '1')
  if (settings.onePort) query.set('ports', 'one')
  if (settings.lanes !== null) query.set('lanes', settings.lanes.join())
  if (settings.open !== null) query.set('open', settings.open.join())
  if (settings.zoom !== USUAL.zoom) query.set('zoom', String(settings.zoom / 1_000))
  if (settings.timeline.length > 0) query.set('timeline', settings.timeline.join())
  for (const param of WORDS) if (settings[param] !== null) query.set(param, settings[param])
  for (const fault of settings.faults) query.append('fault', faultToAddress(fault))
  for (const [param, value] of settings.unknown) query.append(param, value)
  return query.size === 0 ? '' : `?${asTyped(query)}`
}

/** Commas and the like mean themselves in a query (RFC 3986 §3.4), and a link is read by people too. */
const asTyped = (query: URLSearchParams): string =>
  query.toString().replace(/%(?:2C|3A|3B|40)/g, decodeURIComponent)
