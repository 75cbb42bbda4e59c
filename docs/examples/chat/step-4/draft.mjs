/** A draft from outside, checked; null when it is none. What it has besides is left behind. */
export function draftIn(json) {
  try {
    const { author, text } = JSON.parse(json)
    return fits(author, 40) && fits(text, 1_000) ? { author, text } : null
  } catch {
    return null
  }
}

const fits = (value, most) => typeof value === 'string' && value.trim() !== '' && value.length <= most
