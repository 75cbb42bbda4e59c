/** Cuts: the connection ends at both ends, now, or at a byte that no sender has chosen. */

import type { Line } from '../../line.ts'
import type { Direction } from '../../records.ts'
import { type Fault, type FaultRun, switchSetting } from '../fault.ts'

export const cut: Fault = {
  about: {
    name: 'cut',
    title: 'Cut',
    models:
      'A proxy or a server that was restarted: every open connection is closed, now, and new ones work.',
    report: 'https://github.com/mattermost/mattermost-webapp/issues/10960',
    settings: [],
    scope: 'wire',
    isOnce: true,
  },
  begin: () => ({
    touch(line) {
      line.drop('end')
      return undefined
    },
  }),
}

export const cutAtByte: Fault = {
  about: {
    name: 'cut-at-byte',
    title: 'Cut at a byte',
    models:
      'A connection that breaks within a frame, an event or a header: what had arrived is half of something.',
    report: 'https://github.com/nodejs/node/issues/20256',
    settings: [
      { name: 'bytes', label: 'After', unit: 'bytes', min: 1, max: 10_000_000, usual: 100 },
      switchSetting('toServer', 'What the client sends', false),
    ],
    scope: 'wire',
    isOnce: false,
  },
  begin: ({ bytes = 1, toServer = 0 }) => createCutAfter(toServer === 1 ? 'toServer' : 'toClient', bytes),
}

/**
 * Cuts every line that it touches once so many more bytes have gone in that direction, over all of them together; and
 * then no more.
 */
export function createCutAfter(direction: Direction, bytes: number): FaultRun {
  const lines = new Set<Line>()
  let left = bytes
  function count(line: Line, piece: Buffer, pass: (bytes: Buffer) => void, drop: (bytes: Buffer) => void) {
    if (left <= 0 || piece.length < left) {
      left -= left > 0 ? piece.length : 0
      return pass(piece)
    }
    pass(piece.subarray(0, left))
    if (piece.length > left) drop(piece.subarray(left))
    left = 0
    line.drop('end')
    for (const other of lines) other.drop('end')
  }
  return {
    touch(line) {
      lines.add(line)
      const remove = line.flow(direction).add(({ pass, drop, end }) => ({
        take: (piece) => count(line, piece, pass, drop),
        end,
        release() {},
      }))
      return () => {
        lines.delete(line)
        remove()
      }
    },
  }
}
