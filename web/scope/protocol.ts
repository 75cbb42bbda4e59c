/** What the page and its worker say to each other. Plain values, since they are copied from one to the other. */
import type { AcceptKey } from '../../transports/_formats/annotate/accept-key.ts'
import type { Annotation } from '../../transports/_formats/annotate/annotation.ts'
import type { News } from './capture/capture.ts'
import type { Mark } from './capture/marks.ts'

export type Question =
  | { readonly kind: 'inspect'; readonly mark: number }
  /** The whole conversation that a mark stands in, both directions. */
  | { readonly kind: 'follow'; readonly mark: number }
  /** Marks whose bytes contain this text, unmasked and without regard to case. */
  | { readonly kind: 'search'; readonly text: string }
  | {
      readonly kind: 'save'
      readonly format: Format
      /** Of this connection alone; null for all that is kept. */
      readonly connection: number | null
      readonly showsSecrets: boolean
    }
  | { readonly kind: 'curl'; readonly mark: number; readonly showsSecrets: boolean }

export type Format = 'har' | 'json' | 'pcapng'

export interface Inspection {
  readonly mark: Mark
  /** Where in its direction the first of `bytes` stands. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** Bytes at its beginning that are no longer kept. */
  readonly missing: number
  readonly annotations: readonly Annotation[]
  /** The payload of a masked frame as it is meant; null when the bytes show it themselves. */
  readonly unmasked: Uint8Array | null
  /** Of a WebSocket's handshake; null of all else. */
  readonly accept: AcceptKey | null
}

export interface FollowPart {
  readonly mark: Mark
  readonly bytes: Uint8Array
  /** Stretches of `bytes` that prove who the viewer is. */
  readonly secrets: readonly { readonly from: number; readonly to: number }[]
}

export interface Answers {
  readonly inspect: Inspection | null
  readonly follow: { readonly parts: readonly FollowPart[]; readonly isCut: boolean } | null
  readonly search: readonly number[]
  readonly save: { readonly name: string; readonly type: string; readonly bytes: Uint8Array }
  readonly curl: string | null
}
export type Answer = Answers[Question['kind']]

export type ToWorker =
  | { readonly type: 'start'; readonly url: string }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }

export type Status =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** The server has no lanes of its own, so it sees no bytes. */
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'waiting'; readonly why: string }

export type FromWorker =
  | { readonly type: 'news'; readonly news: News; readonly kept: number; readonly forgotten: number }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly type: 'problem'; readonly id: number; readonly problem: string }
