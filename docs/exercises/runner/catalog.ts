/** The exercises, as their folders say. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '..')
/** The folder that paths are told from. */
export const ROOT = resolve(folder, '../..')
/** The learner's own; elsewhere in tests, and where the checkout cannot be written. */
export const WORK = resolve(process.env.EXERCISE_WORK ?? join(ROOT, 'my-work'))
/** What to do when it cannot be written. */
export const OTHER_WORK = 'EXERCISE_WORK in the environment names another folder for your work'

export interface Entry {
  /** “03” */
  readonly number: string
  /** “03-parse-a-stream”, the name of its folder. */
  readonly name: string
  readonly title: string
  readonly folder: string
  readonly hints: readonly string[]
}

export function catalog(): Entry[] {
  return readdirSync(folder)
    .filter((name) => /^\d\d-/.test(name))
    .sort()
    .map((name) => {
      const readme = readFileSync(join(folder, name, 'README.md'), 'utf8')
      return {
        number: name.slice(0, 2),
        name,
        title: /^# \d\d: (.+)$/m.exec(readme)?.[1] ?? name,
        folder: join(folder, name),
        hints: hintsIn(readme),
      }
    })
}

export const workOn = ({ name }: Entry): string => join(WORK, `${name}.ts`)

/** What unfolds in the README, in its order. */
export const hintsIn = (readme: string): string[] =>
  [...readme.matchAll(/<summary>Hint \d<\/summary>\s*([\s\S]*?)\s*<\/details>/g)].map((match) => match[1]!)
