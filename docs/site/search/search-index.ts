/** What the search looks in: one entry per section, made at the build and loaded when a reader searches. */
import MiniSearch from 'minisearch'
import { shortened } from '../../../lab/wire/cut.ts'
import type { RenderedDocument } from '../render/render.ts'
import { urlOf } from '../urls.ts'
import { SEARCH_OPTIONS, type SearchEntry } from './search-options.ts'

/** How much of a section a result shows, in UTF-16 code units. */
const EXCERPT_LENGTH = 160

export function searchIndex(documents: ReadonlyMap<string, RenderedDocument>): string {
  const index = new MiniSearch<SearchEntry>(SEARCH_OPTIONS)
  for (const [file, { title, sections }] of documents) {
    for (const { heading, text } of sections) {
      index.add({
        url: heading.level === 1 ? urlOf(file) : `${urlOf(file)}#${heading.id}`,
        page: title,
        title: heading.text,
        text,
        excerpt: shortened(text.trim(), EXCERPT_LENGTH),
      })
    }
  }
  return JSON.stringify(index)
}
