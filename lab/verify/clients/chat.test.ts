/**
 * The example clients of docs/clients, in other languages, over every transport that they speak: each
 * reads, writes, loses its line and its acknowledgements, and must end with the log, each message once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, type ExpectStatic, expect, it } from 'vitest'
import { type ChatErrorCode, ERROR_KINDS } from '../../wire/errors.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { textOf } from '../rules/source-files.ts'
import { type ClientBench, openClientBench } from './client-bench.ts'
import { compileJava, type Example, examplesIn, java } from './examples.ts'
import { type Program, startProgram } from './program.ts'

/** Generous, in milliseconds: the machine may be busy, and a virtual machine starts slowly. */
const TIMEOUT = { timeout: 60_000, interval: 10 }
/** Whatever a shell, a URL or JSON could take for something else. */
const AWKWARD = 'a "quoted" \\ žluť 🚲 & <b> $HOME `ls` %41 +'

const folder = mkdtempSync(join(tmpdir(), 'transport-lab-java-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => compileJava(folder))

const EXAMPLES = examplesIn(folder)

for (const example of EXAMPLES) {
  if (!example.command) {
    skipLoudly(example.language, example.install)
    continue
  }
  // Side by side, since most of the time a client waits: for us, or for its own time-out.
  describe.concurrent(example.language, { timeout: 120_000 }, () => {
    it.for(example.speaks)('%s', async (name, { expect }) => {
      const bench = await openClientBench()
      const program = startProgram([...example.command!, name, bench.url, 'kitchen', 'Ada'])
      try {
        await exchangeMessages(bench, program, example, expect)
      } catch (error) {
        throw new Error(`${(error as Error).message}\nIt said:\n${program.notes()}`, { cause: error })
      } finally {
        program.kill()
        await bench.close()
      }
    })
  })
}

/** What every client goes through. */
async function exchangeMessages(
  bench: ClientBench,
  program: Program,
  { shown }: Example,
  expect: ExpectStatic,
): Promise<void> {
  const allIsShown = () => expect.poll(() => shown(program.lines), TIMEOUT).toEqual(bench.log())

  bench.say('was there before')
  await allIsShown()
  for (const text of ['one', 'two']) {
    bench.say(text)
    await allIsShown() // each before the next is said
  }

  program.type(AWKWARD)
  await expect.poll(() => bench.log(), TIMEOUT).toContain(`Ada: ${AWKWARD}`)
  await allIsShown()

  bench.line.cut()
  bench.say('said while the line was cut')
  await allIsShown()

  bench.bring(['lost on the way', 'not stored', 'answer lost'])
  program.type('sent again if need be')
  await expect.poll(() => bench.log(), TIMEOUT).toContain('Ada: sent again if need be')
  bench.say('after that')
  await allIsShown()

  await bench.stop()
  program.type('written while the server was away')
  bench.say('said while the server was away')
  await bench.start()
  await expect.poll(() => bench.log(), TIMEOUT).toContain('Ada: written while the server was away')
  await allIsShown()

  program.type('the last word')
  expect(await program.endInput(), 'its exit code').toBe(0)
  expect(bench.log().filter((line) => line.startsWith('Ada'))).toEqual([
    `Ada: ${AWKWARD}`,
    'Ada: sent again if need be',
    'Ada: written while the server was away',
    'Ada: the last word',
  ])
}

it.runIf(find('java'))('the JDK offers h2c with its questions, and is answered all the same', async () => {
  const bench = await openClientBench()
  const program = startProgram([...java(folder)!, 'long-polling', bench.url, 'kitchen', 'Ada'])
  program.type('hello')
  expect(await program.endInput()).toBe(0)
  expect(bench.offers).toContain('h2c')
  expect(bench.log()).toEqual(['Ada: hello'])
  await bench.close()
})

it('the examples try again where the protocol says that it could help, and only there', () => {
  for (const file of ['docs/clients/chat.py', 'docs/clients/Chat.java']) {
    const list = /PASSING_CODES\s*=\s*(?:Set\.of\(|\{)([^)}]*)/.exec(textOf(file))?.[1] ?? ''
    const codes = [...list.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code as ChatErrorCode)
    expect(codes.length, file).toBeGreaterThan(0)
    expect(
      codes.filter((code) => !ERROR_KINDS[code]?.retryable),
      file,
    ).toEqual([])
  }
})

it.each(EXAMPLES.filter(({ command }) => command))('$language says how it is used', async ({ command }) => {
  const program = startProgram(command!)
  expect(await program.endInput()).not.toBe(0)
  expect(program.notes()).toContain('short-polling|long-polling|sse')
  expect(program.notes()).toContain('URL ROOM NAME')
})
