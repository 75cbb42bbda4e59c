/** The code of the lab's own for this; those from 4000 are an application's (RFC 6455 §7.4.2). */
export const SIGNED_OUT = 4401

export interface Line {
  send(text: string): void
  /** May call {@link Gate.gone} before it returns. */
  close(code: number, reason: string): void
}

export interface Gate {
  /** @returns whether the line receives from now on; one that does not is closed with {@link SIGNED_OUT} */
  open(session: string, line: Line): Promise<boolean>
  /** The line has ended by itself. */
  gone(line: Line): void
  /** The user has signed out; the database knows it already. */
  end(session: string): void
  publish(text: string): void
}

/** @param isGood asks the database; what it answers was so when it was asked */
export function createGate(isGood: (session: string) => Promise<boolean>): Gate {
  const lines = new Set<Line>()
  return {
    async open(session, line) {
      const good = await isGood(session)
      if (good) lines.add(line)
      else line.close(SIGNED_OUT, 'not signed in')
      return good
    },
    gone(line) {
      lines.delete(line)
    },
    end() {},
    publish(text) {
      for (const line of lines) line.send(text)
    },
  }
}
