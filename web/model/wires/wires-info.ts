/**
 * What `GET /wires` says: behind which port each lane is, which faults the lab can make there, and which it makes now.
 *
 * A server of another version may say more or less, so each part is looked at before it is believed, and what is not
 * there is empty: a page without faults still has its lanes.
 */

import type {
  ActiveFault as ActiveOnServer,
  FaultOffer,
  LaneAt,
  Preset as PresetOnServer,
  FaultSetting as SettingOnServer,
  WiresState,
} from '../../../lab/wires/control.ts'
import type { ActivePitfall } from '../../../lab/wires/pitfalls/control.ts'

/** One lane behind a port of its own; the host is that by which this page was asked for. */
export type WireLane = Omit<LaneAt, 'port'>

/** One number of a fault, for a slider. A unit that is not known is shown as it stands. */
export interface FaultSetting extends Omit<SettingOnServer, 'unit'> {
  readonly unit: string
}

export interface FaultInfo extends Omit<FaultOffer, 'report' | 'settings'> {
  /** A public report of it: an address, or `owner/repository#number` on GitHub. */
  readonly report: string | null
  readonly settings: readonly FaultSetting[]
}

/** Several faults together, as they come in the world: a tunnel, an office's proxy. */
export type Preset = PresetOnServer

export type FaultChoice = Preset['faults'][number]

export interface ActiveFault extends Omit<ActiveOnServer, 'id' | 'until' | 'whose'> {
  /** As it stands in its address. */
  readonly id: string
  /** As {@link ActiveOnServer.since}, to which it is equal for a fault that is over at once. */
  readonly until: number
}

export interface WiresInfo extends Pick<WiresState, 'single' | 'mayAll'> {
  readonly lanes: readonly WireLane[]
  readonly faults: readonly FaultInfo[]
  readonly presets: readonly Preset[]
  readonly active: readonly ActiveFault[]
  /** Defects that this visitor has put into lanes. */
  readonly pitfalls: readonly ActivePitfall[]
  /** The server's clock when it answered, in milliseconds since the Unix epoch; null when it does not say. */
  readonly now: number | null
}

/** A server that has no wires, or does not answer. */
export const NO_WIRES: WiresInfo = {
  ...{ single: true, mayAll: false, now: null },
  ...{ lanes: [], faults: [], presets: [], active: [], pitfalls: [] },
}

/** @throws TypeError when it is no object at all */
export function wiresInfoOf(value: unknown): WiresInfo {
  const given = fieldsOf(value)
  if (!given) throw new TypeError('the server’s word on its wires is no object')
  const lanes = listOf(given.lanes, ({ name, origin }) =>
    isText(name) && isText(origin) && URL.canParse(origin) ? { name, origin: new URL(origin).origin } : null,
  )
  return {
    single: given.single !== false || lanes.length === 0,
    lanes,
    faults: listOf(given.faults, faultOf).map((fault) => withReason(fault, given.mayAll === true)),
    presets: listOf(given.presets, presetOf),
    active: listOf(given.active, activeFaultOf),
    pitfalls: listOf(given.pitfalls, activePitfallOf),
    mayAll: given.mayAll === true,
    now: isNumber(given.now) ? given.now : null,
  }
}

/** What the server does to itself, all of its visitors feel. */
const withReason = (fault: FaultInfo, mayAll: boolean): FaultInfo =>
  fault.scope === 'server' && !mayAll && fault.off === null ? { ...fault, off: FOR_TEACHERS } : fault

export const FOR_TEACHERS =
  'All visitors would feel it, so it is for a page on the server’s own machine, or for one that shows the teacher’s token.'

/** @returns null when it is none */
export function activeFaultOf(value: unknown): ActiveFault | null {
  const { id, lanes, since, until, mine, whose, ...choice } = fieldsOf(value) ?? {}
  const chosen = choiceOf(choice)
  if (!chosen || !(isText(id) || isNumber(id)) || !Array.isArray(lanes)) return null
  return {
    ...chosen,
    id: String(id),
    lanes: lanes.filter(isText),
    since: isNumber(since) ? since : 0,
    until: isNumber(until) ? until : isNumber(since) ? since : 0,
    mine: typeof mine === 'boolean' ? mine : whose !== 'all',
  }
}

/** @returns null when it is none */
export function activePitfallOf(value: unknown): ActivePitfall | null {
  const { pitfall, lane, path, since, until } = fieldsOf(value) ?? {}
  if (!isText(pitfall) || !isText(lane) || !isNumber(since)) return null
  return { pitfall, lane, path: isText(path) ? path : null, since, until: isNumber(until) ? until : since }
}

function faultOf(given: Fields): FaultInfo | null {
  const { name, title, models, report, settings, scope, isOnce, readsHttp, off } = given
  if (!isText(name)) return null
  return {
    name,
    title: isText(title) ? title : name,
    models: isText(models) ? models : '',
    report: isText(report) ? report : null,
    settings: listOf(settings, settingOf),
    scope: scope === 'server' ? 'server' : 'wire',
    isOnce: isOnce === true,
    ...(readsHttp === true && { readsHttp }),
    off: isText(off) ? off : null,
  }
}

function settingOf({ name, label, unit, min, max, usual }: Fields): FaultSetting | null {
  if (!isText(name) || !isNumber(min) || !isNumber(max) || !isNumber(usual) || min > max) return null
  return { name, label: isText(label) ? label : name, unit: isText(unit) ? unit : '', min, max, usual }
}

function presetOf({ name, title, models, faults }: Fields): Preset | null {
  const chosen = listOf(faults, choiceOf)
  if (!isText(name) || chosen.length === 0) return null
  return {
    name,
    title: isText(title) ? title : name,
    models: isText(models) ? models : '',
    faults: chosen,
  }
}

function choiceOf({ fault, settings }: Fields): FaultChoice | null {
  if (!isText(fault)) return null
  const numbers = Object.entries(fieldsOf(settings) ?? {}).filter((one): one is [string, number] =>
    isNumber(one[1]),
  )
  return { fault, settings: Object.fromEntries(numbers) }
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null ? (value as Fields) : null

const listOf = <One>(value: unknown, read: (fields: Fields) => One | null): One[] =>
  (Array.isArray(value) ? value : []).flatMap((one) => read(fieldsOf(one) ?? {}) ?? [])

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
