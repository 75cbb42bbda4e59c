/** A draft from outside, checked; null when it is none. What it has besides is left behind. */
export function draftIn(json) {
  try {
    const { draftId, author, text } = JSON.parse(json)
    const isDraft = fits(draftId, 64) && fits(author, 40) && fits(text, 1_000)
    return isDraft ? { draftId, author, text } : null
  } catch {
    return null
  }
}

const fits = (value, most) => typeof value === 'string' && value.trim() !== '' && value.length <= most
