/** What a link of another version says and this one does not know: it is named in one line, kept, and spoils nothing. */
import { shortened } from '../cut.ts'
import { withoutHidden } from '../names.ts'

/** Of how many unknown parts the names are told. */
const MOST_TOLD = 5

/** How much of a bad value is quoted. */
const QUOTED_CHARS = 60

/** A value from an address; as the address has it when there is something in it that cannot be seen. */
export function quotedFromAddress(value: string): string {
  const start = shortened(value, QUOTED_CHARS)
  return withoutHidden(start) === start ? start : encodeURIComponent(start)
}

/** @param parts each as it is to be told; none makes no sentence */
export function unknownInWords(parts: readonly string[]): readonly string[] {
  const told = [...new Set(parts.map(quotedFromAddress))]
  if (told.length === 0) return []
  const more = told.length > MOST_TOLD ? ', …' : ''
  const names = told.slice(0, MOST_TOLD).join(', ')
  return [`${names}${more}: not known to this version of the lab; left as it is, and all else is used.`]
}
