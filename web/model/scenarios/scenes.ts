/** What a scenario says in its messages, and what a lane that has shown some of them makes of it: dots on a field, or a text with two cursors. */

export interface Dot {
  readonly player: 1 | 2
  /** 0 to 100. */
  readonly x: number
  readonly y: number
}

export const dotText = ({ player, x, y }: Dot): string => `player ${player} at ${x} ${y}`

/** The newest place of each player, of those that have been shown. */
export function dotsIn(texts: readonly string[]): readonly Dot[] {
  const found = new Map<number, Dot>()
  for (const text of texts) {
    const [, player, x, y] = /^player ([12]) at (\d+) (\d+)$/.exec(text) ?? []
    if (player !== undefined)
      found.set(Number(player), { player: player === '1' ? 1 : 2, x: Number(x), y: Number(y) })
  }
  return [...found.values()].toSorted((a, b) => a.player - b.player)
}

/** A circle, once in four seconds; the second player is across from the first. */
export function placeOf(player: 1 | 2, ms: number): Dot {
  const turn = (ms / 4_000) * 2 * Math.PI + (player === 1 ? 0 : Math.PI)
  return { player, x: Math.round(50 + 40 * Math.cos(turn)), y: Math.round(50 + 40 * Math.sin(turn)) }
}

/** One letter, put in where its writer's cursor stood in the text as that writer knew it. */
export interface Insertion {
  readonly writer: 'A' | 'B'
  readonly at: number
  readonly letter: string
}

export const insertionText = ({ writer, at, letter }: Insertion): string =>
  `${writer} puts ${letter} at ${at}`

export const insertionsIn = (texts: readonly string[]): readonly Insertion[] =>
  texts.flatMap((text) => {
    const [, writer, letter, at] = /^([AB]) puts (\S) at (\d+)$/.exec(text) ?? []
    return writer === undefined ? [] : [{ writer: writer as 'A' | 'B', at: Number(at), letter: letter! }]
  })

/** The text, in the order in which the letters were put in, and where each writer's cursor stands. */
export function written(insertions: readonly Insertion[]): {
  text: string
  cursors: Record<'A' | 'B', number>
} {
  let text = ''
  const cursors = { A: 0, B: 0 }
  for (const { writer, at, letter } of insertions) {
    const place = Math.min(at, text.length)
    text = text.slice(0, place) + letter + text.slice(place)
    const other = writer === 'A' ? 'B' : 'A'
    if (cursors[other] > place) cursors[other]++
    cursors[writer] = place + 1
  }
  return { text, cursors }
}
