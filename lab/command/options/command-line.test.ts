import { describe, expect, it } from 'vitest'
import { UsageError } from '../usage-error.ts'
import { commandLine, helpOf, parse } from './command-line.ts'
import { flag, many, number, numbers, one, oneOf, someOf, text } from './kinds.ts'

const LINE = commandLine({
  name: 'kettle',
  run: 'npm run kettle',
  summary: 'Boils water.',
  options: {
    loud: flag('whistle'),
    'max-degrees': number({ value: 'N', help: 'how hot', min: 1, max: 100, usual: 90 }),
    wait: number({ value: 'S', help: 'how long', min: 0.5, max: 10, fraction: true }),
    cups: numbers({ value: 'LIST', help: 'how much in each', min: 1, max: 9 }),
    tea: someOf({ value: 'NAMES', help: 'which', usualWords: 'none' }, ['green', 'black', 'mint']),
    mood: oneOf({ value: 'WORD', help: 'how', usual: 'calm' }, ['calm', 'hasty']),
    file: text({ value: 'FILE', help: 'where to write' }),
    guest: many({ value: 'NAME', help: 'who comes' }, 'a name of one word', (name) =>
      /^\w+$/.test(name) ? name : undefined,
    ),
    half: one<number>({ value: 'N', help: 'a half', usual: 0.5 }, '0.5', () => undefined),
  },
  more: 'Exit code: 0.',
})
const valuesOf = (...args: string[]) => parse(LINE, args)!.values

describe('a command line', () => {
  it('gives each option its default, null where there is none, and an empty list for one that may repeat', () => {
    expect(valuesOf()).toEqual({
      loud: false,
      'max-degrees': 90,
      wait: null,
      cups: null,
      tea: null,
      mood: 'calm',
      file: null,
      guest: [],
      half: 0.5,
    })
  })

  it('takes values behind a space and behind an equals sign, also one that looks like an option', () => {
    expect(valuesOf('--max-degrees', '7', '--wait=2.5', '--loud')).toMatchObject({
      'max-degrees': 7,
      wait: 2.5,
      loud: true,
    })
    expect(valuesOf('--file=--loud')).toMatchObject({ file: '--loud', loud: false })
    expect(valuesOf('--file', '-')).toMatchObject({ file: '-' })
  })

  it('takes lists in the order that each kind says, and repeated options in the order in which they come', () => {
    expect(valuesOf('--cups', '3, 1', '--tea', 'mint,green', '--guest', 'Bo', '--guest', 'Al')).toMatchObject(
      {
        cups: [3, 1],
        tea: ['green', 'mint'],
        guest: ['Bo', 'Al'],
      },
    )
  })

  it('lets the last one count of an option that may not repeat', () => {
    expect(valuesOf('--max-degrees', '7', '--max-degrees', '8')['max-degrees']).toBe(8)
  })

  it.each([
    [['--max-degrees', '101'], '--max-degrees must be a whole number from 1 to 100, not "101"'],
    [['--max-degrees', '2.5'], '--max-degrees must be a whole number from 1 to 100, not "2.5"'],
    [['--wait', '0.1'], '--wait must be a number from 0.5 to 10, not "0.1"'],
    [
      ['--cups', '1,,2'],
      '--cups must be a whole number from 1 to 9, or several with commas between them, not "1,,2"',
    ],
    [['--tea', 'mint,oolong'], "--tea: there is no 'oolong', but green, black, mint"],
    [['--mood', 'Calm'], '--mood must be calm or hasty, not "Calm"'],
    [['--file', ''], '--file must name a file, not ""'],
    [['--guest', 'Bo', '--guest', 'a b'], '--guest must be a name of one word, not "a b"'],
    [['--lout'], "Unknown option '--lout'; did you mean --loud?"],
    [['--loud=1'], "Unknown option '--loud=1'; did you mean --loud?"],
    [['--no-loud'], "Unknown option '--no-loud'; did you mean --loud?"],
    [['--constructor'], "Unknown option '--constructor'"],
    [['--__proto__=1'], "Unknown option '--__proto__=1'"],
    [['--max'], "Unknown option '--max'"],
    [['--file'], '--file needs a value: FILE'],
    [['--file', '--loud'], '--file needs a value, and "--loud" looks like another option'],
    [['tea'], 'Unexpected argument "tea": there is nothing but options here'],
    [['--', '--loud'], 'Unexpected argument "--loud": there is nothing but options here'],
  ])('refuses %j in one sentence', (args, sentence) => {
    const refused = () => parse(LINE, args)
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(new RegExp(`^${sentence.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`))
    expect(refused).toThrow(/^[^\n]+$/)
  })

  it('gives operands to a command that takes them', () => {
    const line = { ...LINE, operands: 'FOLDER' }
    expect(parse(line, ['a', '--loud', 'b'])?.operands).toEqual(['a', 'b'])
    expect(parse(line, ['--', '--loud'])?.operands).toEqual(['--loud'])
  })

  it('says in its help what is allowed and what is usual, within the columns that there are', () => {
    const help = helpOf(LINE, 60)
    expect(help.replaceAll(/\s+/g, ' ')).toContain('--max-degrees <N> how hot (1 to 100; default 90)')
    expect(Math.max(...help.split('\n').map((row) => row.length))).toBeLessThanOrEqual(60)
  })
})
