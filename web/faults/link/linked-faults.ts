/**
 * The faults that the page's address names: those of the link by which its reader came, where the switches stand, and what the
 * reader has on. None of it is set by being there: a link breaks nothing (docs/decisions/069-the-whole-setting.md).
 */
import {
  type FaultInAddress,
  faultsThatAreOn,
  faultToAddress,
  withoutTwins,
} from '../../model/wires/fault-in-address.ts'
import type { Wires } from '../../model/wires/wires.ts'

export interface LinkedFaultsOptions {
  readonly wires: Pick<Wires, 'info' | 'onChange'>
  /** Of the address by which the page was opened. */
  readonly linked: readonly FaultInAddress[]
  /** {@link LinkedFaults.all} has changed. */
  readonly onChange: () => void
}

export type LinkedFaults = ReturnType<typeof createLinkedFaults>

export function createLinkedFaults({ wires, linked, onChange }: LinkedFaultsOptions) {
  let offered = linked
  let switches: readonly FaultInAddress[] = []
  const reckon = () => withoutTwins([...offered, ...switches, ...faultsThatAreOn(wires.info)])
  const inOne = (faults: readonly FaultInAddress[]) => faults.map(faultToAddress).join(' ')
  let all = reckon()

  function change(): void {
    const next = reckon()
    const isSame = inOne(next) === inOne(all)
    all = next
    if (!isSame) onChange()
  }
  wires.onChange(change)

  return {
    /** What the link has named, until the reader takes it out. */
    get offered() {
      return offered
    },
    /** What another link names, in the place of that. */
    offer(faults: readonly FaultInAddress[]): void {
      offered = faults
      change()
    },
    /** Where the reader has put the switches: a fault with its settings, or a preset's. */
    switch(faults: readonly FaultInAddress[]): void {
      switches = faults
      change()
    },
    /** For the address. */
    get all() {
      return all
    },
  }
}
