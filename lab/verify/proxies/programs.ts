/** Programs of the operating system that tests start: where they are, and what it means when they are not. */
import { expect, test } from 'vitest'

export { find } from '../../cluster/machine/find.ts'

/** A test that did not run has shown nothing: it must not pass in silence, and in CI not at all. */
export function skipLoudly(what: string, install: string): void {
  const why = `${what} is not installed. Debian: apt-get install ${install}`
  console.warn(`\n*** NOT TESTED: ${why}\n`)
  if (process.env.CI) test(what, () => expect.fail(why))
  else test.skip(`${what} (not installed)`)
}
