/**
 * The descriptor of each transport in the manifest, loaded once, in its order. Runs in browser and Node.
 *
 * A folder whose descriptor is missing or broken is left out and named in {@link PROBLEMS}: the others still work.
 */
import {
  problemWithDescriptor,
  type SettingDescriptor,
  type TransportDescriptor,
} from '../lab/client/descriptor.ts'
import { TRANSPORTS, type TransportName } from './manifest.ts'

export interface Descriptors {
  readonly descriptors: ReadonlyMap<TransportName, TransportDescriptor>
  /** One line for each folder that could not be used. */
  readonly problems: readonly string[]
}

/**
 * Why one file of a transport's folder cannot be used, as a line for people.
 *
 * @param what the end of the sentence that begins with the file's name
 */
export const leftOut = (name: string, file: string, what: string): string =>
  `The transport ${name} is left out: transports/${name}/${file} ${what}.`

/**
 * What is wrong with a file that could not be imported, as the end of a sentence on one line. A syntax error comes
 * as a paragraph with the code around it, and a missing file as a path of the machine.
 */
export function problemWithLoading(name: string, file: string, { message }: Error): string {
  const isMissing = new RegExp(
    `(Cannot find module '?\\S*|not found in bundle: \\S*|Unknown variable dynamic import: \\S*)/${name}/${file}\\b`,
  ).test(message)
  const [, line, error] = /:(\d+):\d+: ERROR: (.*)/.exec(message) ?? []
  const why =
    error === undefined ? (/\S.*/.exec(message)?.[0] ?? 'for no stated reason') : `line ${line}: ${error}`
  return isMissing ? 'is missing' : `could not be loaded (${why})`
}

/** @param load gives a folder's `transport.ts`; handed in, so that a test can break it */
export async function loadDescriptors(
  names: readonly TransportName[] = TRANSPORTS,
  load = (name: string): Promise<{ default?: unknown }> => import(`./${name}/transport.ts`),
): Promise<Descriptors> {
  const descriptors = new Map<TransportName, TransportDescriptor>()
  const problems: string[] = []
  const loaded = await Promise.all(
    names.map(async (name) => {
      // In a bundle, the import of a file that is not there throws at once, and is no promise that is rejected.
      try {
        return await load(name)
      } catch (error) {
        return error as Error
      }
    }),
  )
  for (const [index, name] of names.entries()) {
    const module = loaded[index]!
    const problem =
      module instanceof Error
        ? problemWithLoading(name, 'transport.ts', module)
        : problemWithDescriptor(module.default)
    // The page's build has found out already, and says it in whole (lab/app/bundle.ts).
    if (module instanceof Error && module.name === 'LeftOut') problems.push(module.message)
    else if (problem) problems.push(leftOut(name, 'transport.ts', problem))
    else descriptors.set(name, (module as { default: TransportDescriptor }).default)
  }
  for (const [name, { carriedBy }] of [...descriptors]) {
    const problem =
      typeof carriedBy === 'object' && problemWithChoice(carriedBy.transports, names, descriptors)
    if (!problem) continue
    problems.push(leftOut(name, 'transport.ts', problem))
    descriptors.delete(name)
  }
  return { descriptors, problems }
}

/** What is wrong with a choice among transports; null when nothing is. One of them that is left out is only no choice. */
function problemWithChoice(
  choice: readonly string[],
  names: readonly string[],
  descriptors: ReadonlyMap<string, TransportDescriptor>,
): string | null {
  const unknown = choice.find((name) => !names.includes(name))
  if (unknown !== undefined)
    return `must be carriedBy transports of the manifest, and ${JSON.stringify(unknown)} is none`
  const chooser = choice.find((name) => typeof descriptors.get(name)?.carriedBy === 'object')
  return chooser === undefined
    ? null
    : `must be carriedBy transports that have a server, and ${JSON.stringify(chooser)} has none`
}

/** Loaded with this module, so that what depends on it can be plain values and not promises. */
export const { descriptors: DESCRIPTORS, problems: PROBLEMS } = await loadDescriptors()

/** Whether a reader by this transport keeps one of a browser's six HTTP/1.1 connections to a server. */
export function keepsRequestOpen(name: string): boolean {
  const about = DESCRIPTORS.get(name as TransportName)
  if (typeof about?.carriedBy === 'object') return about.carriedBy.transports.some(keepsRequestOpen)
  return about?.keepsRequestOpen ?? false
}

/** Each setting that some transport has, once, by the name under which it is read. */
export const SETTINGS: ReadonlyMap<string, SettingDescriptor> = new Map(
  [...DESCRIPTORS.values()].flatMap(({ settings }) =>
    settings.map((setting) => [setting.name, setting] as const),
  ),
)

/** Those of which this holds, in the manifest's order. */
const transportsThat = (holds: (descriptor: TransportDescriptor) => boolean): readonly TransportName[] =>
  [...DESCRIPTORS].flatMap(([name, descriptor]) => (holds(descriptor) ? name : []))

/** Those that a browser can run: each has a lane on the page. */
export const LANES = transportsThat(({ runsIn }) => runsIn.includes('browser'))

/** Those that the server's HTTP port carries: what is said of requests, proxies and TLS holds for them. */
export const OVER_HTTP = transportsThat(({ carriedBy }) => carriedBy === 'http')
