/**
 * A demonstration: one script, played to a server or client with a defect and to one without, and a verdict that is
 * computed from what was recorded.
 *
 * The judge is shown one recording and does not know whose it is. So the two sides can be exchanged, and then it must
 * find the defect on the other side: show.test.ts does that for each.
 */
import type { CataloguedDefect } from '../museum/catalogued-defect.ts'
import { createRecorder, type Recorder, type Recording } from './recording.ts'

export interface Side {
  /** What it does, as a heading above its time line: `looks, then subscribes`. */
  readonly name: string
  play(recorder: Recorder): Promise<void>
}

/** What one recording shows. */
export interface Judgement {
  readonly isBroken: boolean
  /** What happened in it, in one sentence or two, with its numbers. */
  readonly words: string
}

export interface Demonstration {
  /** As it is typed. */
  readonly name: string
  /** What both sides are put to, in a sentence. */
  readonly script: string
  /** The defect of the one side, by its collection and its name in the catalogue. */
  readonly defect: Pick<CataloguedDefect, 'collection' | 'name'>
  readonly broken: Side
  readonly sound: Side
  judge(recording: Recording): Judgement
  /** The time line, where a thousand entries are too many to read; all entries unless given. */
  readonly draw?: (recording: Recording) => Recording
}

/** Which side of the picture has the defect. */
export type Where = 'left' | 'right' | 'both' | 'neither'

export interface Verdict {
  readonly where: Where
  readonly left: Judgement
  readonly right: Judgement
  /** The last line: which side has the defect. */
  readonly words: string
}

/** Plays one side and returns what it recorded. */
export async function record(side: Side): Promise<Recording> {
  const recorder = createRecorder()
  await side.play(recorder)
  return recorder.entries
}

const IN_WORDS: Readonly<Record<Where, string>> = {
  left: 'The defect is on the left.',
  right: 'The defect is on the right.',
  both: 'Both sides show the defect.',
  neither: 'Neither side shows the defect.',
}

export function verdictOn({ judge }: Demonstration, left: Recording, right: Recording): Verdict {
  const judged = { left: judge(left), right: judge(right) }
  const where = whereIs(judged.left.isBroken, judged.right.isBroken)
  return { where, ...judged, words: IN_WORDS[where] }
}

function whereIs(isLeft: boolean, isRight: boolean): Where {
  if (isLeft) return isRight ? 'both' : 'left'
  return isRight ? 'right' : 'neither'
}
