/** Progress, on stderr, and only on a terminal: a log file has no use for it. */
import { showProgress, terminal } from '../../lab/command/terminal.ts'
import type { Progress } from '../run.ts'

const WIDTH = 20
const TO_LINE_START = '\r\u001b[K'

export function createProgressLine(): {
  show(progress: Progress): void
  /** A line of words, for what has no end that is known. */
  say(words: string): void
  clear(): void
} {
  return {
    show({ done, secondsLeft, now }) {
      const full = Math.round(WIDTH * Math.min(1, Math.max(0, done)))
      const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full)
      overwrite(`${bar}  about ${Math.max(0, Math.round(secondsLeft))} s left  ${now}`)
    },
    say: overwrite,
    clear: () => showProgress(TO_LINE_START),
  }
}

/** One column is left free: a full line would make the terminal begin another. */
function overwrite(line: string): void {
  showProgress(TO_LINE_START + line.slice(0, (terminal.columnsOf('stderr') ?? 80) - 1))
}
