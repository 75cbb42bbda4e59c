/**
 * The panels of the lab page. The switches of the faults are in the first view, and ask the server when the lanes are connected;
 * the code of those below the lanes is fetched when one of them is opened.
 */
import { html, nothing } from 'lit'
import type { Bench, BenchPage } from '../faults/bench.ts'
import { createBench } from '../faults/parts.ts'
import { wires } from '../faults/wires.ts'
import { browserPlatform } from '../platform.ts'
import { FAILED, type Head, panel } from './panel.ts'
import type { LabSettings } from './settings.ts'

type WireSettings = Pick<LabSettings, 'onePort' | 'silence'>

export interface PanelsPage extends Omit<BenchPage, 'platform' | 'wires'> {
  /** Those of the page, as they are now. */
  readonly settings: Readonly<WireSettings>
  readonly onSettings: (changed: Partial<WireSettings>) => void
  readonly isOpen: (id: PanelId) => boolean
  /** The reader has opened or closed it. */
  readonly onOpen: (id: PanelId, isOpen: boolean) => void
  /** Settles when what is more urgent than a panel has been fetched. */
  readonly ready: Promise<void>
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

/** All that can be opened and closed, in the order of the page; `bytes` is a part of its own (web/scope/every-byte.ts). */
export const PANELS = ['bytes', 'break', 'ledger', 'scenarios', 'compose', 'latency'] as const
export type PanelId = (typeof PANELS)[number]

interface PageHead extends Head {
  readonly id: PanelId
}

const BREAK: PageHead = {
  ...{ id: 'break', title: 'Break the network' },
  says: 'cut, silence or delay any lane, and see what it does about it',
}
const LEDGER: PageHead = {
  ...{ id: 'ledger', title: 'Ledger' },
  says: 'what each lane has delivered, lost and doubled, compared with the server’s log',
}
const SCENARIOS: PageHead = {
  ...{ id: 'scenarios', title: 'Scenarios' },
  says: 'a question, your guess, and the answer in figures of these lanes',
}
const LATENCY: PageHead = {
  ...{ id: 'latency', title: 'Latency' },
  says: 'of each lane, message by message, and what it comes to',
}
const COMPOSE: PageHead = {
  ...{ id: 'compose', title: 'Raw composer' },
  says: 'edit a request or a frame, right or wrong, send it, and see what the server answers',
}

export function createPanels(page: PanelsPage) {
  /** Null until the code of the first panel is here. */
  let bench: Bench | null = null
  let hasLater = false
  let problem: string | null = null

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

  const own = (head: PageHead, fetchParts: () => Promise<void>, draw: () => unknown) =>
    panel(head, {
      isOpen: page.isOpen(head.id),
      drawn: page.isOpen(head.id) ? draw() : null,
      problem,
      onToggle(isOpen) {
        if (isOpen) void fetchParts()
        if (isOpen !== page.isOpen(head.id)) page.onOpen(head.id, isOpen)
      },
    })
  const later = (head: PageHead, draw: (bench: Bench) => unknown) =>
    own(head, loadLater, () => bench && hasLater && draw(bench))

  return {
    breaking: () =>
      own(
        BREAK,
        load,
        () =>
          bench &&
          html`<break-panel
            brief
            .bench=${bench}
            .onePort=${page.settings.onePort}
            .silence=${page.settings.silence}
            @setting=${({ detail }: CustomEvent<Partial<WireSettings>>) => page.onSettings(detail)}
          ></break-panel>`,
      ),
    scenarios: () => later(SCENARIOS, (bench) => html`<scenario-list .bench=${bench}></scenario-list>`),
    composing: () => later(COMPOSE, (bench) => html`<raw-composer .bench=${bench}></raw-composer>`),
    ledger: () => later(LEDGER, (bench) => html`<lane-ledger .bench=${bench}></lane-ledger>`),
    latency: (draw: () => unknown) => later(LATENCY, draw),
    /** What stands on a lane about its faults. */
    onLane: (lane: string) =>
      bench ? html`<lane-faults slot="faults" .bench=${bench} .lane=${lane}></lane-faults>` : nothing,
    onReset: () => bench?.ledger.reset(),
  }
}
