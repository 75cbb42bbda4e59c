export interface Draft {
  /** Unique for its author; a retry has the same. */
  readonly draftId: string
  readonly author: string
  readonly text: string
}

export interface Message {
  /** Counted from 1, without holes, and the same on each server. */
  readonly seq: number
  readonly author: string
  readonly text: string
}

export interface Page {
  readonly messages: readonly Message[]
  readonly cursor: string
  /** What stood before is gone: what follows does not continue it. */
  readonly gap: boolean
}

export interface Server {
  publish(draft: Draft): void
  /** The next entry of the log. */
  apply(draft: Draft): void
  /** @param cursor null is the beginning */
  read(cursor: string | null): Page
}

/**
 * @param epoch the name of the log; a log that was made again, or restored, has another
 * @param append hands a draft to the log, which gives it to every server in time
 */
export function createServer(epoch: string, append: (draft: Draft) => void): Server {
  void epoch
  const messages: Message[] = []
  const mine = new Set<string>()
  const show = ({ author, text }: Draft) => messages.push({ seq: messages.length + 1, author, text })
  return {
    publish(draft) {
      if (mine.has(draft.draftId)) return
      mine.add(draft.draftId)
      show(draft)
      append(draft)
    },
    apply(draft) {
      if (!mine.has(draft.draftId)) show(draft)
    },
    read(cursor) {
      const from = Number(cursor ?? 0)
      const gap = from > messages.length
      return { messages: messages.slice(gap ? 0 : from), cursor: String(messages.length), gap }
    },
  }
}
