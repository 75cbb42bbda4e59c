/** What to tell a newcomer about a transport. It stands beside the transport, so that nothing else need name it. */
import type { TransportName } from '../../transports/manifest.ts'
import type { Settings } from './transport.ts'

export interface About {
  readonly title: string
  /** For tight places: a table's row, a chart's legend. */
  readonly short: string
  /** How it works, in one sentence. */
  readonly idea: string
  /** What to look at while it runs. */
  readonly watch: string
  /** The setting that this transport reads, if it reads one. */
  readonly knob?: keyof Settings
}

/** The words about a transport, by its folder's name. */
export async function loadAbout(name: TransportName): Promise<About> {
  const module = (await import(`../../transports/${name}/about.ts`)) as { default: About }
  return module.default
}
