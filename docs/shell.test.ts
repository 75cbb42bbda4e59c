/**
 * Every shell block of the course can be run. What talks to the lab is typed and compared in
 * reference/examples.test.ts; here come the programs that need no lab, and the commands that name
 * a script, a test or a case: those must exist.
 */
import { describe, expect, it } from 'vitest'
import { CASES } from '../lab/verify/conformance/cases/index.ts'
import { filesIn, textOf } from '../lab/verify/rules/source-files.ts'
import { DEMONSTRATIONS } from '../lab/verify/show/demonstrations/index.ts'
import { TRANSPORTS } from '../transports/manifest.ts'
import { comparable, type } from './reference/examples.ts'
import { codeBlocks } from './reference/markdown.ts'

const written = [...filesIn(['docs/chapters', 'docs/exercises'], '.md'), 'docs/reference/errors.md']
const documents = written.filter((file) =>
  codeBlocks(textOf(file)).some(
    ({ language, text }) => language === 'sh' && !text.includes('localhost:3000'),
  ),
)
const scripts = Object.keys((JSON.parse(textOf('package.json')) as { scripts: object }).scripts)

describe.each(documents)('%s', (document) => {
  const blocks = codeBlocks(textOf(document))
  for (const [index, { language, text, line }] of blocks.entries()) {
    if (language !== 'sh' || text.includes('localhost:3000')) continue
    if (/^(node|printf) /.test(text)) {
      it(`line ${line}: ${text.split('\n')[0]}`, async () => {
        const answer = blocks[index + 1]
        expect(answer?.language, 'a program is followed by what it prints').toBe('text')
        const printed = await type(text, 0, null)
        expect(comparable(printed, 'text')).toEqual(comparable(answer!.text, 'text'))
      })
    } else {
      it.each(text.split('\n'))(`line ${line}: %s`, (command) => {
        expect(problemWith(command)).toBeNull()
      })
    }
  }
})

it('a command that is not there is found', () => {
  expect(problemWith('npm run nonsense')).toMatch(/no script/)
  expect(problemWith('npx vitest run lab/nowhere.test.ts')).toMatch(/no file/)
  expect(problemWith("npx vitest run lab/client/backoff.test.ts -t 'nonsense'")).toMatch(/no test/)
  expect(problemWith('npm run conformance -- transports/pigeon')).toMatch(/no transport/)
  expect(problemWith("npm run conformance -- transports/sse --only 'nonsense'")).toMatch(/no case/)
  expect(problemWith('npm run show -- nonsense')).toMatch(/no demonstration/)
  expect(problemWith('rm -rf /')).toMatch(/not a command/)
})

/** Why this command cannot be what a reader should type; null when it can. */
function problemWith(command: string): string | null {
  if (/^npm (start|test|install)( -- --[a-z]+( [\w.=]+)?)?$/.test(command)) return null
  if (command === 'nc localhost 4000') return null // lab/verify/clients/netcat.test.ts types there what is printed
  const vitest = /^npx vitest run (\S+)(?: -t '([^']+)')?$/.exec(command)
  if (vitest) return problemWithTest(vitest[1]!, vitest[2])
  const contract = /^npm run conformance -- transports\/(\S+)(?: --only '([^']+)')?$/.exec(command)
  if (contract) {
    const [, name, only = ''] = contract
    if (!(TRANSPORTS as readonly string[]).includes(name!)) return `there is no transport ${name}`
    return CASES.some((one) => one.name.includes(only)) ? null : `there is no case with “${only}”`
  }
  const shown = /^npm run show -- (\S+)$/.exec(command)?.[1]
  if (shown)
    return DEMONSTRATIONS.some(({ name }) => name === shown) ? null : `there is no demonstration ${shown}`
  const script = /^npm run ([a-z:-]+)\b/.exec(command)?.[1]
  if (script) return scripts.includes(script) ? null : `there is no script ${script}`
  return `not a command that this test knows: ${command}`
}

function problemWithTest(file: string, name: string | undefined): string | null {
  let source: string
  try {
    source = textOf(file)
  } catch {
    return `there is no file ${file}`
  }
  // The defects are data, and their names are the names of their tests.
  const where = file === 'lab/verify/conformance/defects.test.ts' ? source + defects : source
  return name === undefined || where.includes(name) ? null : `${file} has no test “${name}”`
}

const defects = filesIn(['lab/verify/conformance/defects']).map(textOf).join('\n')
