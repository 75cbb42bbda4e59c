/**
 * The lost wake-up: one poll and one writer, in both orders of looking and waiting. Each order is played with the
 * writer at each moment at which it can come, and the picture draws what was recorded.
 */
import { arrow, cumulative, line, type Picture, text, WIDTH } from './draw.ts'

type Act = 'look' | 'wait'
type Order = readonly [Act, Act]
/** Before which act Bob writes: the first, the second, or neither, when both are done. */
type Moment = 0 | 1 | 2

const LOST: Order = ['look', 'wait']
const SOUND: Order = ['wait', 'look']
const MOMENTS: readonly Moment[] = [0, 1, 2]

interface Happening {
  readonly kind: 'looks' | 'waits' | 'writes' | 'is notified'
  /** What is found by a look, and whether a writer found one who waits. */
  readonly finds: boolean
}

/** A poll that has read number 1, while Bob writes number 2. */
export function play(order: Order, bobAt: Moment): { happenings: Happening[]; gets: boolean } {
  const happenings: Happening[] = []
  let newest = 1
  let isWaiting = false
  let gets = false
  const write = () => {
    newest = 2
    happenings.push({ kind: 'writes', finds: isWaiting })
    if (!isWaiting) return
    happenings.push({ kind: 'is notified', finds: true })
    gets = true
  }
  for (const [index, act] of order.entries()) {
    if (bobAt === index) write()
    if (act === 'wait') {
      isWaiting = true
      happenings.push({ kind: 'waits', finds: false })
    } else {
      gets ||= newest > 1
      happenings.push({ kind: 'looks', finds: newest > 1 })
    }
  }
  if (bobAt === 2) write()
  return { happenings, gets }
}

const [POLL, LOG, BOB] = [16, 186, 324]
const ROW = 30

function drawn({ kind, finds }: Happening, y: number): string {
  if (kind === 'looks')
    return (
      arrow([POLL, y], [LOG, y], 'after 1?', { tone: 's2' }) +
      text(LOG + 8, y + 4, finds ? '2 is there' : 'nothing yet', { tone: finds ? 'good' : 'muted' })
    )
  if (kind === 'waits') return arrow([POLL, y], [LOG, y], 'waits', { tone: 's6' })
  if (kind === 'is notified') return arrow([LOG, y], [POLL, y], 'there is news', { tone: 'good' })
  return (
    arrow([BOB, y], [LOG, y], 'writes 2', { tone: 's4' }) +
    text(LOG - 8, y + 4, finds ? 'one waits' : 'none waits', { tone: finds ? 'good' : 'bad', anchor: 'end' })
  )
}

/** The steps of one order, with Bob between its two acts: a layer for each of its three acts. */
function panel(order: Order, top: number): string[] {
  const { happenings, gets } = play(order, 1)
  const rows = happenings.map((one, index) => drawn(one, top + 38 + index * ROW))
  const end = top + 30 + rows.length * ROW
  const head =
    text(POLL, top + 10, order.join(', then '), { bold: true, anchor: 'start' }) +
    [POLL, LOG, BOB].map((x) => line([x, top + 18], [x, end], { tone: 'rule', as: 'fades' })).join('')
  const names = [
    text(POLL + 6, top + 24, 'poll', { tone: 'muted', as: 'fades small' }),
    text(LOG + 6, top + 24, 'log: 1', { tone: 'muted', as: 'fades small' }),
    text(BOB - 6, top + 24, 'Bob', { tone: 'muted', anchor: 'end', as: 'fades small' }),
  ]
  const says = text(POLL, end + 14, gets ? 'The poll gets it.' : 'The poll waits, and 2 lies there.', {
    tone: gets ? 'good' : 'bad',
    bold: true,
  })
  const last = rows.length - 1
  return [head + names.join('') + rows[0], rows.slice(1, last).join(''), rows[last] + says]
}

/** Every moment in both orders. */
function outcomes(top: number): string {
  const columns = [236, 306]
  const cell = (order: Order, moment: Moment, x: number, y: number) => {
    const { gets } = play(order, moment)
    return text(x, y, gets ? 'gets it' : 'lost', {
      tone: gets ? 'good' : 'bad',
      bold: !gets,
      anchor: 'middle',
    })
  }
  const rows = ['Bob writes before both', 'between the two', 'after both']
  return [
    line([0, top - 14], [WIDTH, top - 14], { tone: 'rule' }),
    ...[LOST, SOUND].map((order, index) =>
      text(columns[index]!, top, `${order[0]} first`, { tone: 'muted', anchor: 'middle' }),
    ),
    ...MOMENTS.flatMap((moment) => [
      text(POLL, top + 20 + moment * 18, rows[moment]!),
      ...[LOST, SOUND].map((order, index) => cell(order, moment, columns[index]!, top + 20 + moment * 18)),
    ]),
  ].join('')
}

const SECOND = 164
const TABLE = 372

export const wakeUp: Picture = {
  title: 'The lost wake-up in both orders',
  height: TABLE + 64,
  frames: cumulative([...panel(LOST, 4), ...panel(SOUND, SECOND), outcomes(TABLE)]),
}
