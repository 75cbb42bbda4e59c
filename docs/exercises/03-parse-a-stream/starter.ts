export interface StreamEvent {
  readonly id: string
  readonly data: string
}

export interface Parser {
  push(chunk: string): void
}

export function createParser(onEvent: (event: StreamEvent) => void): Parser {
  return {
    push(chunk) {
      let id = ''
      let data = ''
      for (const line of chunk.split('\n')) {
        if (line.startsWith('id: ')) id = line.slice(4)
        if (line.startsWith('data: ')) data = line.slice(6)
      }
      onEvent({ id, data })
    },
  }
}
