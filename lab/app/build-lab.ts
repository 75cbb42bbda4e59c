/**
 * The lab as `npm start` runs it, without its pages: the server, with every transport of the manifest handed in.
 *
 * The server itself (lab/server) names no transport. This is the one place that knows both sides.
 */
import type { FastifyInstance } from 'fastify'
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { loadReader } from '../../transports/load-reader.ts'
import { loadServers } from '../../transports/load-server.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { type AppOptions, buildApp } from '../server/http/build-app.ts'

/** What {@link buildApp} takes; the transports are the manifest's unless given. */
export type LabOptions = Partial<AppOptions>

export async function buildLab(options: LabOptions = {}): Promise<FastifyInstance> {
  return buildApp({ transports: (await loadServers()).servers, crowdReader, ...options })
}

/** As the benchmark reads them: those that HTTP carries, and of which a browser's tab can therefore be simulated. */
async function crowdReader(lane: string) {
  const name = TRANSPORTS.find((one) => one === lane)
  if (name === undefined || DESCRIPTORS.get(name)?.carriedBy !== 'http') return null
  const module = await loadReader(name).catch(() => null) // a folder that is not whole yet
  return module && { name, read: module.default }
}
