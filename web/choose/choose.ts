/** The way into the page /choose: which transport to take. */
import './choose-page.ts'
import { applyTheme, rememberedTheme } from '../theme.ts'

applyTheme(rememberedTheme())
