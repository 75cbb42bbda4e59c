/** The lab page's way in. */

import { wires } from './faults/wires.ts'
import { me } from './me.ts'
import { applyTheme, rememberedTheme } from './theme.ts'

applyTheme(rememberedTheme())
// Asked before the page itself is read: on a slow line the lanes would wait for one after the other.
void me.ready()
void wires.ready()
await import('./page/lab-page.ts')
