/** A case of the codec: a promise in a sentence, and what tries to break it. */
import type { Codec } from './codec.ts'

export interface CodecCase {
  readonly name: string
  /** @throws when the promise is broken */
  readonly run: (codec: Codec) => void
}
