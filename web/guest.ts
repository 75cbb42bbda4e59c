/** Names for guests: friendly, and unlikely to be taken by the person at the next desk. */

const MANNERS = [
  'Calm',
  'Bright',
  'Quick',
  'Patient',
  'Curious',
  'Gentle',
  'Merry',
  'Steady',
  'Keen',
  'Quiet',
]
const ANIMALS = ['Otter', 'Heron', 'Lynx', 'Finch', 'Badger', 'Marten', 'Swift', 'Hare', 'Newt', 'Wren']

const KEY = 'guest'

/** @param random from 0 up to 1 */
export function guestName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!
  return `${pick(MANNERS)} ${pick(ANIMALS)}`
}

/** This tab's guest. It survives a reload; another tab is another guest. */
export function rememberedGuest(): string {
  try {
    const name = sessionStorage.getItem(KEY) ?? guestName(Math.random)
    sessionStorage.setItem(KEY, name)
    return name
  } catch {
    return guestName(Math.random) // a browser that keeps nothing for us
  }
}
