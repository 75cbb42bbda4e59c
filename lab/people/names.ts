/**
 * Names, and when two of them are the same.
 *
 * A person who holds a name holds all spellings of it that a reader would take for it: large and small
 * letters, letters of full width, ligatures, more spaces, invisible characters (those that no name
 * may have any more, and those that an older one has). What is not
 * caught is a letter of another script that looks the same: a Cyrillic "а" in "Аda". There are tables of
 * those (Unicode Technical Standard 39), and no table that is right for all who write both scripts;
 * `authorId` tells them apart, and so does the page for those who have not signed in.
 */
import { parseNewName } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import { isName } from '../wire/names.ts'

/** Names under which the lab's own programs write without signing in. No person gets these. */
const RESERVED: ReadonlySet<string> = new Set(['traffic', 'host', 'system', 'lab'])

/** Drawn as nothing: joiners, fillers, marks of direction; and the one blank of Braille. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * The same for all spellings of a name. Small letters, capitals, and small letters again, which comes as near to
 * Unicode's case folding as JavaScript does: "Straße", "STRASSE" and "STRAẞE" are one. The first step is for the
 * capital "ẞ", which would stay as it is in the second.
 */
export function keyOf(name: string): string {
  const plain = name.normalize('NFKC').replace(UNSEEN, '')
  return plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC').trim().replace(/\s+/gu, ' ')
}

/**
 * A name that a person asks for, as it will be shown.
 *
 * @throws ChatError `bad-person` when it cannot be a name, `name-taken` when it is reserved
 */
export function parseName(value: unknown): string {
  // Spaces, not line breaks: those are control characters, which no name has.
  const plain =
    typeof value === 'string'
      ? value
          .normalize('NFC')
          .replace(/\p{Zs}+/gu, ' ')
          .trim()
      : value
  const name = parseNewName(plain, 'bad-person', 'name')
  const key = keyOf(name)
  if (key === '') throw new ChatError('bad-person', 'name must have something that can be seen')
  if (RESERVED.has(key)) throw new ChatError('name-taken', `the lab itself writes as ${key}`)
  return name
}

/** "Ada 2", "Ada 3", …: the first that is free; null when the first hundred are not, or none fits. */
export function variantOf(name: string, isFree: (name: string) => boolean): string | null {
  for (let n = 2; n <= 100; n++) {
    const variant = `${name} ${n}`
    if (isName(variant) && isFree(variant)) return variant
  }
  return null
}
