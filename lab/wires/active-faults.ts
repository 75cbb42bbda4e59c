/**
 * The faults that are on: which connections each touches, and when it heals.
 *
 * A visitor's fault touches the visitor's own connections on its lanes, those that are open and those that come; one
 * that is for all touches every connection there. What is touched is looked at again whenever a connection gets an
 * owner or loses it, so a fault never stays on a connection that is no longer the visitor's.
 */
import type { Clock } from '../wire/clock.ts'
import type { Random } from '../wire/random.ts'
import type { LaneConnection } from './connection.ts'
import { type ActiveFault, MAX_FAULT_S, type SettingValues } from './control.ts'
import { type Fault, type FaultRun, settingsFrom } from './faults/fault.ts'
import type { FaultRecord } from './records.ts'
import type { Tap } from './tap.ts'

/** Faults that one visitor may have on at once, and all visitors together: each is looked at for each connection. */
export const MAX_FAULTS_EACH = 32
export const MAX_FAULTS = 1_024

export interface FaultOrderFor {
  readonly fault: string
  readonly lanes: readonly string[]
  readonly settings: SettingValues
  /** Null for as long as a fault may last. */
  readonly seconds: number | null
  /** Whose connections it touches; null for those of all. */
  readonly visitor: string | null
}

export interface ActiveFaults {
  /** @throws RangeError for settings that are none; undefined when there are too many faults on already */
  order(order: FaultOrderFor): ActiveFault | undefined
  /** Those that touch this visitor. @param mayAll whether they may heal those for all */
  of(visitor: string | null, mayAll: boolean): readonly ActiveFault[]
  /** How many others have set for themselves. */
  othersThan(visitor: string | null): number
  /** @returns whether there was one that this visitor may heal: their own, and with `mayAll` those for all */
  heal(id: number, visitor: string | null, mayAll: boolean): boolean
  /** Heals what this visitor has set, and with `all` what is set for all. */
  healAllOf(visitor: string | null, all: boolean): void
  /** Whether a fault is on that touches this lane. */
  touches(lane: string): boolean
  /** Whether a box that speaks no HTTP/2 stands before who comes to this lane from this address. */
  speaksHttp1(lane: string, address: string): boolean
  /** A connection is new, or has another owner. */
  look(connection: LaneConnection): void
  forget(connection: LaneConnection): void
  close(): void
}

export interface ActiveFaultsOptions {
  readonly connections: ReadonlySet<LaneConnection>
  readonly tap: Tap
  readonly clock: Clock
  readonly random: Random
  readonly now: () => number
  readonly catalogue: readonly Fault[]
}

interface Active {
  readonly about: ActiveFault
  readonly visitor: string | null
  readonly run: FaultRun
  readonly touched: Map<LaneConnection, (() => void) | undefined>
  /** See `readsHttp` of FaultAbout. */
  readonly readsHttp: boolean
  /** From where the connections came that it has ended since they spoke HTTP/2. */
  readonly addresses: Set<string>
  cancel: () => void
}

export function createActiveFaults(options: ActiveFaultsOptions): ActiveFaults {
  const { connections, tap, clock, random, now, catalogue } = options
  const active = new Map<number, Active>()
  let ids = 0

  const isFor = ({ about, visitor }: Active, { lane, owner }: LaneConnection) =>
    about.lanes.includes(lane) && (visitor === null || visitor === owner)
  const concerns = ({ visitor }: Active, other: string | null) => visitor === null || visitor === other

  function touch(fault: Active, connection: LaneConnection, isNewcomer: boolean): void {
    if (fault.touched.has(connection)) return
    fault.touched.set(connection, undefined) // it may be dropped by the fault, and forgotten, at once
    // Whose a connection is, is known after its handshake. So it is ended, and the next from there agrees on HTTP/1.1.
    if (fault.readsHttp && (connection.alpn === 'h2' || (connection.alpn === null && !isNewcomer))) {
      fault.addresses.add(connection.address)
      connection.line.drop('end')
      return
    }
    const heal = fault.run.touch(connection.line, isNewcomer)
    if (fault.touched.has(connection)) fault.touched.set(connection, heal)
  }

  function end(fault: Active): void {
    active.delete(fault.about.id)
    fault.cancel()
    for (const heal of fault.touched.values()) heal?.()
    fault.touched.clear()
    tell(fault, false)
  }

  function tell({ about, visitor }: Active, on: boolean): void {
    const record = faultRecord(about, now(), on)
    if (visitor === null) tap.addForAll(record)
    else tap.add(visitor, record)
  }

  return {
    order({ fault: name, lanes, settings: given, seconds, visitor }) {
      const fault = catalogue.find(({ about }) => about.name === name)
      if (!fault) throw new RangeError(`there is no fault ${JSON.stringify(name)}`)
      const settings = settingsFrom(fault.about, given)
      const own = [...active.values()].filter((one) => one.visitor === visitor)
      if (active.size >= MAX_FAULTS || own.length >= MAX_FAULTS_EACH) return undefined
      const { isOnce } = fault.about
      const since = now()
      const lastsMs = (seconds ?? MAX_FAULT_S) * 1_000
      const about: ActiveFault = {
        ...{ id: ++ids, fault: name, lanes, settings },
        whose: visitor === null ? 'all' : 'mine',
        ...{ since, until: isOnce ? null : since + lastsMs, mine: true },
      }
      const run = fault.begin(settings, { clock, random })
      const one: Active = {
        ...{ about, visitor, run, touched: new Map(), cancel: () => {} },
        ...{ readsHttp: fault.about.readsHttp === true, addresses: new Set() },
      }
      active.set(about.id, one)
      tell(one, true)
      for (const connection of [...connections]) if (isFor(one, connection)) touch(one, connection, false)
      if (isOnce) end(one)
      else one.cancel = clock.after(lastsMs, () => end(one))
      return about
    },
    of: (visitor, mayAll) =>
      [...active.values()]
        .filter((one) => concerns(one, visitor))
        .map(({ about }) => ({ ...about, mine: about.whose === 'mine' || mayAll })),
    othersThan: (visitor) => [...active.values()].filter((one) => !concerns(one, visitor)).length,
    heal(id, visitor, mayAll) {
      const one = active.get(id)
      if (!one || (one.visitor === null ? !mayAll : one.visitor !== visitor)) return false
      end(one)
      return true
    },
    healAllOf(visitor, all) {
      for (const one of [...active.values()]) {
        if (one.visitor === null ? all : one.visitor === visitor) end(one)
      }
    },
    touches: (lane) =>
      active.size > 0 && [...active.values()].some(({ about }) => about.lanes.includes(lane)),
    speaksHttp1: (lane, address) =>
      active.size > 0 &&
      [...active.values()].some(
        ({ readsHttp, about, visitor, addresses }) =>
          readsHttp && about.lanes.includes(lane) && (visitor === null || addresses.has(address)),
      ),
    look(connection) {
      const isNewcomer = connection.line.toClient.passed === 0
      for (const one of active.values()) {
        if (isFor(one, connection)) touch(one, connection, isNewcomer)
        else if (one.touched.has(connection)) {
          one.touched.get(connection)?.()
          one.touched.delete(connection)
        }
      }
    },
    forget(connection) {
      for (const { touched } of active.values()) touched.delete(connection)
    },
    close() {
      for (const { cancel } of active.values()) cancel()
      active.clear()
    },
  }
}

/** What is recorded when a fault begins (`on`), and when it is over. */
export const faultRecord = (
  { id, fault, lanes, until }: ActiveFault,
  at: number,
  on: boolean,
): FaultRecord => ({ kind: 'fault', id, fault, lanes, at, until, on })
