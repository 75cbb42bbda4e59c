/** What a fault is: words for people, and what it does to each connection that it touches. */
import type { Clock } from '../../wire/clock.ts'
import type { Random } from '../../wire/random.ts'
import type { FaultAbout, FaultSetting, SettingValues } from '../control.ts'
import type { Filter, Next } from '../flow.ts'
import type { Line } from '../line.ts'

export interface Fault {
  readonly about: FaultAbout
  /** @param settings complete and within their ranges (see {@link settingsFrom}) */
  begin(settings: SettingValues, tools: FaultTools): FaultRun
}

export interface FaultTools {
  readonly clock: Clock
  readonly random: Random
}

/** A fault that has begun. What several connections share, such as a number of bytes until the cut, is kept in it. */
export interface FaultRun {
  /**
   * Called once for each connection that the fault touches.
   *
   * @param isNewcomer whether it was opened while the fault was on, and nothing of it has passed
   * @returns heals this connection; undefined when there is nothing to heal
   */
  touch(line: Line, isNewcomer: boolean): (() => void) | undefined
}

/** On or off, as a number. */
export const switchSetting = (name: string, label: string, isUsual: boolean): FaultSetting => ({
  ...{ name, label, unit: 'switch' as const, min: 0, max: 1 },
  usual: isUsual ? 1 : 0,
})

/**
 * All settings of a fault, with the usual value for what is not given.
 *
 * @throws RangeError that names the setting, its range and what was given
 */
export function settingsFrom({ name: fault, settings }: FaultAbout, given: SettingValues): SettingValues {
  const unknown = Object.keys(given).find((name) => !settings.some((setting) => setting.name === name))
  if (unknown !== undefined) {
    const known = settings.map(({ name }) => name).join(', ') || 'none'
    throw new RangeError(
      `the fault ${fault} has no setting ${JSON.stringify(unknown)}; its settings: ${known}`,
    )
  }
  return Object.fromEntries(settings.map((setting) => [setting.name, valueFor(setting, given[setting.name])]))
}

function valueFor({ name, unit, min, max, usual }: FaultSetting, value: number = usual): number {
  const isSwitch = unit === 'switch'
  if (value >= min && value <= max && (!isSwitch || Number.isInteger(value))) return value
  const range = isSwitch ? '0 or 1' : `from ${min} to ${max} ${unit}`
  throw new RangeError(`${name} must be ${range}, not ${value}`)
}

/** Puts a filter of its own into each direction of a line. */
export const bothWays =
  (create: (next: Next) => Filter): FaultRun['touch'] =>
  ({ toServer, toClient }) =>
    healAll(toServer.add(create), toClient.add(create))

/** Heals several things as one. */
export const healAll =
  (...heals: readonly (() => void)[]) =>
  (): void => {
    for (const heal of heals) heal()
  }
