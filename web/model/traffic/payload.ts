/** The first words that were ever sent by Morse's telegraph line, in 1844. Plain ASCII: one byte each. */
const WORDS = 'what hath God wrought '

/** A text of exactly `bytes` bytes in UTF-8 that begins with its number. */
export function payload(number: number, bytes: number): string {
  const start = `#${number} `
  return (start + WORDS.repeat(Math.ceil(bytes / WORDS.length))).slice(0, bytes).replace(/ $/, '.')
}
