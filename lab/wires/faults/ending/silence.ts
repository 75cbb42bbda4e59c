/**
 * Silence: nothing arrives any more, and neither end is told. The connection is half-open.
 *
 * What it has swallowed stays swallowed: it is the router that has forgotten the connection, not the one that was busy. So when
 * the fault is healed, a connection that has lost bytes stays silent until one end gives up, and new ones work.
 */
import type { Flow } from '../../flow.ts'
import type { Line } from '../../line.ts'
import type { Direction } from '../../records.ts'
import { type Fault, healAll, switchSetting } from '../fault.ts'

export const silence: Fault = {
  about: {
    name: 'silence',
    title: 'Silence',
    models:
      'A pulled cable, a phone between two cells, a router that has forgotten us: nothing comes, and both ends still say open.',
    report: 'https://github.com/websockets/ws/issues/686',
    settings: [
      switchSetting('toServer', 'What the client sends is lost', true),
      switchSetting('toClient', 'What the server sends is lost', true),
      switchSetting('newcomers', 'New connections too', true),
    ],
    scope: 'wire',
    isOnce: false,
  },
  begin({ toServer = 1, toClient = 1, newcomers = 1 }) {
    const directions: Direction[] = []
    if (toServer === 1) directions.push('toServer')
    if (toClient === 1) directions.push('toClient')
    return {
      touch(line, isNewcomer) {
        if (isNewcomer && newcomers === 0) return undefined
        return silenceLine(line, directions)
      },
    }
  },
}

/** @returns heals it, if nothing was lost */
export const silenceLine = (line: Line, directions: readonly Direction[]): (() => void) =>
  healAll(...directions.map((direction) => silenceFlow(line, line.flow(direction))))

function silenceFlow(line: Line, flow: Flow): () => void {
  let hasSwallowed = false
  flow.isSilent = true
  const remove = flow.add(({ drop }) => ({
    take(bytes) {
      hasSwallowed = true
      drop(bytes)
    },
    end() {
      hasSwallowed = true
      // The client has hung up and is let go. The server does not hear of it.
      if (flow.direction === 'toServer') line.client.destroy()
    },
    release() {},
  }))
  return () => {
    if (hasSwallowed) return
    flow.isSilent = false
    remove()
  }
}
