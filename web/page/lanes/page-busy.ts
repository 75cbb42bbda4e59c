/**
 * `<page-busy>`: how busy this page is itself, in one line, and whether the latencies on it hold its own queue for that reason. A screen
 * reader can read the line at any time, and is told of a page that is too busy once a minute at most.
 */
import { html, LitElement, nothing } from 'lit'
import { busyMeter, onBusyReading } from '../../elements/figures/page-busy.ts'
import { type BusyReading, LIMIT } from '../../model/figures/busy-meter.ts'

/** A page that comes and goes about the limit must not talk all the time. */
const SAY_EVERY_MS = 60_000

export class PageBusy extends LitElement {
  #saidAt = Number.NEGATIVE_INFINITY
  #said = ''
  #stop = () => {}

  /** Without a shadow: it is a part of the page, and first-view.css is for it. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = onBusyReading(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const { reading } = busyMeter
    return html`<p class=${reading?.isOver ? 'over' : ''} title=${TITLE}>${inWords(reading)} ${reading?.isOver ? html`<span>grey figures include its own queue</span>` : nothing}</p>
      <span class="sr-only" role="status">${this.#toSay(reading)}</span>`
  }

  #toSay(reading: BusyReading | null): string {
    const now = performance.now()
    if (!reading?.isOver) this.#said = ''
    else if (now - this.#saidAt >= SAY_EVERY_MS) {
      this.#saidAt = now
      this.#said = 'This page is busy: latencies that it measures now include its own queue.'
    }
    return this.#said
  }
}

function inWords(reading: BusyReading | null): string {
  if (!reading) return 'This page: not measured yet'
  const { taken, fps } = reading
  const frames = fps === null ? '' : `, ${Math.round(fps)} fps`
  return `This page: main thread ${Math.round(taken * 100)} %${frames}`
}

const TITLE = `Of looks at random moments in the last 3 s, so many found the main thread at work; and frames a second. From ${LIMIT.taken * 100} % on, or with fewer than ${LIMIT.fps} frames, what comes waits for the page: a latency that was measured then is greyed, since it includes this page’s own queue.`

customElements.define('page-busy', PageBusy)
