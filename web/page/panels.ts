/**
 * The panels of the lab page. The switches of the faults are in the first view, and ask the server when the lanes are connected;
 * the code of those below the lanes is fetched when one of them is opened.
 */
import { html, nothing } from 'lit'
import type { Report } from '../../lab/wires/class/control.ts'
import type { Bench, BenchPage } from '../faults/bench.ts'
import type { LinkedFaults } from '../faults/link/linked-faults.ts'
import { createBench } from '../faults/parts.ts'
import { wires } from '../faults/wires.ts'
import type { FaultInAddress } from '../model/wires/fault-in-address.ts'
import { browserPlatform } from '../platform.ts'
import type { LabSettings } from './address/settings.ts'
import { FAILED, panel } from './panel.ts'
import type { PanelId } from './panel-heads.ts'

type PanelSettings = Pick<LabSettings, 'onePort' | 'silence' | 'scenario' | 'class'>

export interface PanelsPage extends Omit<BenchPage, 'platform' | 'wires'> {
  /** Those of the page, as they are now. */
  readonly settings: Readonly<PanelSettings>
  readonly onSettings: (changed: Partial<PanelSettings>) => void
  /** The faults that the address names. */
  readonly linked: LinkedFaults
  readonly isOpen: (id: PanelId) => boolean
  /** The reader has opened or closed it. */
  readonly onOpen: (id: PanelId, isOpen: boolean) => void
  /** Under which name the reader writes. */
  readonly name: () => string
  /** The query of the page's setting, for a class. */
  readonly settingForClass: () => string
  /** A teacher has given the page this setting. */
  readonly onGiven: (query: string) => void
  /** Settles when what is more urgent than a panel has been fetched. */
  readonly ready: Promise<void>
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export function createPanels(page: PanelsPage) {
  /** Null until the code of the first panel is here. */
  let bench: Bench | null = null
  let hasLater = false
  let problem: string | null = null
  let guess: Report['guess'] = null

  async function load(): Promise<void> {
    if (bench) return
    await page.ready
    bench ??= createBench({ ...page, platform: browserPlatform, wires })
    page.onChange()
  }

  async function loadLater(): Promise<void> {
    if (hasLater) return
    await load()
    try {
      await import('../faults/later-parts.ts')
      hasLater = true
      problem = null
    } catch {
      problem = FAILED
    }
    page.onChange()
  }
  // Also one that another user has set: a fault is shown on the lane that it is on.
  wires.onChange(() => {
    if (wires.info.active.length > 0) void load()
  })

  const own = (id: PanelId, fetchParts: () => Promise<void>, draw: () => unknown) =>
    panel(id, {
      isOpen: page.isOpen(id),
      drawn: page.isOpen(id) ? draw() : null,
      problem,
      onToggle(isOpen) {
        if (isOpen) void fetchParts()
        if (isOpen !== page.isOpen(id)) page.onOpen(id, isOpen)
      },
    })
  const later = (id: PanelId, draw: (bench: Bench) => unknown) =>
    own(id, loadLater, () => bench && hasLater && draw(bench))

  return {
    breaking: () =>
      own(
        'break',
        load,
        () =>
          bench &&
          html`<break-panel
            brief
            .bench=${bench}
            .onePort=${page.settings.onePort}
            .silence=${page.settings.silence}
            .linked=${page.linked.offered}
            @setting=${({ detail }: CustomEvent<Partial<PanelSettings>>) => page.onSettings(detail)}
            @switches=${({ detail }: CustomEvent<readonly FaultInAddress[]>) => page.linked.switch(detail)}
            @forget=${() => page.linked.offer([])}
          ></break-panel>`,
      ),
    scenarios: () =>
      later(
        'scenarios',
        (bench) => html`<scenario-list
          .bench=${bench}
          .wanted=${page.settings.scenario}
          @choose=${({ detail }: CustomEvent<string | null>) => page.onSettings({ scenario: detail })}
          @guess=${({ detail }: CustomEvent<Report['guess']>) => (guess = detail)}
        ></scenario-list>`,
      ),
    composing: () => later('compose', (bench) => html`<raw-composer .bench=${bench}></raw-composer>`),
    ledger: () => later('ledger', (bench) => html`<lane-ledger .bench=${bench}></lane-ledger>`),
    latency: (draw: () => unknown) => later('latency', draw),
    holdingClass: () =>
      later(
        'class',
        (bench) => html`<class-panel .bench=${bench} .setting=${page.settingForClass}></class-panel>`,
      ),
    /** What a learner sees of the class of the room: only where the address offers it. */
    joiningClass() {
      if (!page.settings.class) return nothing
      if (!hasLater && problem === null) void loadLater()
      if (!bench || !hasLater) return nothing
      return html`<class-bar
        .bench=${bench}
        .room=${page.room()}
        .name=${page.name()}
        .guess=${() => guess}
        @given=${({ detail }: CustomEvent<string>) => page.onGiven(detail)}
      ></class-bar>`
    },
    /** What stands on a lane about its faults. */
    onLane: (lane: string) =>
      bench ? html`<lane-faults slot="faults" .bench=${bench} .lane=${lane}></lane-faults>` : nothing,
    onReset: () => bench?.ledger.reset(),
  }
}
