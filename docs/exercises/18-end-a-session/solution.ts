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

interface Place {
  readonly session: string
  receives: boolean
}

/** @param isGood asks the database; what it answers was so when it was asked */
export function createGate(isGood: (session: string) => Promise<boolean>): Gate {
  const places = new Map<Line, Place>()
  return {
    async open(session, line) {
      const place: Place = { session, receives: false }
      places.set(line, place)
      const good = await isGood(session)
      if (places.get(line) !== place) return false
      place.receives = good
      if (good) return true
      places.delete(line)
      line.close(SIGNED_OUT, 'not signed in')
      return false
    },
    gone(line) {
      places.delete(line)
    },
    end(session) {
      for (const [line, place] of [...places]) {
        if (place.session !== session) continue
        places.delete(line)
        line.close(SIGNED_OUT, 'signed out')
      }
    },
    publish(text) {
      for (const [line, { receives }] of places) if (receives) line.send(text)
    },
  }
}
