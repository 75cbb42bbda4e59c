import { defineConfig } from 'vitest/config'

/** Five kinds of tests, so that each can be run alone: `npx vitest run --project unit`. */
const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/node_modules/**', 'build/**', ...exclude] },
})

const FAULTS = 'lab/{attacks,chaos}/**/*.test.ts'
const CONTRACT = 'lab/conformance/**/*.test.ts'
const BROWSER = '**/*.browser.test.ts'
const BENCH = 'benchmarks/**/*.test.ts'

export default defineConfig({
  test: {
    // Two cores and real sockets: a limit is there to end what hangs, not to time what runs.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Most of the time a test waits for a socket, a process or a page: more at once than there are cores.
    maxWorkers: 4,
    projects: [
      project('unit', ['{lab,transports,web,docs}/**/*.test.ts'], [CONTRACT, FAULTS, BROWSER]),
      project('contract', [CONTRACT]),
      project('faults', [FAULTS]),
      project('browser', [BROWSER]),
      project('bench', [BENCH]),
    ],
  },
})
