import type { Options } from 'minisearch'

export interface SearchEntry {
  readonly url: string
  /** The title of the document. */
  readonly page: string
  /** The heading of the section. */
  readonly title: string
  readonly text: string
  readonly excerpt: string
}

/** The same for the build, which makes the index, and for the browser, which reads it. */
export const SEARCH_OPTIONS: Options<SearchEntry> = {
  idField: 'url',
  fields: ['title', 'page', 'text'],
  storeFields: ['url', 'page', 'title', 'excerpt'],
  searchOptions: {
    boost: { title: 4, page: 2 },
    // A reader who searches in a course wants to be told, and to look things up afterwards.
    boostDocument: (url: string) => (url.startsWith('/docs/chapters/') ? 3 : 1),
    prefix: true,
    fuzzy: 0.15,
    combineWith: 'AND',
  },
}
