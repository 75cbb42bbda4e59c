/** The wires of this page's server, once for the whole page. */
import { createWires } from '../model/wires/wires.ts'
import { browserPlatform } from '../platform.ts'

export const wires = createWires({ platform: browserPlatform, origin: location.origin, now: Date.now })
