/** What the timeline says around what it draws. */
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { Status } from '../protocol.ts'

export const LEGEND =
  'A bar is a request: sent, held by the server, its content. A mark is a frame or an event. Grey: nothing in it. Point at one, or use the arrow keys; click or press Enter for its bytes.'

export const STATUS: Readonly<Record<Exclude<Status['kind'], 'open'>, string>> = {
  connecting: 'Connecting…',
  none: 'Nothing to see here.',
  waiting: 'Trying again in a moment.',
}

export const titleOf = (lane: string): string => DESCRIPTORS.get(lane as TransportName)?.title ?? lane
export const shortOf = (lane: string): string => DESCRIPTORS.get(lane as TransportName)?.short ?? lane
export const inSpan = (span: number): string =>
  span < 1_000 ? `${span} ms` : span < 60_000 ? `${span / 1_000} s` : `${span / 60_000} min`
