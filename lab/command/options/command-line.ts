/**
 * The command line of every command: strict, typed, and declared once (kinds.ts).
 *
 * commander takes the arguments apart and lays out the help (docs/decisions/006-dependencies.md). What is refused, and
 * in which words, is decided here: each refusal is one sentence that names the option, and the exit code is 2.
 */
import { Command, CommanderError, Option } from 'commander'
import { runCommand } from '../run.ts'
import { print, terminal } from '../terminal.ts'
import { UsageError } from '../usage-error.ts'
import { ENVIRONMENT, type EnvironmentName } from './environment.ts'
import type { Kind } from './kinds.ts'

export type Options = Readonly<Record<string, Kind<unknown>>>

/** What was given, or holds without it, by the option's name without its dashes. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Kind<infer T> ? T : never
}

export interface CommandLine<O extends Options = Options> {
  /** Stands before each complaint, for example `bench`. */
  readonly name: string
  /** As a person calls it: `npm run bench`. */
  readonly run: string
  /** What it does, in a sentence. */
  readonly summary: string
  /** What may be given besides options, for example `FOLDER`; nothing may unless given. */
  readonly operands?: string
  readonly options: O
  /** Headings of the help, each with the names of its options; one heading for all unless given. */
  readonly headings?: Readonly<Record<string, readonly (keyof O & string)[]>>
  /** Variables of the environment that this command reads. */
  readonly environment?: readonly EnvironmentName[]
  /** What else the help says, exit codes last. */
  readonly more: string
  /** Complaints take one line, with the way to the help behind them, instead of two. */
  readonly isBrief?: boolean
  /** Errors besides ours whose message is for the person. */
  readonly forPeople?: (error: unknown) => boolean
}

export interface Given<O extends Options> {
  readonly values: Values<O>
  readonly operands: readonly string[]
}

/** Declares a command line; a function only for the types that it infers. */
export const commandLine = <O extends Options>(line: CommandLine<O>): CommandLine<O> => line

/**
 * @param args without the program's own name
 * @returns null when the help was asked for
 * @throws UsageError
 */
export function parse<O extends Options>(line: CommandLine<O>, args: readonly string[]): Given<O> | null {
  const program = programOf(line, (option, text) => {
    // commander would take the next option for the value of one whose value was forgotten.
    if (!/^--?[a-z]/i.test(text) || !args.includes(text)) return
    throw new UsageError(`${option} needs a value, and ${JSON.stringify(text)} looks like another option`)
  })
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? new UsageError(sentenceOn(error)) : error
  }
  const given = program.opts<Record<string, readonly string[] | true>>()
  const textsOf = (name: string) => {
    const texts = given[new Option(`--${name}`).attributeName()]
    return texts === true ? [''] : (texts ?? [])
  }
  if (textsOf('help').length > 0) return null
  const operands = program.args
  if (operands.length > 0 && line.operands === undefined)
    throw new UsageError(
      `Unexpected argument ${JSON.stringify(operands[0])}: there is nothing but options here`,
    )
  const values = Object.entries(line.options).map(([name, kind]) => [
    name,
    kind.parse(textsOf(name), `--${name}`),
  ])
  return { values: Object.fromEntries(values) as Values<O>, operands }
}

/** @param columns how wide it may be */
export function helpOf(line: CommandLine, columns = HELP_COLUMNS): string {
  const program = programOf(line).configureHelp({ helpWidth: columns, minWidthToWrap: 20 })
  const names = line.environment ?? []
  const width = Math.max(0, ...names.map((name) => name.length))
  const environment = names.map((name) => `\n  ${name.padEnd(width)}  ${ENVIRONMENT[name]}`).join('')
  const parts = [program.helpInformation().trimEnd(), environment && `Environment:${environment}`, line.more]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Wider than this, lines are hard to follow. */
const HELP_COLUMNS = 110

const ARGS = process.argv.slice(2)

function withHint<T>(help: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message} (${help})`) : error
  }
}

/**
 * Runs a command by the arguments of this process, and ends it.
 *
 * @param run returns the exit code
 */
export function runCommandLine<O extends Options>(
  line: CommandLine<O>,
  run: (given: Given<O>) => number | Promise<number>,
): Promise<void> {
  const { name, forPeople, isBrief = false } = line
  const help = `${line.run} -- --help`
  return runCommand({ name, ...(!isBrief && { help }), ...(forPeople && { forPeople }) }, () => {
    const given = isBrief ? withHint(help, () => parse(line, ARGS)) : parse(line, ARGS)
    if (given) return run(given)
    print(helpOf(line, Math.min(HELP_COLUMNS, terminal.columnsOf('stdout') ?? HELP_COLUMNS)))
    return 0
  })
}

/** What the help, and the page of all options, say of one. */
export function wordsOn({ help, allowed, usual, mayRepeat }: Kind<unknown>): string {
  const asides = [
    allowed?.startsWith('of ') ? allowed : allowed?.replace(/^an? (whole )?number from /, ''),
    usual === null ? null : `default ${usual}`,
    mayRepeat ? 'may be given more than once' : null,
  ].filter((aside) => aside)
  return asides.length > 0 ? `${help} (${asides.join('; ')})` : help
}

/** @param check told of each value as it is taken; may throw */
function programOf(line: CommandLine, check: (option: string, text: string) => void = () => {}): Command {
  const program = new Command(`${line.run} --`)
    .usage([line.operands, '[options]'].filter((part) => part !== undefined).join(' '))
    .description(line.summary)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} })
    .allowExcessArguments(true)
  const add = (name: string, flags: string, help: string) => {
    const option = new Option(flags, help)
    const headings = Object.entries(line.headings ?? {})
    const [heading] = headings.find(([, names]) => names.includes(name)) ?? headings.at(-1) ?? []
    if (heading !== undefined) option.helpGroup(heading)
    if (option.required)
      option.argParser((text: string, before: readonly string[] = []) => {
        check(`--${name}`, text)
        return [...before, text]
      })
    program.addOption(option)
  }
  for (const [name, kind] of Object.entries(line.options))
    add(name, kind.value === null ? `--${name}` : `--${name} <${kind.value}>`, wordsOn(kind))
  add('help', '--help', 'this text')
  return program
}

/** In one line: `Unknown option '--prot'; did you mean --port?` */
function sentenceOn({ code, message }: CommanderError): string {
  const [, said = message, meant] = /^error: (.*?)(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? []
  const sentence =
    code === 'commander.optionMissingArgument'
      ? said.replace(/^option '(--[\w-]+) <(.*)>' argument missing$/, '$1 needs a value: $2')
      : said.replace(/^u/, 'U')
  return (meant === undefined ? sentence : `${sentence}; did you mean ${meant}?`).replaceAll(/\s+/g, ' ')
}
