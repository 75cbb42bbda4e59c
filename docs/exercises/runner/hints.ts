/** `--hint`: each call shows one hint more. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writingAt } from '../../../lab/command/folder-error.ts'
import { say } from '../../../lab/command/terminal.ts'
import { type Entry, OTHER_WORK, WORK } from './catalog.ts'

const HINTS_SHOWN = join(WORK, '.hints.json')

export function showHint({ number, hints }: Entry): void {
  writingAt(WORK, () => mkdirSync(WORK, { recursive: true }), OTHER_WORK)
  const counts = shownHints()
  const count = Math.min((counts[number] ?? 0) + 1, hints.length)
  for (const [index, text] of hints.slice(0, count).entries()) say(`Hint ${index + 1}: ${text}\n`)
  say(inWords(hints.length - count, number))
  writingAt(
    HINTS_SHOWN,
    () => writeFileSync(HINTS_SHOWN, JSON.stringify({ ...counts, [number]: count })),
    OTHER_WORK,
  )
}

function inWords(left: number, number: string): string {
  if (left === 0) return `That was the last. One way to do it: npm run exercise -- ${number} --solution`
  return left === 1 ? 'There is one more.' : `There are ${left} more.`
}

function shownHints(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(HINTS_SHOWN, 'utf8')) as Record<string, number>
  } catch {
    return {} // none shown yet, or a file that was edited by hand
  }
}
