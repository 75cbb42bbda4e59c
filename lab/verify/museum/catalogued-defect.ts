/** What the catalogue says of each defect, wherever it is planted. */
import type { Mend } from './exhibits.ts'

export interface CataloguedDefect {
  /** Unique in its collection. */
  readonly name: string
  readonly collection: 'museum' | 'codec' | 'contract' | 'show' | 'pitfall'
  /** What it breaks, or how people come to make it, in a sentence. */
  readonly breaks: string
  /** The number of the pitfall that it is an example of, in the list that the lab was planned from; null when it has none. */
  readonly phenomenon: number | null
  /** The name of the case that turns red. */
  readonly redTest: string
  /** Null where no single line mends it: the contract's defects stand in transports of their own. */
  readonly mend: Mend | null
}
