/** A chunk is taken for an event: bytes that came together are taken for what was written together. */
import type { Platform } from '../../client/platform.ts'
import { type ClientDefect, openedWith } from './client-defect.ts'

/** The lines of a chunk, as if every chunk were whole lines. */
export const linesOfChunk = (bytes: Uint8Array): string[] => new TextDecoder().decode(bytes).split('\n')

export const CHUNK_IS_AN_EVENT = {
  name: 'a chunk is taken for an event',
  story: 'On one machine every write arrives as it was written, so it seems to work (phenomenon 24).',
  caughtBy: 'many messages in few segments are taken apart again',
}

export const chunkIsAnEvent: ClientDefect = {
  ...CHUNK_IS_AN_EVENT,
  wrap: (transport) => openedWith(transport, ({ platform }) => ({ platform: hearingChunks(platform) })),
}

/** What cannot be parsed is left out, as by an empty `catch`. */
const hearingChunks = (platform: Platform): Platform => ({
  ...platform,
  async fetch(input, init) {
    const response = await platform.fetch(input, init)
    const isOfLines = /ndjson/.test(response.headers.get('content-type') ?? '')
    if (!response.body || !isOfLines) return response
    const whole = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        const kept = linesOfChunk(bytes).filter(isWhole)
        controller.enqueue(new TextEncoder().encode(`${kept.join('\n')}\n`))
      },
    })
    const { status, headers } = response
    return new Response(response.body.pipeThrough(whole), { status, headers })
  },
})

function isWhole(line: string): boolean {
  if (!line.startsWith('{')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
