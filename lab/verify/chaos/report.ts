/** A verdict in words, the same for one server and for a cluster. */
import { say } from '../../command/terminal.ts'
import type { Tally } from './run.ts'
import type { Violation } from './verdict.ts'

/** More of the same kind say no more than these. */
const SHOWN_VIOLATIONS = 20

export function reportFaults({ faults }: Pick<Tally, 'faults'>): void {
  for (const [name, count] of Object.entries(faults).sort()) say(`${String(count).padStart(6)}  ${name}`)
  say()
}

export function reportViolations(violations: readonly Violation[]): void {
  for (const kind of ['lost', 'duplicated', 'reordered', 'phantom']) {
    const found = violations.filter((violation) => violation.kind === kind)
    say(`${String(found.length).padStart(6)}  ${kind}`)
    for (const { what } of found.slice(0, SHOWN_VIOLATIONS)) say(`          ${what}`)
  }
}
