/** To wait for what comes only when a client has lost patience with a silent line. */
import type { Member } from './member.ts'
import type { Stage } from './stage.ts'

/** Twice what the client takes for dead (see chat-client.ts), and more than any agreed hold. */
const LONG_SILENCE_MS = 90_000

/** How often the clock is put forward: in between, a line that works has the time to show it. */
const SKIP_EVERY_MS = 250

/** Lets long silences pass until it is so. The line that died may be any of several: each is found in its turn. */
export async function outlast(
  stage: Stage,
  member: Member,
  what: string,
  isSo: () => boolean,
): Promise<void> {
  let skippedAt = performance.now()
  await stage.until(
    what,
    () => {
      if (!isSo() && performance.now() - skippedAt > SKIP_EVERY_MS) {
        member.clock.skip(LONG_SILENCE_MS)
        skippedAt = performance.now()
      }
      return isSo()
    },
    () => `${member.messages.length} messages, state ${member.client.state.status}`,
  )
}
