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
  /** One sentence for each folder that could not be used. */
  readonly problems: readonly string[]
}

/** @param load gives a folder's `transport.ts`; handed in, so that a test can break it */
export async function loadDescriptors(
  names: readonly TransportName[] = TRANSPORTS,
  load = (name: string): Promise<{ default?: unknown }> => import(`./${name}/transport.ts`),
): Promise<Descriptors> {
  const descriptors = new Map<TransportName, TransportDescriptor>()
  const problems: string[] = []
  const loaded = await Promise.all(names.map((name) => load(name).catch((error: Error) => error)))
  for (const [index, name] of names.entries()) {
    const module = loaded[index]!
    const problem =
      module instanceof Error
        ? `could not be loaded (${module.message})`
        : problemWithDescriptor(module.default)
    if (problem)
      problems.push(`The transport ${name} is left out: transports/${name}/transport.ts ${problem}.`)
    else descriptors.set(name, (module as { default: TransportDescriptor }).default)
  }
  return { descriptors, problems }
}

/** Loaded with this module, so that what depends on it can be plain values and not promises. */
export const { descriptors: DESCRIPTORS, problems: PROBLEMS } = await loadDescriptors()

/** Each setting that some transport has, once, by the name under which it is read. */
export const SETTINGS: ReadonlyMap<string, SettingDescriptor> = new Map(
  [...DESCRIPTORS.values()].flatMap(({ settings }) =>
    settings.map((setting) => [setting.name, setting] as const),
  ),
)
