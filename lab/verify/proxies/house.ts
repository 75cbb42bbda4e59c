/** The lab behind a proxy, in this process: the server of `npm start` without its pages. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildLab, type LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { NAME } from './certificate.ts'

export interface House {
  readonly hub: Hub
  readonly port: number
  /** Publishes at the hub itself, as somebody on no transport. */
  say(room: string, text: string): void
  /** The headers of the request that came last. */
  readonly heard: IncomingHttpHeaders
  /** Stops the server as Ctrl-C does. */
  stop(): Promise<void>
  /** Starts it again, on the same port and with the same log. */
  start(options?: LabOptions): Promise<void>
}

export async function openHouse(options?: LabOptions): Promise<House> {
  const hub = new Hub()
  let app: FastifyInstance | null = null
  let port = 0
  let said = 0
  let heard: IncomingHttpHeaders = {}

  const house: House = {
    hub,
    get port() {
      return port
    },
    get heard() {
      return heard
    },
    say: (room, text) => void hub.room(room).publish({ draftId: `host-${said++}`, author: 'host', text }),
    async stop() {
      await app?.close()
      app = null
    },
    async start(more = {}) {
      app = await buildLab({ hub, origins: [`https://${NAME}`], ...more })
      app.server.prependListener('request', ({ headers }) => (heard = headers))
      await app.listen({ port, host: '127.0.0.1' })
      port = (app.server.address() as AddressInfo).port
    },
  }
  await house.start(options)
  return house
}
