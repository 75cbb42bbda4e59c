/**
 * The defective server halves: each is mounted beside the sound one of its lane, and is there for the visitors alone who
 * have switched it on. For all others nothing is at its address.
 *
 * They are mounted when the lab starts, since a router takes no route later. Until one is switched on, it has no timer and
 * no reader: it costs its routes.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Hub } from '../../hub/hub.ts'
import type { Clock } from '../../wire/clock.ts'
import { createTransportMetrics, type ServerMetrics } from '../observe/server-metrics.ts'
import type { RoomGateway } from '../transport-kit/room-gateway.ts'
import { type HttpLab, isHttp, type ServerTransport } from '../transport-kit/server-transport.ts'
import type { Pitfall } from './pitfalls.ts'

export interface MountsOptions {
  readonly pitfalls: readonly Pitfall[]
  /** The lanes' names. */
  readonly lanes: readonly string[]
  readonly transports: ReadonlyMap<string, ServerTransport>
  readonly hub: Pick<Hub, 'room'>
  readonly lab: Omit<HttpLab, 'metrics'>
  readonly metrics: ServerMetrics
  /** The gateway that decides as the server's own does, over other rooms. */
  readonly gatewayOver: (hub: Pick<Hub, 'room'>) => RoomGateway
  /** Whether the sender of a request has this pitfall on in this lane. */
  readonly isOn: (request: FastifyRequest, lane: string, pitfall: string) => boolean
}

export const lanesOf = ({ lanes }: Pick<Pitfall, 'lanes'>, names: readonly string[]): readonly string[] =>
  lanes === 'all lanes' ? names : names.filter((name) => lanes.includes(name))

/** Below it are the same addresses as below `/transports/NAME`. */
export const pitfallPath = (pitfall: string, lane: string): string =>
  `/transports/${lane}/pitfalls/${pitfall}`

/** @returns where the defective half of a pitfall is mounted; null where it has none */
export function mountPitfalls(
  app: FastifyInstance,
  options: MountsOptions,
): (pitfall: string, lane: string) => string | null {
  const mounted = new Set<string>()
  for (const pitfall of options.pitfalls) {
    for (const lane of lanesOf(pitfall, options.lanes)) {
      if (pitfall.server && mount(app, pitfall, lane, options)) mounted.add(pitfallPath(pitfall.name, lane))
    }
  }
  return (pitfall, lane) => {
    const path = pitfallPath(pitfall, lane)
    return mounted.has(path) ? path : null
  }
}

/** @returns false for a lane that no HTTP carries */
function mount(
  app: FastifyInstance,
  { name, server }: Pitfall,
  lane: string,
  { transports, hub, lab: given, metrics, gatewayOver, isOn }: MountsOptions,
): boolean {
  const transport = server?.transport ?? transports.get(lane)
  if (!server || !transport || !isHttp(transport)) return false
  const clock = sleepingClock(given.clock)
  const gateway = server.hub ? gatewayOver(server.hub(hub, given.shutdown)) : given.gateway
  // Not among the figures of the transports: its readers would be added to those of the sound one.
  const lab = { ...given, clock, gateway, metrics: createTransportMetrics(metrics.refused, metrics.logger) }
  void app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (!isOn(request, lane, name)) return reply.callNotFound()
        clock.wake()
      })
      await scope.register(transport, { ...lab, ...server.lab?.(lab) })
    },
    { prefix: `${pitfallPath(name, lane)}/rooms/:room` },
  )
  return true
}

/** A clock that calls nothing until it is woken, for what begins to wait when it is mounted. */
export function sleepingClock(clock: Clock): Clock & { wake(): void } {
  let asleep: (() => void)[] | null = []
  return {
    now: () => clock.now(),
    after(ms, action) {
      if (asleep === null) return clock.after(ms, action)
      let cancel = () => {}
      let isCancelled = false
      asleep.push(() => {
        if (!isCancelled) cancel = clock.after(ms, action)
      })
      return () => {
        isCancelled = true
        cancel()
      }
    },
    wake() {
      const all = asleep ?? []
      asleep = null
      for (const begin of all) begin()
    },
  }
}
