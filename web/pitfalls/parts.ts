/** What the lab page loads when a reader opens the pitfalls, or when one is on. */
import { CLIENT_DEFECTS } from '../../lab/defects/client/index.ts'
import type { ActivePitfall } from '../../lab/wires/pitfalls/control.ts'
import type { LaneDefect } from './lane-defect.ts'
import './lane-pitfall.ts'
import './pitfall-panel.ts'

/** The client's half of a pitfall, and where the server's is. */
export function laneDefectFrom({ pitfall, path }: Pick<ActivePitfall, 'pitfall' | 'path'>): LaneDefect {
  const defect = CLIENT_DEFECTS[pitfall]
  return {
    path,
    wrap: (transport, settings) => defect?.wrap(transport, settings) ?? transport,
    ...(defect?.backoffMs && { backoffMs: defect.backoffMs }),
  }
}
