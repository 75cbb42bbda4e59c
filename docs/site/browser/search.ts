/** The search: its index is fetched when the reader begins to search, and never leaves this browser. */

import type MiniSearch from 'minisearch'
import { isolated } from '../../../lab/wire/names.ts'
import { isComposing } from '../../../web/keys.ts'
import { SEARCH_OPTIONS, type SearchEntry } from '../search/search-options.ts'

const MAX_RESULTS = 12

let loading: Promise<MiniSearch<SearchEntry>> | null = null

function load(): Promise<MiniSearch<SearchEntry>> {
  loading ??= Promise.all([import('minisearch'), fetch('/docs/assets/search.json')]).then(
    async ([{ default: Index }, answer]) => Index.loadJSON<SearchEntry>(await answer.text(), SEARCH_OPTIONS),
  )
  return loading
}

/** The box to put on the page. */
export function addSearch(): HTMLElement {
  const form = document.createElement('form')
  form.className = 'search'
  form.setAttribute('role', 'search')
  const input = document.createElement('input')
  input.type = 'search'
  input.placeholder = 'Search'
  input.dir = 'auto'
  input.setAttribute('aria-label', 'Search the course')
  const results = document.createElement('div')
  results.className = 'results'
  results.hidden = true
  results.setAttribute('role', 'status')
  form.append(input, results)

  input.addEventListener('focus', () => void load().catch(() => {}))
  input.addEventListener('input', () => void show())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    results.querySelector('a')?.click()
  })
  form.addEventListener('keydown', (event) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      input.value = ''
      results.hidden = true
      input.focus()
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      step(event.key === 'ArrowDown' ? 1 : -1)
    }
  })

  async function show(): Promise<void> {
    const wanted = input.value
    let index: MiniSearch<SearchEntry>
    try {
      index = await load()
    } catch {
      loading = null
      if (wanted !== input.value) return
      results.textContent = 'The search could not be loaded. Is the lab running?'
      results.hidden = false
      return
    }
    if (wanted !== input.value) return // the reader has typed on
    const found = wanted.trim() === '' ? [] : index.search(wanted).slice(0, MAX_RESULTS)
    results.hidden = wanted.trim() === ''
    results.replaceChildren(found.length > 0 ? listOf(found) : `Nothing is said about “${isolated(wanted)}”.`)
  }

  /** The arrow keys walk through the results, and back into the box. */
  function step(by: number): void {
    const stops: HTMLElement[] = [input, ...results.querySelectorAll('a')]
    const next = stops.indexOf(document.activeElement as HTMLElement) + by
    stops[Math.max(0, Math.min(next, stops.length - 1))]!.focus()
  }
  return form
}

function listOf(found: readonly object[]): HTMLElement {
  const list = document.createElement('ol')
  for (const { url, page, title, excerpt } of found as SearchEntry[]) {
    const link = document.createElement('a')
    link.className = 'result'
    link.href = url
    const where = document.createElement('small')
    where.textContent = title === page ? excerpt : `${page}: ${excerpt}`
    link.append(title, where)
    const item = document.createElement('li')
    item.append(link)
    list.append(item)
  }
  return list
}
