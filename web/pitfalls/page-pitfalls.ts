/**
 * The pitfalls of the lab page: which lane has which, and the panel in which they are switched. All their code, the defects too, is
 * fetched when the panel is opened or a pitfall is on: the first view has none of it.
 */
import { html, nothing } from 'lit'
import type { PageLane } from '../faults/bench.ts'
import type { Wires } from '../model/wires/wires.ts'
import { FAILED, panel } from '../page/panel.ts'
import type { LaneDefect } from './lane-defect.ts'

type Parts = typeof import('./parts.ts')

export interface PitfallsPage {
  readonly wires: Wires
  readonly lanes: () => readonly PageLane[]
  readonly isOpen: () => boolean
  /** The reader has opened or closed the panel. */
  readonly onOpen: (isOpen: boolean) => void
  /** The pitfall that is chosen, by name. */
  readonly chosen: () => string | null
  readonly onChosen: (name: string | null) => void
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export function createPagePitfalls(page: PitfallsPage) {
  const { wires } = page
  /** Null until the code is here. */
  let parts: Parts | null = null
  let problem: string | null = null
  /** One object for as long as the same pitfall is on: another one is another lane. */
  const defects = new Map<string, LaneDefect>()

  async function load(): Promise<void> {
    if (parts) return
    try {
      parts = await import('./parts.ts')
      problem = null
    } catch {
      problem = FAILED
    }
    page.onChange()
  }
  wires.onChange(() => {
    if (wires.info.pitfalls.length > 0) void load()
  })

  function defectOf(lane: string): LaneDefect | null {
    const active = wires.info.pitfalls.find((one) => one.lane === lane)
    if (!active || !parts) return null
    const key = `${lane} ${active.pitfall} ${active.since}`
    const known = defects.get(key) ?? parts.laneDefectFrom(active)
    defects.set(key, known)
    return known
  }

  return {
    /** Settles when the lanes can begin with the defects that are on. */
    async ready(): Promise<void> {
      if (wires.info.pitfalls.length > 0) await load()
    },
    defectOf,
    /** The band over a lane that has a pitfall on. */
    onLane: (lane: string) =>
      parts && wires.info.pitfalls.some((one) => one.lane === lane)
        ? html`<lane-pitfall slot="faults" .wires=${wires} .lane=${lane}></lane-pitfall>`
        : nothing,
    panel() {
      if (wires.info.single) return nothing
      const draw = () => html`<pitfall-panel
        .wires=${wires}
        .lanes=${page.lanes}
        .wanted=${page.chosen()}
        @choose=${({ detail }: CustomEvent<string | null>) => page.onChosen(detail)}
      ></pitfall-panel>`
      return panel('pitfalls', {
        isOpen: page.isOpen(),
        drawn: page.isOpen() && parts && draw(),
        problem,
        onToggle(isOpen) {
          if (isOpen) void load()
          page.onOpen(isOpen)
        },
      })
    },
  }
}
