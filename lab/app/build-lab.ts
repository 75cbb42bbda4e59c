/**
 * The lab as `npm start` runs it, without its pages: the server, with every transport of the manifest handed in.
 *
 * The server itself (lab/server) names no transport. This is the one place that knows both sides.
 */
import type { FastifyInstance } from 'fastify'
import { loadServers } from '../../transports/load-server.ts'
import { type AppOptions, buildApp } from '../server/http/build-app.ts'

/** What {@link buildApp} takes; the transports are the manifest's unless given. */
export type LabOptions = Partial<AppOptions>

export async function buildLab(options: LabOptions = {}): Promise<FastifyInstance> {
  return buildApp({ transports: (await loadServers()).servers, ...options })
}
