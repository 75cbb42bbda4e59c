/** What stands above the timeline: to stop it and to let it run, how much of it is in view, to step, to search. */
import { html } from 'lit'
import { inSpan } from './words.ts'

export interface Toolbar {
  readonly isLive: boolean
  /** Milliseconds in view. */
  readonly span: number
  readonly wanted: string
  readonly isTall: boolean
  readonly hasTable: boolean
  /** How many marks the search has found; null without a search. */
  readonly found: number | null
  onToggle(): void
  onReplay(): void
  onZoom(by: 1 | -1): void
  onStep(way: 'previous' | 'next'): void
  onSearch(text: string): void
  onTall(is: boolean): void
  onTable(has: boolean): void
}

export const toolbar = (bar: Toolbar) => html`<div class="bar" role="group" aria-label="Timeline">
  <button class=${bar.isLive ? '' : 'main'} @click=${bar.onToggle}>${bar.isLive ? 'Pause' : 'Live'}</button>
  <button @click=${bar.onReplay} title="What is in view, at a tenth of the speed">Replay ×0.1</button>
  <span class="pair">
    <button aria-label="Zoom out" @click=${() => bar.onZoom(1)}>−</button>
    <span>${inSpan(bar.span)}</span>
    <button aria-label="Zoom in" @click=${() => bar.onZoom(-1)}>+</button>
  </span>
  <span class="pair">
    <button aria-label="Previous mark" @click=${() => bar.onStep('previous')}>◂</button>
    <button aria-label="Next mark" @click=${() => bar.onStep('next')}>▸</button>
  </span>
  <label class="search">
    <span class="sr-only">Find in the bytes</span>
    <input
      type="search"
      placeholder="Find in bytes"
      maxlength="200"
      .value=${bar.wanted}
      @input=${(event: Event) => bar.onSearch((event.target as HTMLInputElement).value)}
    />
  </label>
  <label><input type="checkbox" .checked=${bar.isTall} @change=${(event: Event) => bar.onTall(isChecked(event))} /> each connection</label>
  <label><input type="checkbox" .checked=${bar.hasTable} @change=${(event: Event) => bar.onTable(isChecked(event))} /> table</label>
  <span class="found" role="status">${inFound(bar.found)}</span>
</div>`

const isChecked = ({ target }: Event): boolean => (target as HTMLInputElement).checked

function inFound(found: number | null): string {
  if (found === null) return ''
  return found === 0 ? 'Not found' : `${found} found`
}
