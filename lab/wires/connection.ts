/** One connection of a lane: its line, whose it is, and what of it is recorded. */
import type { Socket } from 'node:net'
import type { Clock } from '../wire/clock.ts'
import type { ConnectionView } from './control.ts'
import { createHold } from './faults/pace/hold.ts'
import { createHeadersWatch } from './heads/h2-headers.ts'
import { createRequestHeads, type RequestHead, type RequestHeads } from './heads/request-heads.ts'
import { Line } from './line.ts'
import type { Client } from './listener.ts'
import type { Alpn, BytesRecord, Direction, OpenRecord } from './records.ts'
import type { Tap } from './tap.ts'
import { ReadersOnWire } from './view/readers-on-wire.ts'

/** Whose a request shows itself to be. */
export interface Shown {
  /** The visitor; null when it shows nothing that would say so. */
  readonly visitor: string | null
  /** Other visitors as whom the same browser was known before: it has signed in since. */
  readonly before: readonly string[]
}

export interface ConnectionOptions {
  readonly id: number
  readonly lane: string
  readonly client: Client
  /** The socket that leads to the server. */
  readonly server: Socket
  readonly tap: Tap
  readonly clock: Clock
  readonly identify: (head: RequestHead) => Shown
  readonly now: () => number
  readonly onOwner: () => void
  /** Whether a fault is on that touches this connection, if it is the right visitor's. */
  readonly mayBeFaulted: () => boolean
}

/** Most that waits for its owner to be known, in bytes: a head, and what comes with it. */
const MAX_PENDING_BYTES = 64 * 1024
/** How often it is looked whether the server has read what waits. */
const LOOK_MS = 5

export class LaneConnection {
  readonly id: number
  readonly lane: string
  readonly line: Line
  /** Told by the server of each reader that it opens for a request of this connection. */
  readonly readers = new ReadersOnWire()
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** The server's own end, once the server has it. */
  serverEnd: Socket | null = null
  /** The visitor whose it is; null while that is not known, and when it is no single visitor's. */
  owner: string | null = null
  /** Whether it has served two visitors, or bytes that cannot be told apart. */
  isHidden = false
  readonly #options: ConnectionOptions
  readonly #heads: RequestHeads
  readonly #preflights = { toServer: 0, toClient: 0 }
  #preflightFrom: { toServer: number; toClient: number } | null = null
  #pending: BytesRecord[] = []
  #pendingBytes = 0
  #isLooking = false

