/** Every command of package.json that is ours, with its command line: what docs/reference/options.md is made from. */
import { LINE as BENCH_CLUSTER } from '../../benchmarks/cluster/options.ts'
import { LINE as BENCH_DOCS } from '../../benchmarks/docs-options.ts'
import { LINE as BENCH_ECHO } from '../../benchmarks/echo/options.ts'
import { LINE as BENCH } from '../../benchmarks/options.ts'
import { LINE as ECHO } from '../../lab/app/echo/options.ts'
import { LINE as START } from '../../lab/app/options.ts'
import { LINE as CLUSTER } from '../../lab/cluster/options.ts'
import type { CommandLine } from '../../lab/command/options/command-line.ts'
import { LINE as SCREENSHOTS } from '../../lab/verify/browser/screenshot-options.ts'
import { LINE as CHAOS } from '../../lab/verify/chaos/options.ts'
import { LINE as CONFORMANCE } from '../../lab/verify/conformance/options.ts'
import { LINE as MUSEUM } from '../../lab/verify/museum/options.ts'
import { LINE as CHECK } from '../../lab/verify/rules/check-options.ts'
import { LINE as SHOW } from '../../lab/verify/show/options.ts'
import { LINE as EXERCISE } from '../exercises/runner/options.ts'
import { BUILD_LINE, SYNC_LINE } from '../site/options.ts'

/** By the script's name, in the order of package.json. */
export const COMMANDS: Readonly<Record<string, CommandLine>> = {
  start: START,
  cluster: CLUSTER,
  check: CHECK,
  bench: BENCH,
  'bench:echo': BENCH_ECHO,
  'bench:cluster': BENCH_CLUSTER,
  'bench:docs': BENCH_DOCS,
  conformance: CONFORMANCE,
  echo: ECHO,
  chaos: CHAOS,
  'docs:build': BUILD_LINE,
  'docs:sync': SYNC_LINE,
  museum: MUSEUM,
  show: SHOW,
  exercise: EXERCISE,
  screenshots: SCREENSHOTS,
}
