/** The lab page's way in. */
import { me } from './me.ts'
import { applyTheme, rememberedTheme } from './theme.ts'

applyTheme(rememberedTheme())
// Asked before the page itself is read: on a slow line the lanes would wait for one after the other.
void me.ready()
await import('./lab-page.ts')
