/**
 * A store of another make: a line of JSON per batch, appended to a text file.
 *
 * It is good enough to survive kill -9 (the operating system has what was written), so that bugs can
 * be planted around it which the tables of the real one would refuse.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createMemoryStore } from '../../../store/memory.ts'
import type { Append, Store } from '../../../store/store.ts'

/** @param found what to make of what the file holds, before it is used */
export function openLineStore(file: string, found = (batches: Append[]) => batches): Store {
  mkdirSync(dirname(file), { recursive: true })
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).trimEnd() // the last line may have been cut short
  const batches = found(whole === '' ? [] : whole.split('\n').map((line) => JSON.parse(line) as Append))
  const lineOf = (batch: Append) => `${JSON.stringify(batch)}\n`
  writeFileSync(file, batches.map(lineOf).join(''))

  const memory = createMemoryStore()
  for (const batch of batches) memory.append([batch])
  return {
    ...memory,
    get rooms() {
      return memory.rooms
    },
    append(batch) {
      memory.append(batch)
      appendFileSync(file, batch.map(lineOf).join(''))
    },
  }
}
