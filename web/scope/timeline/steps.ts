/** Going through the marks by keys: to the next and the one before, in this lane; to the lane above and below. */
import type { Mark } from '../capture/marks.ts'
import { firstFrom, type Store } from './store.ts'

const timeOf = ({ until }: Mark): number => until

/**
 * @param from the mark that is selected; null for none yet
 * @param passesOver what is not worth a step, such as a heartbeat; it can still be pointed at
 * @returns where the key leads; the same mark at an end
 */
export function step(
  store: Store,
  from: Mark | null,
  key: 'next' | 'previous' | 'up' | 'down' | 'first' | 'last',
  passesOver: (mark: Mark) => boolean = ({ kind }) => kind === 'heartbeat',
): Mark | null {
  const lanes = store.lanes.filter(({ marks }) => marks.some((mark) => !passesOver(mark)))
  const at = lanes.findIndex(({ name }) => name === from?.lane)
  const lane = lanes[Math.max(0, at)]
  if (!lane) return from
  const usable = (list: readonly Mark[]) => list.filter((mark) => !passesOver(mark))
  const marks = usable(lane.marks)
  if (!from || key === 'last') return marks.at(-1) ?? from
  if (key === 'first') return marks[0] ?? from
  if (key === 'next' || key === 'previous') {
    const place = lane.marks.indexOf(from)
    if (place < 0) return marks.at(-1) ?? from
    const rest = key === 'next' ? lane.marks.slice(place + 1) : lane.marks.slice(0, place).toReversed()
    return rest.find((mark) => !passesOver(mark)) ?? from
  }
  const other = lanes[at + (key === 'down' ? 1 : -1)]
  if (!other) return from
  const same = usable(other.marks).filter(({ messages }) => messages.some((id) => from.messages.includes(id)))
  // The same message in the other lane, where that has it; otherwise what passed at about that time.
  return nearest(same, from.until) ?? nearest(usable(other.marks), from.until) ?? from
}

function nearest(marks: readonly Mark[], time: number): Mark | null {
  const after = firstFrom(marks, time, timeOf)
  const candidates = [marks[after - 1], marks[after]].filter((one): one is Mark => one !== undefined)
  return candidates.sort((a, b) => Math.abs(a.until - time) - Math.abs(b.until - time))[0] ?? null
}
