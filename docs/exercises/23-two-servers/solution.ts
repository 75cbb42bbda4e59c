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
  const messages: Message[] = []
  const known = new Set<string>()
  return {
    publish: append,
    apply({ draftId, author, text }) {
      const name = JSON.stringify([author, draftId])
      if (known.has(name)) return
      known.add(name)
      messages.push({ seq: messages.length + 1, author, text })
    },
    read(cursor) {
      const [of, place] = (cursor ?? `${epoch}:0`).split(':')
      const gap = of !== epoch
      const from = gap ? 0 : Number(place)
      const upTo = Math.max(from, messages.length)
      return { messages: messages.slice(from), cursor: `${epoch}:${upTo}`, gap }
    },
  }
}
