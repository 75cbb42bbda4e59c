/** Holds one file against the checks of one exercise. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Exercise, Unmet } from './check.ts'

export type Outcome =
  | { readonly kind: 'passed'; readonly names: readonly string[] }
  /** A check is not met: the first one, since the others may follow from it. */
  | {
      readonly kind: 'unmet'
      readonly passed: readonly string[]
      readonly name: string
      readonly why: string
    }
  /** The file cannot be run. */
  | { readonly kind: 'broken'; readonly why: string }

/** @param begins is told the name of each check before it runs: what loops for ever can't say where */
export async function runChecks(
  { exports, checks }: Exercise,
  file: string,
  begins: (name: string) => void = () => {},
): Promise<Outcome> {
  let work: Record<string, unknown>
  try {
    readFileSync(file)
    work = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    return { kind: 'broken', why: whyNotLoaded(error as Error, file) }
  }
  const missing = exports.find((name) => typeof work[name] !== 'function')
  if (missing !== undefined) return { kind: 'broken', why: whatIsMissing(missing, work, file) }

  const passed: string[] = []
  for (const { name, run } of checks) {
    begins(name)
    try {
      await run(work)
      passed.push(name)
    } catch (error) {
      if (error instanceof Unmet) return { kind: 'unmet', passed, name, why: error.message }
      return { kind: 'unmet', passed, name, why: whatWasThrown(error, file) }
    }
  }
  return { kind: 'passed', names: passed }
}

/** A slip of the pen, with its line; tsx reports it in the words of its compiler, and counts columns from 0. */
function whyNotLoaded(error: NodeJS.ErrnoException, file: string): string {
  if (error.code === 'ENOENT') return `there is no file ${shortly(file)}`
  const slip = /:(\d+):(\d+): ERROR: (.+)/.exec(error.message)
  if (slip) return `${shortly(file)}:${slip[1]}:${Number(slip[2]) + 1}: ${slip[3]}`
  if (error.code?.endsWith('MODULE_NOT_FOUND')) {
    const what = error.message.split(/ imported from |\n/)[0]!
    return `${shortly(file)} imports what is not there: ${what.replace(`${process.cwd()}/`, '')}`
  }
  return whatWasThrown(error, file)
}

/** Mostly it is there under a name that is nearly right, so those are named. */
function whatIsMissing(name: string, work: Record<string, unknown>, file: string): string {
  const must = `${shortly(file)} must export a function “${name}”`
  if (name in work) return `${must}; its “${name}” is no function`
  const others = Object.keys(work).map((other) => (other === 'default' ? 'a default' : `“${other}”`))
  return others.length > 0 ? `${must}; it exports ${others.join(' and ')}` : `${must}; it exports nothing`
}

export function whatWasThrown(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `your code threw ${JSON.stringify(error)}, which is not an Error`
  const line = error.stack?.split('\n').find((one) => one.includes(file))
  const place = /:(\d+):(\d+)\)?$/.exec(line ?? '')
  // Nothing of it in your file: the check has stumbled over what it was given.
  if (!place) return `the check could not use what your code returned: ${error.name}: ${error.message}`
  return `your code threw ${error.name}: ${error.message} at ${shortly(file)}:${place[1]}:${place[2]}`
}

const shortly = (file: string): string => relative(process.cwd(), file)
