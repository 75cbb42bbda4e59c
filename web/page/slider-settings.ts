/** What can be turned on the page: how far, from where, and in which words. */
import type { SettingDescriptor } from '../../lab/client/descriptor.ts'
import { milliseconds, number } from '../words.ts'

export interface SliderSetting {
  readonly label: string
  readonly min: number
  readonly max: number
  readonly usual: number
  readonly inWords: (value: number) => string
}

/** The slider of a transport's setting, as its descriptor says it. */
export const sliderSettingOf = ({ label, min, max, usual, unit }: SettingDescriptor): SliderSetting => ({
  ...{ label, min, max, usual },
  inWords: unit === 'duration' ? milliseconds : number,
})

/** Messages per second. The fastest is quicker than anyone reads and slower than any lane's limit. */
export const RATE: SliderSetting = {
  label: 'Rate',
  min: 0.2,
  max: 50,
  usual: 2,
  inWords: (value) => `${number(value)} per second`,
}

/** Seconds. The least is shorter than the servers' heartbeat: then a quiet room is taken for a dead line, which is to be seen. */
export const SILENCE: SliderSetting = {
  label: 'A lane is dead after a silence of',
  min: 2,
  max: 60,
  usual: 30,
  inWords: (value) => `${number(value)} s`,
}

/** Bytes of text. The smallest holds a number and a word. */
export const SIZE: SliderSetting = {
  label: 'Size',
  min: 16,
  max: 16_384,
  usual: 64,
  inWords: (value) => `${number(value)} bytes`,
}
