/** Gives copies of this server's store to others that ask for them, a piece for each question: a turn of the event loop makes one piece. */

import { type Piece, piecesOf } from '../../../store/copy.ts'
import type { Store } from '../../../store/store.ts'
import { pieceOf } from './questions.ts'

export interface GiverOptions {
  readonly store: Pick<Store, 'view'>
  readonly after: (ms: number, act: () => void) => () => void
  /** Most bytes of a piece; as many as an entry may have unless given. */
  readonly pieceBytes?: number
  /** Told of each copy that was given to its end. */
  readonly onGiven: () => void
}

/** Copies that are given at once: each holds what it was begun with, also what has been erased since. */
const MOST = 2
/** After so many milliseconds without a question, a copy is let go: the one that took it is gone. */
const SILENT_MS = 30_000

interface Giving {
  readonly pieces: Iterator<Piece>
  /** The piece that was given last, which may have been lost, and its number. */
  last: Uint8Array | null
  index: number
  close(): void
  stopWaiting: () => void
}

export class Giver {
  readonly #options: GiverOptions
  readonly #givings = new Map<string, Giving>()

  constructor(options: GiverOptions) {
    this.#options = options
  }

  get isBusy(): boolean {
    return this.#givings.size >= MOST
  }

  /** The same piece may be asked for again, and the next; any other is of a copy that is not here any more. Null for none. */
  piece(copy: string, index: number): Uint8Array | null {
    const giving = this.#givings.get(copy) ?? (index === 0 ? this.#begin(copy) : null)
    if (!giving) return null
    this.#wait(copy, giving)
    if (index === giving.index && giving.last) return giving.last
    if (index !== giving.index + 1) return null
    const { value, done } = giving.pieces.next()
    if (done) return null
    const { bytes, digest } = value as Piece
    giving.index = index
    giving.last = pieceOf({ index, ...(digest !== undefined && { digest }) }, bytes)
    if (digest !== undefined) {
      giving.close()
      this.#options.onGiven()
    }
    return giving.last
  }

  done(copy: string): void {
    const giving = this.#givings.get(copy)
    giving?.stopWaiting()
    giving?.close()
    this.#givings.delete(copy)
  }

  close(): void {
    for (const copy of [...this.#givings.keys()]) this.done(copy)
  }

  #begin(copy: string): Giving | null {
    if (this.isBusy) return null
    const view = this.#options.store.view()
    if (!view.place) {
      view.close()
      return null
    }
    const pieces = piecesOf(view.place, view.parts(), this.#options.pieceBytes)
    const giving = { pieces, last: null, index: -1, close: () => view.close(), stopWaiting: () => {} }
    this.#givings.set(copy, giving)
    return giving
  }

  #wait(copy: string, giving: Giving): void {
    giving.stopWaiting()
    giving.stopWaiting = this.#options.after(SILENT_MS, () => this.done(copy))
  }
}
