/** What a lane's own connections send, listened to for a moment: a template that is real traffic. */
import { request } from '../../lab/client/http.ts'
import { type Platform, pause } from '../../lab/client/platform.ts'
import { OWN_COOKIE } from '../../lab/wires/control.ts'
import { fieldsOf } from '../../transports/_formats/compose/ws-any-frame.ts'
import { readLines } from '../../transports/_formats/ndjson.ts'
import { framePiece, inForm, type Piece, textPiece, toHex } from '../model/composer/pieces.ts'
import { createCapture } from '../scope/capture/capture.ts'
import { parseRecord } from '../scope/capture/records.ts'

export interface FromWire {
  readonly title: string
  readonly pieces: readonly Piece[]
}

/** How long it is listened to, in milliseconds; and how many are offered, the newest. */
const LISTEN_MS = 6_000
const MOST = 6

/** @throws ChatError when the server does not let the page read its records */
export async function takeFromWire(
  platform: Pick<Platform, 'fetch' | 'clock'>,
  origin: string,
  lane: string,
  signal: AbortSignal,
): Promise<readonly FromWire[]> {
  const over = new AbortController()
  const ended = AbortSignal.any([over.signal, signal])
  const capture = createCapture()
  const response = await request({ platform }, new URL('/wires/records', origin), { signal: ended })
  void pause(platform.clock, LISTEN_MS, ended).then(() => over.abort())
  try {
    for await (const line of readLines(response.body!, () => {}, 1024 * 1024)) {
      const record = parseRecord(line)
      if (record) capture.take(record)
    }
  } catch {} // its end is the time's
  const own = [...capture.places()].filter(({ mark }) => mark.lane === lane && mark.direction === 'toServer')
  const found = own.flatMap((place) => {
    const { mark, kind, from, to } = place
    const { bytes, missing } = capture.bytes.read(mark.connection, 'toServer', from, to)
    if (missing > 0 || bytes.length === 0) return []
    const handshake = own.find((one) => one.mark.connection === mark.connection && one.kind === 'message')
    const before =
      kind === 'frame' && handshake
        ? [headPiece(capture.bytes.read(mark.connection, 'toServer', handshake.from, handshake.to).bytes)]
        : []
    const fields = kind === 'frame' ? fieldsOf(bytes) : null
    return { title: mark.label, pieces: [...before, fields ? framePiece(fields) : headPiece(bytes)] }
  })
  return found.slice(-MOST)
}

/** As text where it is some, with the reader's cookies as a word that the server turns into them. */
function headPiece(bytes: Uint8Array): Piece {
  const hex: Piece = { ...textPiece(''), form: 'hex', text: toHex(bytes) }
  try {
    const piece = inForm(hex, 'text')
    return { ...piece, text: piece.text.replace(/^(cookie: ?)[^\n]*$/im, `$1${OWN_COOKIE}`) }
  } catch {
    return hex
  }
}
