/** What moves in a visitor's own room, when it stops, and the line in which the page says so. */
import { html, nothing } from 'lit'
import type { Stopwatch } from '../../model/figures/stopwatch.ts'
import { createMotion, type MotionState, type Stop } from '../../model/traffic/motion.ts'
import { browserPlatform } from '../../platform.ts'

export interface FirstMotionOptions {
  readonly stopwatch: Stopwatch
  readonly room: () => string
  readonly onChange: () => void
}

export function createFirstMotion({ stopwatch, room, onChange }: FirstMotionOptions) {
  const motion = createMotion({
    ...{ platform: browserPlatform, stopwatch, onChange },
    url: () => new URL(`/rooms/${room()}/messages`, location.origin),
  })
  const byReader = () => motion.stop('reader')
  const byTab = () => {
    if (document.visibilityState === 'hidden') motion.stop('hidden')
  }
  return {
    get isMoving() {
      return motion.state.kind === 'moving'
    },
    /** When there is something to see: once, unless the reader wants it otherwise. */
    begin() {
      if (motion.state.kind !== 'waiting') return
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) motion.stop('less motion')
      else if (document.visibilityState === 'visible') motion.start()
    },
    stop: byReader,
    /** While the page is there. */
    connect() {
      // Before the button that starts it hears of the click: what is still stands then.
      for (const act of ACTS) window.addEventListener(act, byReader, true)
      document.addEventListener('visibilitychange', byTab)
    },
    disconnect() {
      for (const act of ACTS) window.removeEventListener(act, byReader, true)
      document.removeEventListener('visibilitychange', byTab)
      motion.stop('hidden')
    },
    line: () => line(motion.state, motion.start),
  }
}

/** A pointer that goes down is a click that begins; assistive technology clicks without one. */
const ACTS = ['pointerdown', 'click', 'keydown'] as const

const line = (state: MotionState, start: () => void) =>
  html`<p class="own-room">
    <span role="status">${inWords(state)}</span>
    ${state.kind === 'stopped' ? html`<button @click=${start}>Start it again</button>` : nothing}
  </p>`

function inWords(state: MotionState): string {
  const yours = 'This room is yours alone, and nothing of it is kept.'
  if (state.kind === 'waiting') return yours
  if (state.kind === 'stopped') return `${yours} ${WHY[state.why]}`
  return `${yours} One message a second moves in it, for a minute; your first click or key stops it.`
}

const WHY: Readonly<Record<Stop, string>> = {
  'less motion': 'Nothing moves in it, since your system asks for less motion.',
  time: 'The minute is over, and nothing moves in it any more.',
  hidden: 'What moved in it stopped when the page went out of view.',
  reader: 'What moved in it stopped with your first click or key.',
  refused: 'What moved in it stopped, since the server did not take a message.',
}
