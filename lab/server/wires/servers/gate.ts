/** A gate on the way from a log to those who follow it: what comes while it is shut is given, in order, when it opens. */
import type { Engine, LogFollower, Position } from '../../../store/engine/engine.ts'

export interface Gate {
  readonly follow: Engine['follow']
  /** To be called when `isOpen` may say something else. */
  look(): void
}

/** @param isOpen asked for each entry */
export function gateBefore(engine: Pick<Engine, 'follow'>, isOpen: () => boolean): Gate {
  const gives = new Set<() => void>()

  function follow(after: Position, follower: LogFollower): () => void {
    /** What has come and may not be given yet. It is the log's own memory, so it holds no more than that. */
    const due: (readonly [Position, Uint8Array])[] = []
    let isOver = false
    const stop = () => {
      isOver = true
      gives.delete(give)
      stopInner()
    }
    const end = (why: Error) => {
      if (isOver) return
      stop()
      follower.onEnd(why)
    }
    const give = () => {
      while (!isOver && isOpen() && due.length > 0) {
        try {
          follower.onEntry(...due.shift()!)
        } catch (error) {
          end(error as Error)
        }
      }
    }
    gives.add(give)
    const stopInner = engine.follow(after, {
      onEntry(position, body) {
        due.push([position, body])
        give()
      },
      onEnd: end,
    })
    return stop
  }

  return {
    follow,
    look() {
      for (const give of [...gives]) give()
    },
  }
}
