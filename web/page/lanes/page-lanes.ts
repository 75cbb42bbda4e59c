/** The lanes of the page together: what they have come to, and what is done with all of them. */
import type { Series } from '../../elements/figures/series.ts'
import type { ChatLane } from '../../elements/lane/chat-lane.ts'
import type { PageLane } from '../../faults/bench.ts'
import { wires } from '../../faults/wires.ts'
import type { Lane } from '../../model/lane.ts'

export interface PageLanesOptions {
  /** All that there are, shown or not; none before the page knows who the reader is. */
  readonly series: () => readonly Series[]
  readonly elements: () => readonly ChatLane[]
  readonly isShown: (lane: Series) => boolean
  /** All that are shown have connected, or have come to another end. */
  readonly onSettled: () => void
  readonly onOpen: () => void
  /** The server has no place for one more room. */
  readonly onTooManyRooms: () => void
  readonly onChange: () => void
}

export function createPageLanes({
  series,
  elements,
  isShown,
  onSettled,
  onOpen,
  onTooManyRooms,
  onChange,
}: PageLanesOptions) {
  let waiting = 0
  const ready = (): Lane[] => elements().flatMap(({ lane }) => lane ?? [])

  return {
    /** Lanes that wait until they try to connect again. */
    get waiting() {
      return waiting
    },
    /** As the panels see them. */
    forPanels(): PageLane[] {
      const drawn = new Map(elements().map((one) => [one.transport, one]))
      return series().map(({ transport: name, ...rest }) => ({
        ...{ ...rest, name, lane: drawn.get(name)?.lane ?? null },
      }))
    },
    /** One of them has another status. */
    onStatus() {
      const states = ready().map(({ state }) => state)
      if (states.length === series().filter(isShown).length && !states.some(isOnItsWay)) onSettled()
      if (states.some(({ status }) => status === 'open')) onOpen()
      if (states.some(isTooManyRooms)) onTooManyRooms()
      const now = states.filter(({ status }) => status === 'waiting').length
      // It may be a fault, or a server that was started again with its lanes behind other ports.
      if (now > waiting) void wires.look()
      if (now === waiting) return
      waiting = now
      onChange()
    },
    /** At once and together: a difference that is seen then is the transport's, and no draw of chance. */
    retry() {
      for (const lane of ready()) lane.retry()
    },
    reset() {
      for (const lane of ready()) lane.reset()
    },
    /** Sliders that stand in them have been set from elsewhere. */
    draw() {
      for (const lane of elements()) lane.requestUpdate()
    },
  }
}

const isOnItsWay = ({ status }: Lane['state']) => status === 'idle' || status === 'connecting'

const isTooManyRooms = (state: Lane['state']): boolean =>
  'cause' in state && state.cause?.code === 'too-many-rooms'
