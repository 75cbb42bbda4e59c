/** A tile in the words of the timeline. */

import { HTTP2_TYPES } from '../../../transports/_formats/annotate/http2-types.ts'
import { type Head, headerValue } from '../../../transports/_formats/scan/head.ts'
import type { Tile } from '../../../transports/_formats/scan/tiles.ts'
import { isControl, isOpcode, OPCODE_NAMES, TEXT } from '../../../transports/_formats/ws-frame.ts'
import type { MarkKind } from './marks.ts'
import { type FoundMessages, messagesIn } from './messages.ts'

export interface Description extends FoundMessages {
  readonly kind: MarkKind
  readonly label: string
  readonly problem: string | null
}

const NONE: FoundMessages = { ids: [], text: '', isEmpty: false }
const utf8 = new TextDecoder()

export function describe(tile: Tile): Description {
  switch (tile.kind) {
    case 'message':
      return describeMessage(tile.head, tile.body, tile.isOpen)
    case 'event':
      return { ...messagesIn(tile.text), kind: 'event', label: 'event', problem: null }
    case 'line':
      return { ...messagesIn(tile.text), kind: 'line', label: 'line', problem: null }
    case 'comment':
      return { ...NONE, kind: 'heartbeat', label: 'comment', problem: null }
    case 'empty line':
      return { ...NONE, kind: 'heartbeat', label: 'empty line', problem: null }
    case 'setting':
      return { ...NONE, kind: 'control', label: tile.text.trim(), problem: null }
    case 'end':
      return tile.isWhole
        ? { ...NONE, kind: 'end', label: 'end of the body', problem: null }
        : {
            ...NONE,
            kind: 'end',
            label: 'cut off',
            problem: 'The connection was closed before the body was whole.',
          }
    case 'raw':
      return {
        ...messagesIn(tile.text),
        kind: 'raw',
        label: tile.problem === null ? 'HTTP/2 preface' : 'bytes',
        problem: tile.problem,
      }
    case 'frame':
      return describeFrame(tile.frame)
    case 'http2': {
      const { type, stream, payload } = tile.frame
      const found = type === 0 ? messagesIn(utf8.decode(payload)) : NONE
      const name = HTTP2_TYPES[type]?.name ?? `type ${type}`
      return {
        ...found,
        kind: type === 0 ? 'frame' : 'control',
        label: `${name}, stream ${stream}`,
        problem: null,
      }
    }
  }
}

function describeMessage(head: Head, body: Uint8Array | null, isOpen: boolean): Description {
  const isText = body && headerValue(head.headers, 'content-encoding') === undefined
  const found = isText ? messagesIn(utf8.decode(body)) : NONE
  const problem = isOpen && body ? 'The connection was closed before the body was whole.' : null
  if (head.kind === 'request')
    return { ...found, kind: 'request', label: `${head.method} ${shortTarget(head.target)}`, problem }
  const isEmpty = found.isEmpty || head.status === 204 || head.status === 304
  return { ...found, isEmpty, kind: 'response', label: `${head.status} ${head.reason}`.trim(), problem }
}

function describeFrame({
  opcode,
  compressed,
  payload,
}: Extract<Tile, { kind: 'frame' }>['frame']): Description {
  const name = isOpcode(opcode) ? OPCODE_NAMES[opcode] : `opcode ${opcode}`
  const text = compressed || isControl(opcode) ? '' : utf8.decode(payload)
  const isBeat = opcode === TEXT && /^\{"type":"(?:heartbeat|here)"/.test(text)
  const kind = isBeat ? 'heartbeat' : isControl(opcode) ? 'control' : 'frame'
  const problem = isOpcode(opcode) ? null : 'Reserved: the receiver must fail the connection (RFC 6455 §5.2).'
  const label = isBeat ? 'heartbeat' : `${name} frame${compressed ? ', compressed' : ''}`
  return { ...messagesIn(text), isEmpty: false, kind, label, problem }
}

/** The last part of the path, without the query: the lane says the rest. */
export function shortTarget(target: string): string {
  const path = target.split('?')[0]!
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last === path.slice(1) ? path : `…/${last}`
}
