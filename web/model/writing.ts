/**
 * What a person has written and not yet said: one place for each lane of each room, for as long as the page lives.
 *
 * A lane comes and goes with the room that is looked at; what was written stays here. Only the
 * writer throws a text away. What is refused goes back into the box when it is empty, and otherwise to the kept
 * texts, with the reason, from where it can be taken up again.
 */
import type { ChatError } from '../../lab/wire/errors.ts'
import type { Note } from '../../lab/wire/message.ts'

/** A message that the writer is about to edit. */
export interface Editing {
  readonly seq: number
  /** As it read when the edit was begun. */
  readonly text: string
}

/** What has become meanwhile of the message that is being edited. */
export interface Overtaken {
  readonly by: string
  /** As it reads now; null when it was removed. */
  readonly text: string | null
}

/** A text that was handed to a lane to be sent. */
export interface Letter {
  readonly draftId: string
  readonly text: string
  /** The name it was written under. */
  readonly author: string
  /** The id of the person who wrote it: '' for a visitor. */
  readonly as: string
  readonly note?: Note
  /** The edit that it was to make, so that the writer can try it again; null for a new message. */
  readonly edit: Editing | null
}

/** A text that could not stay in the box. */
export interface Kept {
  readonly key: number
  readonly text: string
  /** Why it was refused; null when it only had to make room. */
  readonly why: ChatError | null
  readonly edit: Editing | null
}

/** A lane that was left with letters that are still to be sent. */
export interface Leaving {
  /** Closes it. @returns what it has not sent */
  handOver(): readonly Letter[]
  sleep(): void
  wake(): void
}

export type Writing = ReturnType<typeof createWriting>

export function createWriting() {
  let text = ''
  let editing: Editing | null = null
  let overtaken: Overtaken | null = null
  /** What stood in the box when an edit was begun. */
  let setAside = ''
  let kept: readonly Kept[] = []
  let keys = 0
  let refusal: { readonly text: string; readonly error: ChatError } | null = null
  let leaving: Leaving | null = null

  const isBlank = (words: string) => words.trim() === ''

  function keep(words: string, why: ChatError | null, edit: Editing | null): void {
    if (!isBlank(words)) kept = [...kept, { key: keys++, text: words, why, edit }]
  }
  /** Ends the edit. What was changed in the box is kept. */
  function endEdit(): void {
    if (editing && text !== editing.text) keep(text, null, editing)
    if (!editing) return
    text = setAside
    setAside = ''
    editing = overtaken = null
  }

  return {
    /** What stands in the box. */
    get text() {
      return text
    },
    /** Call it with each change of the box. */
    write(words: string): void {
      text = words
    },
    /** The edit that the text in the box makes; null for a new message. */
    get editing() {
      return editing
    },
    get overtaken() {
      return overtaken
    },
    /** Begins an edit, or gives it up: then what stood in the box before stands there again. */
    edit(what: Editing | null): void {
      endEdit()
      if (!what) return
      setAside = text
      text = what.text
      editing = what
    },
    /** Call it when another client has edited or removed a message. */
    overtake(seq: number, by: Overtaken): void {
      if (editing?.seq === seq) overtaken = by
    },
    /** The text in the box goes out; what was set aside for it comes back. @returns the edit that it makes */
    take(): Editing | null {
      const edit = editing
      text = setAside
      setAside = ''
      editing = overtaken = null
      refusal = null
      return edit
    },
    /** Call it when a text was refused. @param words '' for a removal, whose text no person wrote */
    giveBack(words: string, error: ChatError, edit: Editing | null): void {
      // A message that is gone cannot be edited; the words can still be sent.
      const still = error.code === 'not-found' ? null : edit
      if (words !== '' && (!isBlank(text) || editing)) return void keep(words, error, still)
      refusal = { text: words, error }
      if (words === '') return
      text = words
      editing = still
    },
    /** The last text that went back into the box, or '' for a removal, and why. What is kept has its own reason. */
    get refusal() {
      return refusal
    },
    forgetRefusal(): void {
      refusal = null
    },
    /** What was refused or had to make room, oldest first. */
    get kept() {
      return kept
    },
    /** Back into the box. What stands there changes places with it. */
    takeUp(key: number): void {
      const found = kept.find((one) => one.key === key)
      if (!found) return
      kept = kept.filter((one) => one !== found)
      endEdit()
      keep(text, null, null)
      text = found.text
      editing = found.edit
      refusal = null
    },
    discard(key: number): void {
      kept = kept.filter((one) => one.key !== key)
    },
    /** A lane that is left says what it has still to send; null when it has sent all. */
    leave(lane: Leaving | null): void {
      leaving = lane
    },
    get leaving() {
      return leaving
    },
    /** What was written in this place and not sent, for the lane that goes on with it. */
    takeOver(): readonly Letter[] {
      const letters = leaving?.handOver() ?? []
      leaving = null
      return letters
    },
  }
}

/** All places of a page. @returns the place of that key: the same each time */
export function createWritings() {
  const places = new Map<string, Writing>()
  return {
    of(key: string): Writing {
      const place = places.get(key) ?? createWriting()
      places.set(key, place)
      return place
    },
    /** For a page that is left and may come back: also lanes out of view must close their connections. */
    sleep(): void {
      for (const { leaving } of places.values()) leaving?.sleep()
    },
    wake(): void {
      for (const { leaving } of places.values()) leaving?.wake()
    },
  }
}
