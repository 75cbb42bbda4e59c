/** What the search shows of a section. */
import MiniSearch from 'minisearch'
import { expect, it } from 'vitest'
import { render } from './render.ts'
import { searchIndex } from './search-index.ts'
import { SEARCH_OPTIONS, type SearchEntry } from './search-options.ts'

it('an excerpt ends with a whole character, and with an ellipsis where text is missing', () => {
  const family = '👩‍👩‍👧‍👦'
  const documents = new Map([['docs/a.md', render('docs/a.md', `# A\n\nfamilies ${family.repeat(30)}`)]])
  const index = MiniSearch.loadJSON<SearchEntry>(searchIndex(documents), SEARCH_OPTIONS)
  const [found] = index.search('families')
  expect(found?.excerpt).toBe(`families ${family.repeat(13)}…`)
})
