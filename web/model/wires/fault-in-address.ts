/**
 * A fault as an address has it: `latency@sse,websocket;ms:300;for:10`. First its name; then its lanes, or none for all of them;
 * then its settings, those that are left out as usual; and for how many seconds, or `for:healed`.
 *
 * An address orders nothing: the page shows what it names, and its reader decides (docs/decisions/069-the-whole-setting.md).
 */
import { MAX_FAULT_S } from '../../../lab/wires/control.ts'
import type { WiresInfo } from './wires-info.ts'

export interface FaultInAddress {
  readonly fault: string
  /** By name; null for all lanes. */
  readonly lanes: readonly string[] | null
  readonly settings: Readonly<Record<string, number>>
  /** Null for until it is healed. */
  readonly seconds: number | null
}

/** How long a fault lasts of which it is not said. */
export const USUAL_SECONDS = 10
/** More in one address than a reader would look through before pressing a button. */
export const MAX_FAULTS = 16
const MAX_CHARS = 500
const SHAPE =
  /^([a-z][a-z0-9-]*)(?:@([a-z0-9-]+(?:,[a-z0-9-]+)*))?((?:;[A-Za-z]\w*:(?:\d+(?:\.\d+)?|healed))*)$/
const FOR = 'for'

/** @returns null for what is no fault of this shape */
export function faultFromAddress(text: string): FaultInAddress | null {
  const [, fault, lanes, rest] = (text.length <= MAX_CHARS && SHAPE.exec(text)) || []
  if (fault === undefined) return null
  const settings: Record<string, number> = {}
  let seconds: number | null = USUAL_SECONDS
  for (const part of (rest ?? '').split(';').slice(1)) {
    const [name, value] = part.split(':') as [string, string]
    if (name !== FOR && value === 'healed') return null
    if (name === FOR) seconds = value === 'healed' ? null : Number(value)
    else settings[name] = Number(value)
  }
  if (seconds !== null && (seconds < 0.1 || seconds > MAX_FAULT_S)) return null
  return { fault, lanes: lanes === undefined ? null : [...new Set(lanes.split(','))], settings, seconds }
}

export function faultToAddress({ fault, lanes, settings, seconds }: FaultInAddress): string {
  const on = lanes === null ? '' : `@${lanes.join(',')}`
  const set = Object.entries(settings).map(([name, value]) => `;${name}:${value}`)
  return `${fault}${on}${set.join('')};${FOR}:${seconds ?? 'healed'}`
}

/** The same fault on the same lanes, whatever its settings. */
const keyOf = ({ fault, lanes }: FaultInAddress): string =>
  `${fault}@${lanes ? [...lanes].sort().join() : ''}`

/** All of them, of two for the same lanes the first. */
export function withoutTwins(faults: readonly FaultInAddress[]): readonly FaultInAddress[] {
  const byKey = new Map([...faults].reverse().map((one) => [keyOf(one), one]))
  return [...new Map([...faults].map((one) => [keyOf(one), byKey.get(keyOf(one))!])).values()]
}

/** The faults that a reader has on, as another address would have them. What touches all visitors is in no address. */
export function faultsThatAreOn({ active, faults, lanes: all }: WiresInfo): readonly FaultInAddress[] {
  return active.flatMap(({ fault, lanes, settings, since, until, mine }) => {
    if (!mine || faults.find(({ name }) => name === fault)?.scope === 'server') return []
    const lastsS = Math.round((until - since) / 100) / 10
    const isAll = all.every(({ name }) => lanes.includes(name))
    return {
      ...{ fault, settings, lanes: isAll ? null : lanes },
      seconds: lastsS >= MAX_FAULT_S || lastsS < 0.1 ? null : lastsS,
    }
  })
}

/** Why this server cannot make it as the address wants it, as a sentence; null when it can. */
export function whyNotHere(order: FaultInAddress, { faults, lanes, single }: WiresInfo): string | null {
  const about = faults.find(({ name }) => name === order.fault)
  if (!about) return `This lab knows no fault “${order.fault}”.`
  if (about.scope === 'server') return 'All visitors would feel it, so no address sets it.'
  if (about.off !== null) return about.off
  if (single) return 'All lanes share one port here, so none has a wire of its own.'
  const unknown = order.lanes?.find((name) => !lanes.some((one) => one.name === name))
  if (unknown !== undefined) return `This lab has no lane “${unknown}”.`
  for (const [name, value] of Object.entries(order.settings)) {
    const setting = about.settings.find((one) => one.name === name)
    if (!setting) return `${about.title} has no setting “${name}” here.`
    if (value < setting.min || value > setting.max)
      return `${setting.label} must be from ${setting.min} to ${setting.max} ${setting.unit}, and is ${value}.`
  }
  return null
}
