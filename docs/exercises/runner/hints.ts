/** `--hint`: each call shows one hint more. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, WORK } from './catalog.ts'

const HINTS_SHOWN = join(WORK, '.hints.json')

export function showHint({ number, hints }: Entry): void {
  mkdirSync(WORK, { recursive: true })
  const counts = shownHints()
  const count = Math.min((counts[number] ?? 0) + 1, hints.length)
  for (const [index, text] of hints.slice(0, count).entries()) console.log(`Hint ${index + 1}: ${text}\n`)
  console.log(inWords(hints.length - count, number))
  writeFileSync(HINTS_SHOWN, JSON.stringify({ ...counts, [number]: count }))
}

function inWords(left: number, number: string): string {
  if (left === 0) return `That was the last. One way to do it: npm run exercise -- ${number} --solution`
  return left === 1 ? 'There is one more.' : `There are ${left} more.`
}

function shownHints(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(HINTS_SHOWN, 'utf8')) as Record<string, number>
  } catch {
    return {} // none shown yet, or a file that somebody has edited
  }
}
