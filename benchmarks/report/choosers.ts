/**
 * Transports that choose among others: they add nothing on the wire, and where nothing is in the way their client settles on the
 * first. So its figures are theirs too, and to measure it twice would only cost time.
 */
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import type { RunFile } from '../run-file.ts'
import { measuredAs } from '../subjects/lab.ts'

export interface Chooser {
  readonly name: string
  readonly title: string
  /** What it settles on. */
  readonly first: string
}

/** Those of which the run has all that they choose among, and that were not measured under their own name. */
export function choosersIn({ figures }: Pick<RunFile, 'figures'>): readonly Chooser[] {
  const measured = new Set(figures.map(({ subject }) => subject))
  return TRANSPORTS.flatMap((name): Chooser[] => {
    const descriptor = DESCRIPTORS.get(name)
    if (typeof descriptor?.carriedBy !== 'object' || measured.has(name)) return []
    if (!descriptor.carriedBy.transports.every((one) => measured.has(one))) return []
    return [{ name, title: descriptor.short, first: measuredAs(name) }]
  })
}

export const inWords = ({ name, first }: Chooser): string => `${name}: as ${first}, which it tries first`
