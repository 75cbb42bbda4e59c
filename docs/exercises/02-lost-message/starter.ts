export interface Message {
  /** 1, 2, 3, … */
  readonly seq: number
  readonly text: string
}

export interface Chat {
  publish(text: string): void
  /** Resolves with the messages after `since`, as soon as there are any. */
  poll(since: number): Promise<readonly Message[]>
}

export function createChat(): Chat {
  let seq = 0
  let waiting: ((messages: readonly Message[]) => void)[] = []

  return {
    publish(text) {
      const message = { seq: ++seq, text }
      for (const answer of waiting) answer([message])
      waiting = []
    },
    poll(_since) {
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
