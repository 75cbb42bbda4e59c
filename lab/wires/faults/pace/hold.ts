/** A filter that passes nothing on until it is taken out. */
import type { Filter, Next } from '../../flow.ts'

export function createHold(next: Next): Filter {
  const waiting: Buffer[] = []
  let hasEnded = false
  return {
    take: (bytes) => void waiting.push(bytes),
    end() {
      hasEnded = true
    },
    release() {
      for (const bytes of waiting.splice(0)) next.pass(bytes)
      if (hasEnded) next.end()
    },
  }
}
