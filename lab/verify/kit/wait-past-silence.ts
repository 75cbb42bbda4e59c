/** Waits for what comes only after a client has given up a silent line. */

import type { TestBench } from './test-bench.ts'
import type { TestClient } from './test-client.ts'

/** Twice what the client takes for dead (see chat-client.ts), and more than any agreed hold. */
const LONG_SILENCE_MS = 90_000

/** How often the clock is put forward: in between, a line that works has the time to show it. */
const SKIP_EVERY_MS = 250

/** Lets long silences pass until it is so. The line that died may be any of several: each is found in its turn. */
export async function waitPastSilence(
  bench: TestBench,
  testClient: TestClient,
  what: string,
  isSo: () => boolean,
): Promise<void> {
  let skippedAt = performance.now()
  await bench.until(
    what,
    () => {
      if (!isSo() && performance.now() - skippedAt > SKIP_EVERY_MS) {
        testClient.clock.skip(LONG_SILENCE_MS)
        skippedAt = performance.now()
      }
      return isSo()
    },
    () => `${testClient.messages.length} messages, state ${testClient.client.state.status}`,
  )
}
