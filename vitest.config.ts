import { defineConfig } from 'vitest/config'

/**
 * Nine kinds of tests, so that each can be run alone: `npx vitest run --project unit`. `npm test` runs the
 * first three; `npm run check` runs all.
 *
 * Most of the time a test waits for a socket, so more files run at once than there are cores. Those that
 * bring processes or browsers of their own come afterwards, a kind at a time and fewer at once.
 */
const project = (name: string, turn: number, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    // Some 170 short files, most of which load the same modules: a process for each costs more than its tests (docs/decisions/077).
    isolate: name !== 'unit',
    include,
    exclude: ['**/node_modules/**', 'build/**', ...exclude],
    maxWorkers: turn === 0 ? 6 : 2,
    sequence: { groupOrder: turn },
  },
})

const WALK = 'lab/verify/browser/walk.browser.test.ts'
const FAULTS = 'lab/verify/{attacks,chaos,pitfalls}/**/*.test.ts'
const REAL = 'lab/verify/{proxies,clients,engines}/**/*.test.ts'
const CONTRACT = 'lab/verify/conformance/**/*.test.ts'
const COPY = 'lab/verify/fifth/**/*.test.ts'
const BROWSER = '**/*.browser.test.ts'
const BENCH = 'benchmarks/**/*.test.ts'
// Each of them starts whole commands, over and over: minutes of a core, of which hardly any is the test's own.
const COMMANDS = [
  'lab/command/{orphans,pipes,unwritable}.test.ts',
  'lab/command/compiled/*.test.ts',
  'lab/app/{broken-docs,bundle,output}.test.ts',
  'lab/verify/conformance/main.test.ts',
  'docs/site/build.test.ts',
  'docs/exercises/runner/outcome.test.ts',
]

export default defineConfig({
  test: {
    // Two cores and real sockets: a limit is there to end what hangs, not to time what runs.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Vitest's own second is a race on a busy machine; to look more often makes a quiet one quicker.
    expect: { poll: { timeout: 40_000, interval: 10 } },
    projects: [
      project(
        'unit',
        0,
        ['{lab,transports,web,docs}/**/*.test.ts'],
        [CONTRACT, FAULTS, REAL, COPY, BROWSER, ...COMMANDS],
      ),
      project('contract', 0, [CONTRACT], COMMANDS),
      project('walk', 1, [WALK]), // once through the lab page, in a real browser
      project('faults', 2, [FAULTS]),
      project('commands', 7, COMMANDS), // what is typed at a terminal: pipes, signals, folders that cannot be written
      project('bench', 3, [BENCH]),
      project('browser', 4, [BROWSER], [WALK]),
      project('fifth', 6, [COPY]), // whole copies of the repository, with one transport more
      project('real', 5, [REAL]), // other people's programs: proxies, clients, Firefox
    ],
  },
})
