/**
 * The page's whole setting, as its address has it, so that a link reproduces it (docs/decisions/069-the-whole-setting.md).
 * What is as usual is left out: a short link says what is special about it.
 */
import { unitInAddress } from '../../../lab/client/descriptor.ts'
import { parseRoomName } from '../../../lab/wire/codec.ts'
import { problemWithName as problemOf } from '../../../lab/wire/names.ts'
import { SETTINGS } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { FaultInAddress } from '../../model/wires/fault-in-address.ts'
import { SPANS, USUAL_SPAN } from '../../scope/timeline/view.ts'
import type { PanelId } from '../panel-heads.ts'
import { RATE, SILENCE, SIZE } from '../slider-settings.ts'

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
  /** The lanes on the page; null for all. */
  lanes: readonly TransportName[] | null
  /** The panels that are open; null for those that are in a window of this size. */
  open: readonly PanelId[] | null
  /** Each lane says what it does, and has all of its figures. */
  words: boolean
  /** Large type, and only what a class looks at together: for a projector. */
  present: boolean
  /** The page offers to join the class that is held in its room. */
  class: boolean
  /** How much of the timeline is in view, in milliseconds: one of {@link SPANS}. */
  zoom: number
  /** What of the timeline is shown that usually is not. */
  timeline: readonly TimelineExtra[]
  /** The scenario that is chosen, by its id; it may be one that this version has not. */
  scenario: string | null
  /** The pitfall that is chosen, by its name, under the same reservation. It is never switched on by an address. */
  pitfall: string | null
  /** Faults to be set when the reader says so, and not before. */
  faults: readonly FaultInAddress[]
  /** What else the address says, and this version of the page does not know: it stays there, as it came. */
  unknown: readonly (readonly [name: string, value: string])[]
}

/** A line for each connection; the table beside the canvas. */
export const TIMELINE_EXTRAS = ['connections', 'table'] as const
export type TimelineExtra = (typeof TIMELINE_EXTRAS)[number]

export const USUAL: Readonly<LabSettings> = {
  room: 'lobby',
  name: null,
  rate: RATE.usual,
  size: SIZE.usual,
  transports: Object.fromEntries([...SETTINGS].map(([name, { usual }]) => [name, usual])),
  running: false,
  silence: SILENCE.usual,
  onePort: false,
  lanes: null,
  open: null,
  words: false,
  present: false,
  class: false,
  zoom: USUAL_SPAN,
  timeline: [],
  scenario: null,
  pitfall: null,
  faults: [],
  unknown: [],
}

/** A number in the address: under which parameter, and how it is read and put into the settings. */
export interface NumberParam {
  readonly param: string
  readonly label: string
  readonly range: { readonly min: number; readonly max: number; readonly usual: number }
  /** How many of the setting's units are one in the address: durations are in seconds there, as in the protocol. */
  readonly unit: number
  readonly whole: boolean
  readonly get: (settings: Readonly<LabSettings>) => number
  readonly set: (settings: LabSettings, value: number) => void
}

export const NUMBERS: readonly NumberParam[] = [
  ...(
    [
      ['rate', RATE, false],
      ['size', SIZE, true],
      ['silence', SILENCE, false],
    ] as const
  ).map(([key, range, whole]) => ({
    ...{ param: key, label: range.label, range, unit: 1, whole },
    get: (settings: Readonly<LabSettings>) => settings[key],
    set: (settings: LabSettings, value: number) => {
      settings[key] = value
    },
  })),
  ...[...SETTINGS.values()].map((setting) => ({
    ...{ param: setting.param, label: setting.label, range: setting },
    ...{ unit: unitInAddress(setting), whole: setting.unit === 'count' },
    get: ({ transports }: Readonly<LabSettings>) => transports[setting.name] ?? setting.usual,
    set: ({ transports }: LabSettings, value: number) => {
      transports[setting.name] = value
    },
  })),
]

/** Settings that are yes or no: 1 or 0 in the address. */
export const FLAGS = [
  'running',
  'words',
  'present',
  'class',
] as const satisfies readonly (keyof LabSettings)[]

/** Seconds of the timeline that can be in view. */
export const ZOOMS: readonly number[] = SPANS.map((ms) => ms / 1_000)

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
