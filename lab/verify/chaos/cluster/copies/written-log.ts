/** A whole log in a file, and an engine that gives it: for a server that is to come to what all must have, without any engine. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Engine, EngineError } from '../../../../store/engine/engine.ts'
import type { WholeEntry } from '../engine/nodes.ts'

export function writeLog(file: string, log: string, entries: readonly WholeEntry[]): void {
  const lines = entries.map(({ position, body }) =>
    JSON.stringify([position, Buffer.from(body).toString('base64')]),
  )
  writeFileSync(file, `${[JSON.stringify(log), ...lines].join('\n')}\n`)
}

export function openWrittenLog(file: string): Engine {
  const [log = '', ...lines] = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const entries = lines.map((line) => JSON.parse(line) as [position: number, base64: string])
  const readOnly = () => Promise.reject(new EngineError('unavailable', 'this log is written already'))
  return {
    log: JSON.parse(log) as string,
    follow(after, { onEntry, onEnd }) {
      let next = entries.findIndex(([position]) => position > after)
      let isOver = next < 0
      /** A turn for each, as an engine has it. */
      const give = () => {
        const entry = isOver ? undefined : entries[next++]
        if (!entry) return
        try {
          onEntry(entry[0], Buffer.from(entry[1], 'base64'))
          setImmediate(give)
        } catch (error) {
          isOver = true
          onEnd(error as Error)
        }
      }
      setImmediate(give)
      return () => {
        isOver = true
      }
    },
    newest: async () => entries.at(-1)?.[0] ?? 0,
    close: async () => {},
    append: readOnly,
    trim: readOnly,
    erase: readOnly,
  }
}
