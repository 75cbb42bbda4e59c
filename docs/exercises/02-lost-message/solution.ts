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
  const log: Message[] = []
  let waiting: (() => void)[] = []

  return {
    publish(text) {
      log.push({ seq: log.length + 1, text })
      const woken = waiting
      waiting = []
      for (const answer of woken) answer()
    },
    poll(since) {
      return new Promise((resolve) => {
        const answerIfNew = () => {
          const fresh = log.slice(since) // seq has no holes, so it is a place in the list
          if (fresh.length > 0) resolve(fresh)
          else waiting.push(answerIfNew)
        }
        answerIfNew() // nothing is awaited between this look and joining those that wait
      })
    },
  }
}
