/** The variables of the environment that commands and tests read, each with what it says. */
export const ENVIRONMENT = {
  TRANSPORT_LAB_BUILD: 'the folder to which goes what is made; build/ unless given',
  EXERCISE_WORK: 'the folder of your work on the exercises; my-work/ unless given',
  NO_COLOR: 'with any value, no colours on the terminal',
  CHROMIUM: 'the Chromium that tests and pictures are made with; the one that is installed unless given',
  FIREFOX: 'the Firefox that tests are made with; the one that is installed unless given',
  CI: 'with any value, a test for which a program is missing fails, and is not skipped',
  SEED: 'where chance begins in a test; a failing one prints its own',
  SEEDS: 'in tests of the chaos run: how many seeds are tried',
  RUNS: 'in property tests: how many inputs each tries',
  CROWD: 'in the crowd test: how many readers come',
  SECONDS: 'in the longest tests: for how long they go on',
  OFFER_MIB: 'in the test of a slow reader: how much is offered to it, in MiB',
} as const

export type EnvironmentName = keyof typeof ENVIRONMENT
