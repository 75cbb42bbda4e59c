/** How each command begins and ends: what is wrong is one line for the person, and the exit code is as promised. */
import { UsageError } from '../server/usage-error.ts'
import { FolderError, isOfFolder } from './folder-error.ts'
import { complain, leave } from './terminal.ts'

/** Wrong use, or something of the person's that must be put right first: a folder that cannot be written. */
const WRONG_USE = 2

export interface CommandSettings {
  /** Stands before each complaint. */
  readonly name: string
  /** How to ask for help: `npm run bench -- --help`. */
  readonly help?: string
  /** Errors besides ours whose message is for the person. */
  readonly forPeople?: (error: unknown) => boolean
}

/**
 * Runs a command and ends this process with the exit code that it returns. Anything that it throws and that is
 * not meant for people is thrown again: it is a fault of ours, with its stack.
 */
export async function runCommand(
  { name, help, forPeople = () => false }: CommandSettings,
  command: () => number | Promise<number>,
): Promise<void> {
  let code: number
  try {
    code = await command()
  } catch (error) {
    const isWrongUse = error instanceof UsageError || forPeople(error)
    if (!isWrongUse && !isUnwritable(error)) throw error
    complain(`${name}: ${isWrongUse ? (error as Error).message : sentenceOn(error as NodeJS.ErrnoException)}`)
    if (help && !(error instanceof FolderError)) complain(`See ${help}`)
    code = WRONG_USE
  }
  await leave(code)
}

/** A file system that says no to something that was not foreseen is no fault of ours either. */
const isUnwritable = (error: unknown): boolean =>
  isOfFolder(error) && error.path !== undefined && error.code !== 'ENOENT'

const sentenceOn = ({ path, code }: NodeJS.ErrnoException) => `${path} cannot be written (${code})`
