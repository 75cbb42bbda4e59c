/** Each command keeps what all promise: strict, one sentence, and no option without its line in the help. */
import { describe, expect, it } from 'vitest'
import { type CommandLine, helpOf, parse } from '../../lab/command/options/command-line.ts'
import { ENVIRONMENT } from '../../lab/command/options/environment.ts'
import { UsageError } from '../../lab/command/usage-error.ts'
import { filesIn, textOf } from '../../lab/verify/rules/source-files.ts'
import { COMMANDS } from './commands.ts'

const { scripts } = JSON.parse(textOf('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>
}
const fileOf = (script: string) =>
  /^node (?:--import tsx|lab\/command\/compiled\/run\.js) (\S+)$/.exec(scripts[script] ?? '')?.[1]

/** What the command says when it is used so. */
function refusalOf(line: CommandLine, ...args: string[]): string {
  try {
    parse(line, args)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error(`${args.join(' ')} was taken`)
}

it('every command that is ours has declared its command line here', () => {
  expect(Object.keys(COMMANDS)).toEqual(Object.keys(scripts).filter(fileOf))
})

it('every command runs by what it has declared, and nothing else takes arguments apart', () => {
  for (const script of Object.keys(COMMANDS))
    expect(textOf(fileOf(script)!), script).toContain('runCommandLine(')
  const files = filesIn(['lab', 'benchmarks', 'docs', 'transports', 'web']).filter(
    (file) => !file.endsWith('.test.ts'),
  )
  expect(files.filter((file) => /\bparseArgs\b/.test(textOf(file)))).toEqual([])
})

it('every variable of the environment that the source reads is declared, and none besides', () => {
  const folders = ['lab', 'benchmarks', 'docs', 'transports']
  const files = [...filesIn(folders), ...filesIn(folders, '.js')]
  const read = files.flatMap((file) =>
    [...textOf(file).matchAll(/\bprocess\.env\.([A-Z][A-Z_]+)|BUILD_VARIABLE = '([A-Z_]+)'/g)].map(
      ([, name, build]) => name ?? build!,
    ),
  )
  const ofTheSystem = ['PATH', 'HOME']
  expect([...new Set(read)].filter((name) => !ofTheSystem.includes(name)).sort()).toEqual(
    Object.keys(ENVIRONMENT).sort(),
  )
})

describe.each(Object.entries(COMMANDS))('npm run %s', (_script, line) => {
  const options = Object.entries(line.options)
  const valued = options.filter(([, { value }]) => value !== null)
  const numeric = options.filter(([, { allowed }]) => /\bnumber from/.test(allowed ?? ''))

  it('says in its help what each option is for', () => {
    const help = helpOf(line)
    for (const [name, { value, help: what }] of options) {
      expect(help).toContain(value === null ? `  --${name} ` : `  --${name} <${value}> `)
      expect(help.replaceAll(/\s+/g, ' ')).toContain(what)
    }
    expect(help).toContain('  --help ')
    expect(help).toContain('Exit code')
    expect(help).toMatch(/[^\n]\n$/)
  })

  it('wants nothing else when help is asked for', () => {
    expect(parse(line, ['--help'])).toBeNull()
  })

  it('refuses an option that it does not have, by its name', () => {
    expect(refusalOf(line, '--no-such-option')).toMatch(/^Unknown option '--no-such-option'[^\n]*$/)
    expect(refusalOf(line, '-z')).toMatch(/^Unknown option '-z'[^\n]*$/)
    expect(refusalOf(line, '--help=yes')).toMatch(/^Unknown option '--help=yes'[^\n]*$/)
  })

  it.runIf(line.operands === undefined)('refuses an argument that is no option', () => {
    expect(refusalOf(line, 'stray')).toContain('Unexpected argument "stray"')
  })

  it.runIf(valued.length > 0)('refuses an option without its value, also when another option follows', () => {
    for (const [name, { value }] of valued) {
      expect(refusalOf(line, `--${name}`)).toBe(`--${name} needs a value: ${value}`)
      expect(refusalOf(line, `--${name}`, '--help')).toContain(`--${name} needs a value`)
    }
  })

  it.runIf(numeric.length > 0)('refuses a number out of its range, and says the range', () => {
    for (const [name, { allowed }] of numeric) {
      for (const wrong of ['-1', '99999999999', '1e3', 'many', '0x10', ' ', '']) {
        expect(refusalOf(line, `--${name}=${wrong}`)).toBe(
          `--${name} must be ${allowed}, not ${JSON.stringify(wrong)}`,
        )
      }
    }
  })
})
