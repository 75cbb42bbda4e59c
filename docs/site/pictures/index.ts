/** The pictures that move, by the names under which chapters show them: `::: picture handshake`. */
import { cursors } from './cursors.ts'
import type { Picture } from './draw.ts'
import { handshake } from './handshake.ts'
import { headOfLine } from './head-of-line.ts'
import { lease } from './lease.ts'
import { loops } from './loops.ts'
import { storm } from './storm.ts'
import { wakeUp } from './wake-up.ts'

export const PICTURES: Readonly<Record<string, Picture>> = {
  cursors,
  handshake,
  'head-of-line': headOfLine,
  lease,
  loops,
  'lost-wake-up': wakeUp,
  storm,
}
