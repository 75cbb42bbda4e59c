/** A client's network behind a balancer without memory: each request, and each connection, goes to the next of several servers. */
import { connect, type Socket } from 'node:net'
import WebSocket from 'ws'
import type { Network } from '../kit/network/network.ts'

export interface Address {
  readonly http: number
  /** Of the TCP transport. */
  readonly tcp: number | undefined
}

export interface HoppingNetwork extends Network {
  /** Requests and connections that were begun. */
  readonly hops: number
  /** Breaks all that is open: streams, sockets, requests under way. */
  cut(): void
}

/** @param addresses of the servers that are up, asked for again each time */
export function hoppingOver(addresses: () => readonly Address[]): HoppingNetwork {
  let hops = 0
  const open = new Set<() => void>()
  const next = (): Address => {
    const all = addresses()
    const address = all[hops++ % all.length]
    if (!address) throw new Error('no server is up')
    return address
  }
  const elsewhere = (url: string | URL): URL => {
    const there = new URL(url)
    there.port = String(next().http)
    return there
  }
  return {
    get hops() {
      return hops
    },
    cut() {
      for (const end of [...open]) end()
      open.clear()
    },
    async fetch(input, init) {
      const line = new AbortController()
      open.add(() => line.abort(new Error('the line was cut')))
      const signal = AbortSignal.any([line.signal, ...(init?.signal ? [init.signal] : [])])
      return fetch(elsewhere(input as string | URL), { ...init, signal })
    },
    WebSocket: class extends WebSocket {
      constructor(url: string | URL) {
        super(elsewhere(url))
        const end = () => this.terminate()
        open.add(end)
        this.on('close', () => open.delete(end))
      }
    },
    connectTcp({ host }) {
      const socket: Socket = connect({ host, port: next().tcp ?? 0, noDelay: true })
      const end = () => void socket.destroy()
      open.add(end)
      socket.on('close', () => open.delete(end))
      return socket
    },
  }
}
