/** How busy this page is: one meter for all of it, which runs while the page is in view. */
import { css } from 'lit'
import { createBusyMeter } from '../../model/figures/busy-meter.ts'
import { browserPlatform } from '../../platform.ts'

const listeners = new Set<() => void>()

export const busyMeter = createBusyMeter({
  ...{ clock: browserPlatform.clock, random: browserPlatform.random },
  frame: (act) => void requestAnimationFrame(act),
  onReading: () => {
    for (const listener of listeners) listener()
  },
})

/** Calls `act` with each reading; the returned function ends it. */
export function onBusyReading(act: () => void): () => void {
  listeners.add(act)
  return () => void listeners.delete(act)
}

function runInView(): void {
  if (document.visibilityState === 'visible') busyMeter.start()
  else busyMeter.stop()
}
document.addEventListener('visibilitychange', runInView)
runInView()

/** What a figure is that holds this page's own queue; {@link ownQueueStyles} draws it. */
export const ownQueue = (holds: boolean): string => (holds ? 'own-queue' : '')

export const OWN_QUEUE = 'Includes this page’s own queue: the page was too busy to show what had come.'

/** Grey alone says nothing to a reader who does not see it: the words stand behind the figure or its name, and a mark in a table. */
export const ownQueueStyles = css`
  dt.own-queue::after {
    content: " + queue";
    content: " + queue" / " (includes this page’s own queue)";
  }
  td.own-queue::after {
    content: "*";
    content: "*" / ", includes this page’s own queue";
  }
  .own-queue,
  .own-queue + dd {
    color: var(--muted);
  }
`
