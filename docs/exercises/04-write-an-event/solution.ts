/** One event of a text/event-stream. */
export function formatEvent(id: string, text: string): string {
  if (/[\r\n]/.test(id)) throw new RangeError('an id must not hold a line break')
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `id: ${id}\n${lines.join('')}\n`
}
