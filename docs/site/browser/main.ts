/** What a script adds to a page of the course. All of it can be read without. */
import { applyTheme, rememberedTheme, THEMES, type Theme } from '../../../web/theme.ts'
import { addAnchors } from './anchors.ts'
import { addCopyButtons } from './copy.ts'
import { putOwnAddress } from './own-address.ts'
import './predict-reveal.ts'
import './step-through.ts'
import { showProgress } from './progress.ts'
import { addSearch } from './search.ts'

applyTheme(rememberedTheme())
addTools()
addAnchors()
addCopyButtons()
void putOwnAddress()
showProgress()
if (document.querySelector('live-lab')) await import('./live/live-lab.ts')

function addTools(): void {
  const tools = document.querySelector('.tools')!
  tools.prepend(addSearch())
  const label = document.createElement('label')
  const select = document.createElement('select')
  for (const theme of THEMES) select.add(new Option(theme, theme, false, theme === rememberedTheme()))
  select.addEventListener('change', () => applyTheme(select.value as Theme))
  label.append('Colours', select)
  tools.append(label)
}
