/** One event of a text/event-stream. */
export function formatEvent(id: string, text: string): string {
  return `id: ${id}\ndata: ${text}\n\n`
}
