/** The link to the page as it is set, for another reader, and what is in it in words. */
import { isTransient } from '../../../lab/wire/codec.ts'
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import { number } from '../../words.ts'
import { PANEL_HEADS } from '../panel-heads.ts'
import { writeSettings } from './read-write.ts'
import { type LabSettings, NUMBERS, USUAL } from './settings.ts'

/** Hosts that are another machine for each reader. */
const OWN_HOST = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/

/**
 * The link leaves the reader's name out: who opens it is another person.
 *
 * @param at the page's own address, without query
 * @param home the reader's own room
 */
export const linkTo = (at: string, settings: Readonly<LabSettings>, home: string): string =>
  `${at}${writeSettings({ ...settings, name: null }, home)}`

/** The query that a teacher gives to a class: with the room, without what is the teacher's own. */
export const forClass = (settings: Readonly<LabSettings>): string =>
  writeSettings({ ...settings, name: null, present: false, class: true }, '')

/** What a reader who opens it finds set, each as a phrase. What is as usual is not among them. */
export function inLink(settings: Readonly<LabSettings>, home: string): readonly string[] {
  const { room, lanes, open, words, present, zoom, timeline, scenario, pitfall, faults, running, onePort } =
    settings
  return [
    room === home ? 'no room: each reader comes to their own' : `the room ${room}`,
    ...(lanes ? [`the lanes ${lanes.map((name) => DESCRIPTORS.get(name)?.short ?? name).join(', ')}`] : []),
    ...(words ? ['words and all figures'] : []),
    ...(present ? ['large type, for a projector'] : []),
    ...(settings.class ? ['the offer to join the class'] : []),
    ...(open
      ? [open.length === 0 ? 'no panel open' : `open: ${open.map((id) => PANEL_HEADS[id].title).join(', ')}`]
      : []),
    ...(zoom === USUAL.zoom ? [] : [`${number(zoom / 1_000)} s of the timeline in view`]),
    ...timeline.map((extra) => (extra === 'table' ? 'the timeline’s table' : 'a line for each connection')),
    ...NUMBERS.flatMap(({ label, unit, get }) =>
      get(settings) === get(USUAL) ? [] : `${label.toLowerCase()} ${number(get(settings) / unit)}`,
    ),
    ...(onePort ? ['all lanes on one port'] : []),
    ...(running ? ['traffic, which its reader starts'] : []),
    ...(scenario ? [`the scenario “${scenario}”, which its reader runs`] : []),
    ...(pitfall ? [`the pitfall “${pitfall}”, to read about: it is not switched on`] : []),
    ...(faults.length > 0
      ? [`${faults.length === 1 ? 'a fault' : `${faults.length} faults`}, which its reader sets by a button`]
      : []),
  ]
}

/** What a reader has to know before they hand the link on, each as a sentence. */
export function besideLink(settings: Readonly<LabSettings>, home: string, host: string): readonly string[] {
  return [
    ...(settings.name === null ? [] : ['Your name is not in it.']),
    ...(isTransient(settings.room) && settings.room !== home
      ? ['Its room is in memory only, and gone a minute after its last reader.']
      : []),
    ...(OWN_HOST.test(host)
      ? [`${host} is this machine only: for others, open the page by this machine’s address first.`]
      : []),
  ]
}
