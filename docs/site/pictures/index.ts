/** The pictures that move, by the names under which chapters show them: `::: picture handshake`. */
import { cursors } from './cursors.ts'
import type { Picture } from './draw.ts'
import { handshake } from './handshake.ts'
import { lease } from './lease.ts'
import { wakeUp } from './wake-up.ts'

export const PICTURES: Readonly<Record<string, Picture>> = {
  cursors,
  handshake,
  lease,
  'lost-wake-up': wakeUp,
}
