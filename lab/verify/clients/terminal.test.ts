/** What the example clients of docs/clients do to a terminal: they show what was said, and it can do nothing there. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { skipLoudly } from '../proxies/programs.ts'
import { openClientBench } from './client-bench.ts'
import { compileJava, examplesIn } from './examples.ts'
import { startProgram } from './program.ts'

/** Generous, in milliseconds: the machine may be busy, and a virtual machine starts slowly. */
const TIMEOUT = { timeout: 60_000, interval: 10 }
/** Orders, turned text, lines that others seem to have said, and what is drawn as nothing. */
const ORDERS = [
  'a title: \u001b]0;pwned\u0007',
  'red: \u001b[31m and \u009b31m',
  'turned: \u202egnp.exe',
  'unseen: a\u200bb\u00adc\ufeffd\u2066e\u{e0041}f',
  'over: 100\r999 \b\u007f',
  'first\n2 host: I owe you 100 euros',
  'first\u2028second\u2029third\u0085fourth',
  'half: \ud83d.',
]
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u

const classes = mkdtempSync(join(tmpdir(), 'transport-lab-java-'))
beforeAll(() => compileJava(classes))
afterAll(() => rmSync(classes, { recursive: true, force: true }))

for (const { language, command, install, shown } of examplesIn(classes)) {
  if (!command) {
    skipLoudly(language, install)
    continue
  }
  describe(language, { timeout: 120_000 }, () => {
    it.each(['short-polling', 'sse'])(
      'shows orders to a terminal as text, a message to a line (%s)',
      async (name) => {
        const bench = await openClientBench()
        const program = startProgram([...command, name, bench.url, 'kitchen', 'Ada'])
        try {
          for (const text of ORDERS) bench.say(text)
          bench.say('the end')
          await expect.poll(() => shown(program.lines).at(-1), TIMEOUT).toBe('host: the end')
          expect(shown(program.lines)).toHaveLength(ORDERS.length + 1)
          expect(program.lines.filter((line) => UNSEEN.test(line))).toEqual([])
          const all = program.lines.join('\n')
          // What they are can be read: an escape, as JSON writes it.
          for (const shownAs of [
            '\\u001b',
            '\\u009b31m',
            '\\u202e',
            '\\u200b',
            '\\u2028',
            '\\u007f',
            'first\\n2 host',
          ])
            expect(all).toContain(shownAs)
        } finally {
          program.kill()
          await bench.close()
        }
      },
    )

    it.each([
      ['ASCII', { LC_ALL: 'C', PYTHONIOENCODING: 'ascii' }],
      ['Windows-1252', { LC_ALL: 'C', PYTHONIOENCODING: 'cp1252' }],
    ])('goes on where the terminal has no such character: %s', async (_charset, env) => {
      const bench = await openClientBench()
      const program = startProgram([...command, 'short-polling', bench.url, 'kitchen', 'Ada'], env)
      try {
        for (const text of ['žluť 🚲 茶', 'the end']) bench.say(text)
        await expect.poll(() => shown(program.lines).at(-1), TIMEOUT).toBe('host: the end')
        expect(shown(program.lines)).toHaveLength(2)
        program.type('plain')
        program.type('žluť 🚲')
        program.type('still here')
        await expect.poll(() => bench.log(), TIMEOUT).toContain('Ada: still here')
        expect(await program.endInput(), program.notes()).toBe(0)
      } finally {
        program.kill()
        await bench.close()
      }
    })

    it.each(['short-polling', 'sse'])(
      'ends without a word when what it prints is not read any more (%s)',
      async (name) => {
        const bench = await openClientBench()
        bench.say('one')
        const through = ['sh', '-c', '"$@" | head -n 1', 'sh', ...command, name, bench.url, 'kitchen', 'Ada']
        const program = startProgram(through)
        try {
          await expect.poll(() => shown(program.lines), TIMEOUT).toEqual(['host: one'])
          bench.say('two')
          expect(await program.ended).toBe(0)
          expect(program.notes()).toBe('')
        } finally {
          program.kill()
          await bench.close()
        }
      },
    )
  })
}

it.runIf(examplesIn(classes)[0]?.command)(
  'Python notices a closed pipe even where nothing more is said',
  async () => {
    const bench = await openClientBench()
    bench.say('one')
    const command = examplesIn(classes)[0]!.command!
    const program = startProgram([
      'sh',
      '-c',
      '"$@" | head -n 1',
      'sh',
      ...command,
      'sse',
      bench.url,
      'kitchen',
      'Ada',
    ])
    try {
      expect(await program.ended).toBe(0)
      expect(program.lines).toEqual(['1 host: one'])
    } finally {
      program.kill()
      await bench.close()
    }
  },
)
