export interface StreamEvent {
  readonly id: string
  readonly data: string
}

export interface Parser {
  push(chunk: string): void
}

export function createParser(onEvent: (event: StreamEvent) => void): Parser {
  let unfinished = ''
  let afterCr = false
  let id = ''
  let data: string[] = []

  function take(line: string): void {
    if (line === '') {
      if (data.length > 0) onEvent({ id, data: data.join('\n') })
      data = []
      return
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon) // of a comment, nothing
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    if (field === 'id') id = value
  }

  return {
    push(chunk) {
      if (chunk === '') return
      const text = afterCr && chunk.startsWith('\n') ? chunk.slice(1) : chunk
      afterCr = chunk.endsWith('\r')
      const lines = (unfinished + text).split(/\r\n|\r|\n/)
      unfinished = lines.pop()!
      for (const line of lines) take(line)
    },
  }
}
