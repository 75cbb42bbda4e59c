/** The annotations of a tile: what the bytes of one message, event or frame say. */
import type { Tile } from '../scan/tiles.ts'
import { type Annotation, note, plural, textOf, visible } from './annotation.ts'
import { unchunk } from './chunks.ts'
import { annotateMessage } from './http.ts'
import { annotateHttp2 } from './http2.ts'
import { cut } from './json.ts'
import { annotateEvent, annotateLine } from './streamed.ts'
import { type AnnotatedFrame, annotateFrame } from './web-socket.ts'

/** @param bytes of the tile; of one that was cut off, what has come */
export function annotate(
  kind: Tile['kind'],
  bytes: Uint8Array,
  { chunkLeft, isClient }: { readonly chunkLeft: number | null; readonly isClient: boolean },
): AnnotatedFrame {
  const plain = (annotations: readonly Annotation[]): AnnotatedFrame => ({ annotations, unmasked: null })
  switch (kind) {
    case 'message':
      return plain(annotateMessage(bytes) ?? raw(bytes))
    case 'event':
    case 'comment':
    case 'setting':
      return plain(annotateEvent(bytes, chunkLeft))
    case 'line':
    case 'empty line':
      return plain(annotateLine(bytes, chunkLeft))
    case 'end': {
      const { framing, content } = unchunk(bytes, 0, chunkLeft)
      return plain(content.length > 0 ? [...raw(bytes), ...framing] : framing)
    }
    case 'frame':
      return annotateFrame(bytes, isClient ? 'client' : 'server')
    case 'http2':
      return plain(annotateHttp2(bytes))
    case 'raw':
      return plain(raw(bytes))
  }
}

const raw = (bytes: Uint8Array): Annotation[] => [
  note('bytes', 0, bytes.length, cut(visible(textOf(bytes))), plural(bytes.length, 'byte'), {
    role: 'payload',
  }),
]
