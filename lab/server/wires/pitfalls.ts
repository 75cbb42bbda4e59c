/**
 * Which pitfalls are on, and for whom. Each is one visitor's, in one lane; it touches no other visitor, and ends by
 * itself like a fault (docs/decisions/064-pitfalls.md).
 */
import type { Hub } from '../../hub/hub.ts'
import type { Clock } from '../../wire/clock.ts'
import { MAX_FAULT_S } from '../../wires/control.ts'
import type { ActivePitfall, PitfallAbout } from '../../wires/pitfalls/control.ts'
import type { HttpLab, HttpTransport } from '../transport-kit/server-transport.ts'

/** A pitfall, as the lab is handed it: the server itself knows no defect. */
export interface Pitfall extends Omit<PitfallAbout, 'lanes' | 'side'> {
  readonly lanes: readonly string[] | 'all lanes'
  readonly client: boolean
  /** What is altered of the lane's server half; null when only the client has the defect. */
  readonly server: PlantedServer | null
}

export interface PlantedServer {
  /** The rooms, as this server half sees them. */
  readonly hub?: (hub: Pick<Hub, 'room'>, shutdown: AbortSignal) => Pick<Hub, 'room'>
  readonly lab?: (lab: HttpLab) => Partial<HttpLab>
  /** Mounted in the place of the lane's own. */
  readonly transport?: HttpTransport
}

/** Visitors who may have a pitfall on at once. */
export const MAX_VISITORS = 64

export interface PitfallSwitches {
  of(visitor: string | null): readonly ActivePitfall[]
  isOn(visitor: string | null, lane: string, pitfall: string): boolean
  /**
   * Takes the place of another one in the same lane.
   *
   * @param asker the socket by which it is ordered, whose answer must come through
   * @returns undefined when too many visitors have one on
   */
  switchOn(visitor: string, lane: string, pitfall: string, asker?: object): ActivePitfall | undefined
  /** @param lane null for all of the visitor's */
  switchOff(visitor: string, lane: string | null, asker?: object): void
}

export interface SwitchesOptions {
  readonly clock: Clock
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly pathOf: (pitfall: string, lane: string) => string | null
  /** The lane is another one for this visitor now: what it had open belongs to the old one. */
  readonly onChange: (visitor: string, lane: string, asker?: object) => void
}

interface Switched {
  readonly active: ActivePitfall
  readonly cancel: () => void
}

export function createPitfallSwitches({ clock, now, pathOf, onChange }: SwitchesOptions): PitfallSwitches {
  /** By visitor, and then by lane. */
  const all = new Map<string, Map<string, Switched>>()

  function end(visitor: string, lane: string, asker?: object): void {
    const own = all.get(visitor)
    const one = own?.get(lane)
    if (!own || !one) return
    one.cancel()
    own.delete(lane)
    if (own.size === 0) all.delete(visitor)
    onChange(visitor, lane, asker)
  }

  return {
    of: (visitor) =>
      visitor === null ? [] : [...(all.get(visitor)?.values() ?? [])].map(({ active }) => active),
    isOn: (visitor, lane, pitfall) =>
      visitor !== null && all.get(visitor)?.get(lane)?.active.pitfall === pitfall,
    switchOn(visitor, lane, pitfall, asker) {
      if (!all.has(visitor) && all.size >= MAX_VISITORS) return undefined
      end(visitor, lane, asker)
      const since = now()
      const lastsMs = MAX_FAULT_S * 1_000
      const active = { pitfall, lane, path: pathOf(pitfall, lane), since, until: since + lastsMs }
      const own = all.get(visitor) ?? new Map<string, Switched>()
      all.set(visitor, own)
      own.set(lane, { active, cancel: clock.after(lastsMs, () => end(visitor, lane)) })
      onChange(visitor, lane, asker)
      return active
    },
    switchOff(visitor, lane, asker) {
      const lanes = lane === null ? [...(all.get(visitor)?.keys() ?? [])] : [lane]
      for (const one of lanes) end(visitor, one, asker)
    },
  }
}
