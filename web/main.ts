/** The lab page's way in. */
import { applyTheme, rememberedTheme } from './theme.ts'

applyTheme(rememberedTheme())
await import('./page/lab-page.ts')
