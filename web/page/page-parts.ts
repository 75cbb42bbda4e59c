/**
 * What the lab page is made of: its settings, and the parts that act on them, each told of what the others do. The element
 * (lab-page.ts) draws them.
 */
import { PROBLEMS } from '../../transports/descriptors.ts'
import { createPageCluster } from '../cluster/page-cluster.ts'
import type { Series } from '../elements/figures/series.ts'
import type { ChatLane, LiveSettings } from '../elements/lane/chat-lane.ts'
import { createLinkedFaults } from '../faults/link/linked-faults.ts'
import { wires } from '../faults/wires.ts'
import { visibleSince } from '../frame.ts'
import { me } from '../me.ts'
import { createStopwatch } from '../model/figures/stopwatch.ts'
import { createPagePitfalls } from '../pitfalls/page-pitfalls.ts'
import type { Look } from '../scope/timeline/view.ts'
import { createAddress } from './address/address.ts'
import { forClass } from './address/link.ts'
import { lookOf, settingsOfLook } from './address/look.ts'
import { readSettings } from './address/read-write.ts'
import { type LabSettings, USUAL } from './address/settings.ts'
import { createFileIntake } from './files.ts'
import { createPageLanes } from './lanes/page-lanes.ts'
import { createPageView } from './lanes/page-view.ts'
import { createFirstMotion } from './opening/first-motion.ts'
import { ownRoom, rememberRoom } from './opening/own-room.ts'
import { createPanels } from './panels.ts'
import { createPageName } from './who/page-name.ts'
import { createPageRooms } from './who/page-rooms.ts'

export interface PagePartsOptions {
  readonly series: () => readonly Series[]
  /** The lanes that are on the page. */
  readonly elements: () => readonly ChatLane[]
  readonly onChange: () => void
}

export type PageParts = ReturnType<typeof createPageParts>

export function createPageParts({ series, elements, onChange }: PagePartsOptions) {
  const stopwatch = createStopwatch(visibleSince)
  const cluster = createPageCluster({ wires, lanes: () => lanes.forPanels(), onChange })
  /** Where an address leads that names no room. One that is in memory only is of one server, so a cluster has none of one's own. */
  const home = cluster.isThere ? USUAL.room : ownRoom()
  const address = createAddress(home)
  const { settings } = address
  /** Of the timeline: one object for as long as it is the same. */
  let look = lookOf(settings)
  let complaints: readonly string[] = [...PROBLEMS, ...address.complaints]
  /** The link asks for traffic. It starts when the reader says so, and not before. */
  let isAsked = settings.running
  settings.running = false
  const turned: LiveSettings = { ...settings.transports }

  function write(): void {
    address.write(settings)
    onChange()
  }
  function remember(): void {
    complaints = []
    write()
  }
  function set(changed: Partial<LabSettings>): void {
    Object.assign(settings, changed)
    remember()
  }
  function complain(words: readonly string[]): void {
    complaints = words
    onChange()
  }

  const name = createPageName({
    typed: () => settings.name,
    onTyped: (typed) => set({ name: typed }),
    onChange,
  })
  const files = createFileIntake({ to: () => ({ room: settings.room, name: name.unsigned }), onChange })
  const motion = createFirstMotion({ stopwatch, room: () => home, onChange })
  const rooms = createPageRooms({
    room: () => settings.room,
    onOpen: (room) => {
      motion.stop()
      rememberRoom(room)
      stopwatch.clear()
      set({ room })
    },
    onLeave: address.leave,
    onComplaint: (words) => complain([words]),
    onChange,
  })
  const view = createPageView({ settings, onSettings: set, onChange })
  const lanes = createPageLanes({
    series,
    elements,
    isShown: ({ transport }) => view.isShown(transport),
    onSettled: view.settle,
    onOpen: () => {
      // A link that asks for traffic waits for the reader; so does all else that could move then.
      if (settings.room === home && !isAsked && !cluster.isThere) motion.begin()
    },
    onTooManyRooms: () => {
      // Each of a large class has one of their own, and the server bounds how many there are.
      if (settings.room !== home) return
      rooms.go(USUAL.room)
      complain([`This server has no place for one more room of your own: you are in the ${USUAL.room}.`])
    },
    onChange,
  })
  const linked = createLinkedFaults({
    wires,
    linked: settings.faults,
    onChange: () => {
      settings.faults = linked.all
      write()
    },
  })

  function reset(): void {
    lanes.reset()
    panels.onReset()
  }

  /** The setting of a class: all of it but who and where the learner is, and what the teacher's projector needs. */
  function takeGiven(query: string): void {
    const given = readSettings(query, home)
    const { room, name, present, running, unknown } = settings
    isAsked = given.settings.running
    Object.assign(settings, given.settings, { room, name, present, running, unknown, class: true })
    Object.assign(turned, given.settings.transports)
    look = lookOf(given.settings)
    linked.offer(given.settings.faults)
    view.openWhatIsChosen()
    complaints = given.complaints.map((complaint) => `From the teacher: ${complaint}`)
    lanes.draw()
    write()
  }

  const panels = createPanels({
    linked,
    isOpen: view.isOpen,
    onOpen: view.setOpen,
    ready: view.ready,
    lanes: lanes.forPanels,
    room: () => settings.room,
    stopwatch,
    reset,
    name: () => name.shown,
    settingForClass: () => forClass(settings),
    onGiven: takeGiven,
    settings,
    onSettings: set,
    onChange,
  })
  const pitfalls = createPagePitfalls({
    wires,
    lanes: lanes.forPanels,
    isOpen: () => view.isOpen('pitfalls'),
    onOpen: (isOpen) => view.setOpen('pitfalls', isOpen),
    chosen: () => settings.pitfall,
    onChosen: (pitfall) => set({ pitfall }),
    onChange,
  })

  wires.onChange(onChange) // the lanes may have other ports by now
  me.onChange(() => {
    name.dismiss()
    rooms.onPerson()
  })
  view.openWhatIsChosen()
  showLarge(settings.present)

  return {
    ...{ stopwatch, cluster, home, address, settings, turned, name, files, motion, rooms },
    ...{ view, lanes, panels, pitfalls, set, reset, complain },
    get look() {
      return look
    },
    get complaints() {
      return complaints
    },
    get isAsked() {
      return isAsked
    },
    onLook(changed: Look) {
      look = changed
      set(settingsOfLook(changed))
    },
    /** A slider of a lane was turned. */
    onTurned(setting: string) {
      const value = turned[setting]
      if (value !== undefined) settings.transports[setting] = value
      remember()
    },
    /** The words of a projector's page are the timeline's, and what each lane has that a class looks at together. */
    present(present: boolean) {
      showLarge(present)
      set({ present })
    },
  }
}

/** Sizes hang on the root element's: present.css has the rest. */
const showLarge = (is: boolean): boolean => document.documentElement.toggleAttribute('data-present', is)
