/** The name under which the reader writes: that of the person who has signed in, else the one that they have typed, else a guest's. */
import { ChatError } from '../../../lab/wire/errors.ts'
import { isolated } from '../../../lab/wire/names.ts'
import { rememberedGuest } from '../../guest.ts'
import { me } from '../../me.ts'
import { sentence } from '../../words.ts'
import { problemWithName } from '../address/settings.ts'

export interface PageNameOptions {
  /** What the reader has typed as their name while they had not signed in; null for nothing. */
  readonly typed: () => string | null
  readonly onTyped: (name: string | null) => void
  readonly onChange: () => void
}

export function createPageName({ typed, onTyped, onChange }: PageNameOptions) {
  const guest = rememberedGuest()
  let wrong: string | null = null
  let renames = 0
  const unsigned = () => typed() ?? guest
  const shown = () => me.person?.name ?? unsigned()
  const complaint = (problem: string) => `${sentence(problem)} You are still ${isolated(shown())}.`

  function dismiss(): void {
    wrong = null
    onChange()
  }

  async function onName(event: Event): Promise<void> {
    const name = (event.target as HTMLInputElement).value.trim()
    const problem = name === '' ? null : problemWithName(name)
    wrong = problem && complaint(problem)
    onChange()
    if (problem) return
    if (me.person) return rename(name)
    onTyped(name === '' ? null : name)
  }

  /** A guest who has written under the old name becomes another guest: the server decides. */
  async function rename(name: string): Promise<void> {
    const mine = ++renames
    let problem: string | null = null
    try {
      if (name !== '' && name !== me.person?.name) await me.signInAsGuest(name)
    } catch (thrown) {
      problem = complaint(ChatError.from(thrown).message)
    }
    // What became of an earlier name says nothing about the one that stands there by now.
    if (mine === renames) wrong = problem
    onChange()
  }

  return {
    get shown() {
      return shown()
    },
    /** Under which the reader writes while they have not signed in. */
    get unsigned() {
      return unsigned()
    },
    /** Why the name could not be changed to what was typed; null when it was, or nothing was typed. */
    get wrong() {
      return wrong
    },
    dismiss,
    onName,
  }
}
