/** Defects of connections that stay open: no heartbeat, no goodbye, no heed to a reader that is slow. */
import type { Socket } from 'node:net'
import { shownByPitfall } from '../said.ts'
import type { ServerDefect } from './server-defect.ts'

/** A heartbeat that comes just then would be taken for a word. */
const standing = { now: () => 0, after: () => () => {} }

export const noHeartbeat: ServerDefect = {
  name: 'no heartbeat',
  story:
    'There is something to say often enough while it is tried out, so a quiet hour is not thought of (phenomenon 26).',
  caughtBy: shownByPitfall('no-heartbeat'),
  lab: () => ({ clock: standing }),
}

export const noGoodbye: ServerDefect = {
  name: 'no goodbye',
  story: 'The server is closed, so its streams will be too; and so they are, by force, a second later.',
  caughtBy: 'a server that stops tells those who wait',
  lab: () => ({ clock: standing, shutdown: new AbortController().signal }),
}

export const NO_BACKPRESSURE = {
  name: 'no backpressure',
  story:
    "`write() === false` is ignored, and the memory of the server is everybody's buffer (phenomenon 22).",
  caughtBy: 'a slow reader harms no other, and the server does not keep its messages for it',
}

/** What one reader may make the server hold all the same, in bytes: a defect on show must not fell the server. */
const MOST_HELD_BYTES = 16 * 1024 * 1024

/** Whatever `write` answers: the kernel will manage. */
export const noBackpressure: ServerDefect = {
  ...NO_BACKPRESSURE,
  lab: ({ peerOf }) => ({
    peerOf(request) {
      ignoreDrain(request.raw.socket)
      return peerOf(request)
    },
  }),
}

function ignoreDrain(socket: Socket): void {
  Object.defineProperty(socket, 'writableNeedDrain', {
    configurable: true,
    get(this: Socket) {
      if (this.writableLength > MOST_HELD_BYTES) this.destroy()
      return false
    },
  })
}
