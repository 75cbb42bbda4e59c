/** A lab, a real proxy in front of it, and people on the other side. */
import { expect } from 'vitest'
import type { TransportName } from '../../transports/manifest.ts'
import type { LabOptions } from '../server/build-lab.ts'
import { addressOf, type Guest, type Http, seatGuest, type World, worldBehind } from './guests.ts'
import { type House, openHouse } from './house.ts'
import { type ProxyKind, type RealProxy, startProxy } from './proxy.ts'
import type { Change } from './published.ts'

/** Generous, in milliseconds: the machine may be busy with other tests. */
export const PATIENCE = { timeout: 20_000, interval: 10 }

export interface StageOptions {
  /** What else than ports and folders shall be otherwise than published. */
  readonly changes?: readonly Change[]
  readonly lab?: LabOptions
}

export interface SeatOptions {
  readonly http?: Http
  /** Long polling: how long the server may keep a question, in milliseconds. */
  readonly holdMs?: number
}

export interface Stage {
  readonly house: House
  readonly proxy: RealProxy
  readonly fetch: typeof fetch
  /** Asks, and does not wait for the answer. @returns hangs up */
  ask(path: string, http: Http): () => void
  /** A URL behind the proxy; `scheme` as it shall begin. */
  at(path: string, scheme?: 'https' | 'wss'): string
  openSocket(url: string, origin?: string): InstanceType<World['WebSocket']>
  /** Somebody who is open and listening. */
  seat(name: TransportName, room: string, options?: SeatOptions): Promise<Guest>
  seatAll(names: readonly TransportName[], room: string): Promise<Guest[]>
  /** Waits until all who are seated have read exactly this. */
  allHaveRead(texts: readonly string[]): Promise<void>
  /** Fails if anybody has noticed a loss or a repetition. */
  expectUnharmed(): void
  /** Those who are seated leave. */
  clear(): void
  close(): Promise<void>
}

export async function openStage(kind: ProxyKind, { changes = [], lab }: StageOptions = {}): Promise<Stage> {
  const house = await openHouse(lab)
  const proxy = await startProxy(kind, house.port, changes)
  const worlds = { 'HTTP/1.1': worldBehind(proxy, 'HTTP/1.1'), 'HTTP/2': worldBehind(proxy, 'HTTP/2') }
  const guests: Guest[] = []
  const { fetch, WebSocket } = worlds['HTTP/2']

  const stage: Stage = {
    house,
    proxy,
    fetch,
    ask(path, http) {
      const leaving = new AbortController()
      worlds[http].fetch(stage.at(path), { signal: leaving.signal }).catch(() => {})
      return () => leaving.abort()
    },
    at: (path, scheme = 'https') => addressOf(proxy).replace('https', scheme) + path,
    openSocket: (url, origin) => new WebSocket(url, origin),
    async seat(name, room, { http = 'HTTP/2', holdMs } = {}) {
      const guest = await seatGuest(proxy, name, { room, world: worlds[http], holdMs })
      guests.push(guest)
      await expect.poll(() => guest.client.state.status, PATIENCE).toBe('open')
      return guest
    },
    seatAll: (names, room) => Promise.all(names.map((name) => stage.seat(name, room))),
    allHaveRead: (texts) =>
      expect
        .poll(() => guests.map((guest) => [guest.name, guest.texts]), PATIENCE)
        .toEqual(guests.map(({ name }) => [name, texts])),
    expectUnharmed() {
      for (const { name, client } of guests)
        expect(client.figures, name).toMatchObject({ duplicates: 0, lost: 0, gaps: 0 })
    },
    clear() {
      for (const { client } of guests.splice(0)) client.close()
    },
    async close() {
      stage.clear()
      await Promise.all(Object.values(worlds).map((world) => world.close()))
      await house.stop()
      await proxy.stop()
    },
  }
  return stage
}

/** A room of its own for each test. */
export const roomFor = (...words: readonly string[]): string =>
  words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '')