  constructor(options: ConnectionOptions) {
    const { id, lane, client, server, now } = options
    this.#options = options
    this.id = id
    this.lane = lane
    this.since = now()
    this.line = new Line({ client: client.socket, server, rawClient: client.raw })
    this.#heads = createRequestHeads(
      (head) => this.onRequest(head),
      () => this.#hide(),
    )
    const { toServer, toClient } = this.line
    toServer.onArrived = (bytes) => this.#onArrived(bytes)
    toClient.onPassed = (bytes) => this.#record('toClient', bytes, toClient.passed)
    toServer.onDropped = (bytes) => this.#onDropped('toServer', bytes)
    toClient.onDropped = (bytes) => this.#onDropped('toClient', bytes)
    this.line.onClose = (about) => {
      this.#flush()
      this.#tell({ kind: 'close', connection: id, at: now(), ...about })
    }
  }

  /** What the client and the lane have agreed on; null while they have not. */
  get alpn(): Alpn | null {
    return this.#options.client.alpn()
  }

  /** From where the client says to come. */
  get address(): string {
    return this.#options.client.address
  }

  /** It was opened for this visitor by the lab itself: it is theirs, whatever they have it carry. */
  belongTo(visitor: string): void {
    this.#isGiven = true
    this.owner = visitor
    this.#tell(this.openRecord())
    this.#options.onOwner()
  }
  #isGiven = false

  /** A request has come on it, by the word of the lane or of the server. */
  claim({ visitor, before }: Shown, isNeutral = false): void {
    if (this.isHidden || this.#isGiven || isNeutral) return
    if (visitor === this.owner && visitor !== null) return
    if (this.owner !== null && (visitor === null || !before.includes(this.owner))) return void this.#hide()
    if (visitor === null) {
      this.#forgetPending() // what comes without a name is shown to none
      return void this.#known()
    }
    this.owner = visitor
    this.#tell(this.openRecord())
    this.#known()
    this.#flush()
  }

  /** It is known whose it is, or that it is no one visitor's: the faults are set, and what waited for that goes on. */
  #known(): void {
    this.#options.onOwner()
    this.#openGate?.()
    this.#openGate = null
  }

  /** A part of a head has come, and a fault is on that may have to do with it: the bytes wait until the head is whole. */
  #closeGate(): void {
    if (this.#openGate || this.owner !== null || this.isHidden || !this.#options.mayBeFaulted()) return
    this.#openGate = this.line.toServer.add(createHold, { first: true })
  }
  #openGate: (() => void) | null = null

  openRecord(): OpenRecord {
    return { kind: 'open', connection: this.id, lane: this.lane, at: this.since, ...this.#agreed() }
  }

  #agreed(): { readonly alpn?: Alpn } {
    const { alpn } = this
    return this.#options.client.isSecure && alpn !== null ? { alpn } : {}
  }

  view(): ConnectionView {
    const { toServer, toClient, client } = this.line
    const { id, lane, since } = this
    const preflight = this.#preflightsUntil(toServer.arrived, toClient.passed)
    return {
      ...{ id, lane, since },
      toServer: toServer.arrived - preflight.toServer,
      toClient: toClient.passed - preflight.toClient,
      heldBytes: toClient.held + client.writableLength + (this.serverEnd?.writableLength ?? 0),
      cursorLag: this.readers.lag,
      ...this.#agreed(),
    }
  }

  /** The head of a request, by the lane over HTTP/1.1 and by the server over HTTP/2. */
  onRequest(head: RequestHead): void {
    const { method, headers } = head
    const isPreflight = method === 'OPTIONS' && headers.has('access-control-request-method')
    this.#countPreflight(isPreflight)
    const shown = this.#options.identify(head)
    // A preflight carries no cookies (WHATWG Fetch §3.3.5). Whose a ticket is, only the server finds out: it is good once.
    // Until then the bytes wait; on a connection that has an owner they cannot.
    const isNeutral = isPreflight || (this.owner === null && /[?&]ticket=/.test(head.target))
    this.claim(shown, isNeutral && shown.visitor === null)
  }

  #onArrived(bytes: Buffer): void {
    if (this.alpn === 'http/1.1' && this.#heads.state !== 'opaque') {
      this.#arrivedBefore = this.line.toServer.arrived - bytes.length
      this.#heads.take(bytes)
      if (this.#heads.isUnfinished) this.#closeGate()
    }
    if (this.alpn === 'h2') this.#h2Heads.take(bytes)
    this.#record('toServer', bytes, this.line.toServer.arrived)
  }
  #arrivedBefore = 0
  readonly #h2Heads = createHeadersWatch()

  #record(direction: Direction, bytes: Buffer, until: number): void {
    const { tap, now } = this.#options
    if (tap.isIdle || this.isHidden || (this.owner !== null && !tap.records(this.owner))) return
    const offset = until - bytes.length
    const encoded = bytes.toString('base64')
    const record = {
      kind: 'bytes',
      connection: this.id,
      direction,
      at: now(),
      offset,
      bytes: encoded,
    } as const
    const mayBeAnothers =
      direction === 'toServer' && !this.#isGiven && (this.#heads.isUnfinished || this.alpn === 'h2')
    if (this.owner !== null && !mayBeAnothers) {
      if (direction === 'toServer') this.#flush()
      return void tap.add(this.owner, record)
    }
    if (this.#pendingBytes + bytes.length > MAX_PENDING_BYTES)
      return void this.#onDropped(direction, bytes.length, 'bound')
    this.#pending.push(record)
    this.#pendingBytes += bytes.length
    if (this.alpn === 'h2') this.#lookForServer()
  }

  /**
   * Over HTTP/2 the heads cannot be read here: they are compressed by a table that the server has (RFC 7541). So what
   * came is held back until the server has read it, and has said whose each request in it was.
   */
  #lookForServer(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#options.clock.after(LOOK_MS, () => {
      const read = Math.min(this.serverEnd?.bytesRead ?? 0, this.#h2Heads.safeUntil)
      // What it has read by now, it has made requests of by the end of this turn.
      setImmediate(() => {
        this.#isLooking = false
        if (this.owner !== null) this.#flush((record) => record.offset + lengthOf(record) <= read)
        if (this.#pending.length > 0 && this.line.isOpen) this.#lookForServer()
      })
    })
  }

  #flush(isFree: (record: BytesRecord) => boolean = () => this.alpn !== 'h2'): void {
    if (this.owner === null || this.#pending.length === 0) return
    if (this.#heads.isUnfinished) return
    const free = this.#pending.filter((record) => record.direction === 'toClient' || isFree(record))
    this.#pending = this.#pending.filter((record) => !free.includes(record))
    this.#pendingBytes = this.#pending.reduce((sum, record) => sum + lengthOf(record), 0)
    for (const record of free) this.#options.tap.add(this.owner, record)
  }

  #onDropped(direction: Direction, bytes: number, why: 'fault' | 'bound' = 'fault'): void {
    this.#tell({ kind: 'dropped', connection: this.id, direction, bytes, at: this.#options.now(), why })
  }

  #tell(record: Parameters<Tap['add']>[1]): void {
    if (this.owner !== null && !this.isHidden) this.#options.tap.add(this.owner, record)
  }

  #hide(): void {
    if (this.isHidden || this.#isGiven) return
    this.#tell({ kind: 'hidden', connection: this.id, at: this.#options.now() })
    this.#forgetPending()
    this.isHidden = true
    this.owner = null
    this.#known()
  }

  #forgetPending(): void {
    this.#pending = []
    this.#pendingBytes = 0
  }

  #countPreflight(isPreflight: boolean): void {
    const at = { toServer: this.#arrivedBefore, toClient: this.line.toClient.passed }
    Object.assign(this.#preflights, this.#preflightsUntil(at.toServer, at.toClient))
    this.#preflightFrom = isPreflight ? at : null
  }

  #preflightsUntil(toServer: number, toClient: number) {
    const from = this.#preflightFrom
    return {
      toServer: this.#preflights.toServer + (from ? toServer - from.toServer : 0),
      toClient: this.#preflights.toClient + (from ? toClient - from.toClient : 0),
    }
  }
}

const lengthOf = ({ bytes }: BytesRecord) => Buffer.byteLength(bytes, 'base64')
