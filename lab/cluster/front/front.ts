/** What stands in front of the labs: a proxy with the file that docs/deploy publishes, and so without sticky sessions. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOpen } from '../machine/ports.ts'
import { createProgram, type Program, type ProgramOptions } from '../machine/program.ts'
import { haproxyCommand, haproxyConfig } from './haproxy.ts'
import { nginxCommand, nginxConfig } from './nginx.ts'
import type { FrontPlaces } from './places.ts'

export const FRONTS = ['nginx', 'haproxy'] as const
export type FrontName = (typeof FRONTS)[number]

export interface FrontOptions extends FrontPlaces {
  /** The file of its program. */
  readonly file: string
  readonly onProcess: ProgramOptions['onProcess']
}

export function createFront(name: FrontName, { file, folder, onProcess, ...places }: FrontOptions): Program {
  const own = join(folder, 'front')
  mkdirSync(own, { recursive: true })
  // Started by root, nginx's worker is another user, and keeps large bodies there.
  for (const one of [folder, own]) chmodSync(one, 0o755)
  const config = join(own, `${name}.conf`)
  writeFileSync(config, (name === 'nginx' ? nginxConfig : haproxyConfig)({ folder: own, ...places }))
  const command = name === 'nginx' ? nginxCommand(file, own, config) : haproxyCommand(file, config)
  return createProgram({
    ...{ name: 'front', command, isUp: () => isOpen(places.port), port: places.port },
    ...(onProcess && { onProcess }),
  })
}
