/** The faults that were set, each from when it began to when it was healed. */
import type { Fault } from './marks.ts'
import type { WireRecord } from './records.ts'

export function createFaults() {
  const faults = new Map<number, Fault>()
  const changed = new Set<number>()

  function set(fault: Fault): void {
    faults.set(fault.id, fault)
    changed.add(fault.id)
  }

  return {
    take({ id, lanes, fault, at, until, on }: WireRecord & { kind: 'fault' }): void {
      const began = faults.get(id)?.at ?? at
      set({ id, lanes, fault, at: on ? at : began, until: on ? until : at })
    },
    /** None of them is known to hold any more; the server says again which do. */
    end(at: number): void {
      for (const fault of faults.values())
        if (fault.until === null || fault.until > at) set({ ...fault, until: at })
    },
    /** Those that have changed since. */
    news(): Fault[] {
      const told = [...changed].flatMap((id) => faults.get(id) ?? [])
      changed.clear()
      return told
    },
  }
}
