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
  return {
    messages,
    publish(draft) {
      const message = { seq: messages.length + 1, ...draft }
      messages.push(message)
      return message
    },
  }
}
