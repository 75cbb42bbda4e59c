export interface Draft {
  readonly draftId: string
  readonly author: string
  readonly text: string
}

export interface Message extends Draft {
  readonly seq: number
}

export interface Room {
  readonly messages: readonly Message[]
  publish(draft: Draft): Message
}

export function createRoom(): Room {
  const messages: Message[] = []
  const byAuthor = new Map<string, Map<string, Message>>()
  return {
    messages,
    publish(draft) {
      const ofAuthor = byAuthor.get(draft.author) ?? new Map<string, Message>()
      byAuthor.set(draft.author, ofAuthor)
      const known = ofAuthor.get(draft.draftId)
      if (known) {
        if (known.text === draft.text) return known
        throw new Error('this draftId was already used for another text')
      }
      const message = { seq: messages.length + 1, ...draft }
      messages.push(message)
      ofAuthor.set(draft.draftId, message)
      return message
    },
  }
}
