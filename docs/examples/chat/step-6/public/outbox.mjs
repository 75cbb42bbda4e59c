/** What was written and not yet judged, in order. A draft has its name before it is sent for the first time. */
import { backoff, pause } from './backoff.mjs'

export function createOutbox(send, onRefused) {
  const drafts = []
  return async (draft) => {
    drafts.push({ draftId: crypto.getRandomValues(new Uint32Array(4)).join('-'), ...draft })
    if (drafts.length > 1) return // the first is under way, and this one follows it
    for (let failures = 0; drafts.length > 0; ) {
      try {
        if (!(await send(drafts[0]))) onRefused(drafts[0])
        drafts.shift()
        failures = 0
      } catch {
        await pause(backoff(failures++))
      }
    }
  }
}
