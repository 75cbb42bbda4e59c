/**
 * What the raw composer begins with: what the lane's own client half asks, told by it; and what else HTTP and the transports know.
 */
import { systemClock } from '../../../lab/client/platform.ts'
import { OWN_COOKIE } from '../../../lab/wires/control.ts'
import { DESCRIPTORS } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { framePiece, type Piece, textPiece, toBase64 } from './pieces.ts'

export interface Template {
  readonly title: string
  readonly pieces: readonly Piece[]
}

export interface Where {
  readonly lane: string
  readonly room: string
  /** As a client of the lane would write it: host and port. */
  readonly host: string
  readonly origin: string
  readonly author: string
  readonly random: (bytes: number) => Uint8Array
}

interface Asked {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly upgrades: boolean
}

/** What the client half asks first, by a world in which nothing answers; null when it asks nothing. */
async function firstAskOf({ lane, room, origin }: Where): Promise<Asked | null> {
  let asked: Asked | null = null
  const ask = (url: string | URL, headers: HeadersInit | undefined, upgrades: boolean): never => {
    asked ??= { url: new URL(url), headers: Object.fromEntries(new Headers(headers)), upgrades }
    throw new Error('nothing answers here')
  }
  const giveUp = new AbortController()
  const transport = await loadClient(lane as TransportName)
  await transport
    .open({
      baseUrl: new URL(`/transports/${lane}/rooms/${encodeURIComponent(room)}/`, origin),
      ...{ since: null, clientId: null, signal: giveUp.signal, onActivity: () => {}, pause: async () => {} },
      platform: {
        fetch: async (input, init) => ask(input instanceof Request ? input.url : input, init?.headers, false),
        WebSocket: class {
          constructor(url: string | URL) {
            ask(url, undefined, true)
          }
        } as never,
        ...{ clock: systemClock, random: Math.random },
      },
    })
    .catch(() => null)
  giveUp.abort()
  return asked
}

export async function templatesOf(where: Where): Promise<readonly Template[]> {
  const { lane, room, host, author, random } = where
  if (DESCRIPTORS.get(lane as TransportName)?.carriedBy === 'tcp') return [lineTemplate(where), NO_PROTOCOL]
  const asked = await firstAskOf(where).catch(() => null)
  const target = asked ? `${asked.url.pathname}${asked.url.search}` : '/healthz'
  const own = [`Host: ${host}`, `Cookie: ${OWN_COOKIE}`]
  const head = (line: string, ...headers: readonly string[]) =>
    [`${line} HTTP/1.1`, ...own, ...headers, '', ''].join('\n')
  const posted = `/rooms/${encodeURIComponent(room)}/messages`
  const draft = JSON.stringify({ draftId: hex(random(6)), author, text: 'composed by hand' })
  const length = new TextEncoder().encode(draft).length
  const json = 'Content-Type: application/json'
  const first: Template = asked?.upgrades
    ? {
        title: 'The lane’s handshake, and a frame',
        pieces: [
          textPiece(
            head(
              `GET ${target}`,
              'Connection: Upgrade',
              'Upgrade: websocket',
              'Sec-WebSocket-Version: 13',
              `Sec-WebSocket-Key: ${toBase64(random(16))}`,
            ),
          ),
          framePiece({
            ...{ fin: true, reserved: 0, opcode: 1, masked: true, length: null, key: random(4) },
            payload: new TextEncoder().encode(`{"type":"send","draft":${draft}}`),
          }),
        ],
      }
    : {
        title: 'The lane’s request',
        pieces: [
          textPiece(
            head(
              `GET ${target}`,
              ...Object.entries(asked?.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
            ),
          ),
        ],
      }
  return [
    first,
    {
      title: 'A message (POST)',
      pieces: [
        textPiece(head(`POST ${posted}`, json, `Content-Length: ${length}`, 'Connection: close') + draft),
      ],
    },
    {
      title: 'The same in chunks',
      pieces: [
        textPiece(head(`POST ${posted}`, json, 'Transfer-Encoding: chunked', 'Connection: close')),
        textPiece(chunk(draft.slice(0, 20)), { afterAnswer: false }),
        textPiece(`${chunk(draft.slice(20))}0\n\n`),
      ],
    },
    NO_PROTOCOL,
  ]
}

const NO_PROTOCOL: Template = { title: 'No protocol at all', pieces: [textPiece('hello?\n\n')] }

function lineTemplate({ room, author, random }: Where): Template {
  const draft = { draftId: hex(random(6)), author, text: 'composed by hand' }
  return {
    title: 'A hello, and a line',
    pieces: [
      textPiece(`${JSON.stringify({ type: 'hello', room })}\n`, { isCrlf: false }),
      textPiece(`${JSON.stringify({ type: 'send', draft })}\n`, { isCrlf: false, afterAnswer: true }),
    ],
  }
}

/** RFC 9112 §7.1. Of ASCII, of which a template is made. */
const chunk = (text: string) => `${text.length.toString(16)}\n${text}\n`
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
