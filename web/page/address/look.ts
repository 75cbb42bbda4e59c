/** How much of the timeline is in view, as the timeline has it and as the address has it. */
import type { Look } from '../../scope/timeline/view.ts'
import { type LabSettings, TIMELINE_EXTRAS } from './settings.ts'

export const settingsOfLook = ({ span, isTall, hasTable }: Look): Pick<LabSettings, 'zoom' | 'timeline'> => ({
  zoom: span,
  timeline: TIMELINE_EXTRAS.filter((extra) => (extra === 'table' ? hasTable : isTall)),
})

export const lookOf = ({ zoom, timeline }: Readonly<LabSettings>): Look => ({
  span: zoom,
  isTall: timeline.includes('connections'),
  hasTable: timeline.includes('table'),
})
