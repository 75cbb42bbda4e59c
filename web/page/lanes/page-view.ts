/** What of the page is in view: which lanes, which panels, and how close their parts stand. It is part of the settings. */
import { LANES } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { LabSettings } from '../address/settings.ts'
import { PANELS, type PanelId } from '../panel-heads.ts'

/** The switches of the faults stand beside the timeline from here on; in a narrower page they would push the lanes out of view. */
const WIDE = '(min-width: 64rem)'
/** As a projector's 1280 by 720: rows stand closer, so that lanes and timeline are in view together. */
const LOW = '(max-height: 50rem)'

/** Heights of a connection's line in the timeline, in pixels; for a projector, all of it is drawn {@link LARGE} times as large. */
const LINES = { low: 10, high: 12, large: 8 }
const LARGE = 1.65
/** A projector's page is at least so wide; in a narrower window the mode changes nothing (present.css). */
const PROJECTOR = '(min-width: 60rem)'

/** A lane that does not come to anything must not keep the panels waiting. */
const LANES_TAKE_MS = 5_000

export type ViewSettings = Pick<
  LabSettings,
  'lanes' | 'open' | 'words' | 'present' | 'faults' | 'scenario' | 'pitfall'
>

export interface PageViewOptions {
  readonly settings: Readonly<ViewSettings>
  /** The reader has changed what is in view. */
  readonly onSettings: (changed: Partial<Pick<ViewSettings, 'lanes' | 'open' | 'words'>>) => void
  readonly onChange: () => void
}

export type PageView = ReturnType<typeof createPageView>

export function createPageView({ settings, onSettings, onChange }: PageViewOptions) {
  const low = matchMedia(LOW)
  low.addEventListener('change', onChange)
  const projector = matchMedia(PROJECTOR)
  projector.addEventListener('change', onChange)
  const presents = () => settings.present && projector.matches
  const isWide = matchMedia(WIDE).matches
  const usual = (): readonly PanelId[] => (isWide && !presents() ? ['bytes', 'break'] : ['bytes'])
  let isReady = false
  let settle = () => {}
  const ready = new Promise<void>((resolve) => {
    settle = () => {
      if (isReady) return
      isReady = true
      resolve()
      onChange()
    }
  })
  setTimeout(() => settle(), LANES_TAKE_MS)

  /** Panels in which the address has chosen something, until their reader closes them. */
  const chosen = new Set<PanelId>()
  const isOpen = (id: PanelId) => chosen.has(id) || (settings.open ?? usual()).includes(id)

  return {
    isOpen,
    setOpen(id: PanelId, isToBe: boolean) {
      if (isOpen(id) === isToBe) return
      chosen.delete(id)
      const open = PANELS.filter((one) => (one === id ? isToBe : isOpen(one)))
      onSettings({ open: open.join() === usual().join() ? null : open })
    },
    /**
     * What the address has chosen in a panel is in view where it does not say which panels are open; and what is asked of the
     * reader always is.
     */
    openWhatIsChosen() {
      const { open, faults, scenario, pitfall } = settings
      chosen.clear()
      if (faults.length > 0) chosen.add('break')
      if (open === null && scenario !== null) chosen.add('scenarios')
      if (open === null && pitfall !== null) chosen.add('pitfalls')
    },
    isShown: (name: TransportName) => settings.lanes?.includes(name) ?? true,
    get shown(): readonly TransportName[] {
      return settings.lanes ?? LANES
    },
    set shown(names: readonly TransportName[]) {
      onSettings({ lanes: names.length === LANES.length ? null : names })
    },
    /** Of the timeline. */
    get line() {
      if (presents()) return low.matches ? LINES.large : LINES.low
      return low.matches ? LINES.low : LINES.high
    },
    /** How many times its usual size the timeline is drawn. */
    get scale() {
      return presents() ? LARGE : 1
    },
    /** Whether the page is for a projector now. */
    get presents() {
      return presents()
    },
    /** Settles when the lanes have connected: what a panel fetches would come before them. */
    ready,
    get isReady() {
      return isReady
    },
    /** The lanes have connected, or have come to another end. */
    settle: () => settle(),
  }
}
