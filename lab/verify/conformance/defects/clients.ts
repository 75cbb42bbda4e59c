/** Defects in how a client reads, sends and gives up. */
import { openIsBelieved } from '../../../defects/client/alive.ts'
import { CHUNK_IS_AN_EVENT, linesOfChunk } from '../../../defects/client/chunks.ts'
import { newIdForEachTry, sentIsReceived } from '../../../defects/client/drafts.ts'
import { sinceIgnored, startsOver } from '../../../defects/client/place.ts'
import type { Page } from '../../../wire/message.ts'
import { lineClient } from '../example/client.ts'
import { type Defect, plantedInClient, withClient, withConnection } from './defect.ts'

const client = lineClient()()

/** Takes every chunk for whole lines. */
async function* chunkAsLines(chunks: AsyncIterable<Uint8Array>) {
  for await (const bytes of chunks) yield* linesOfChunk(bytes)
}

/** Decodes each chunk by itself: a character that was cut in two becomes two marks of doubt. */
async function* decodedByChunk(chunks: AsyncIterable<Uint8Array>) {
  let rest = ''
  for await (const bytes of chunks) {
    const parts = (rest + Buffer.from(bytes).toString()).split('\n')
    rest = parts.pop()!
    yield* parts
  }
}

/** Splits where Unicode sees a line end, as Python's `splitlines` does. */
async function* unicodeLines(chunks: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of chunks) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    rest = parts.pop()!
    yield* parts
  }
}

async function* altered(pages: AsyncIterable<Page>, alter: (page: Page) => Page) {
  for await (const page of pages) yield alter(page)
}

export const clientDefects: readonly Defect[] = [
  {
    ...CHUNK_IS_AN_EVENT,
    says: /has heard \d+ messages/,
    subject: withClient(lineClient(chunkAsLines)),
  },
  {
    name: 'each chunk is decoded by itself',
    story: 'Bytes are turned into text before they are put together.',
    caughtBy: 'segments of one byte are put together again',
    says: /what anna heard/,
    subject: withClient(lineClient(decodedByChunk)),
  },
  {
    name: 'text is split at its own line ends',
    story:
      'JSON escapes \\n, but leaves U+2028 and U+0085 as they are, and many a line reader ends a line there.',
    caughtBy: 'line ends of every kind stay what they are',
    says: /has heard 5 messages/,
    subject: withClient(lineClient(unicodeLines)),
  },
  {
    name: 'newest first',
    story: 'The page is turned for showing, before it is read.',
    caughtBy: 'all that is said in one turn of the event loop arrives',
    says: /has heard 350|what anna heard/,
    subject: withConnection((connection) => ({
      [Symbol.asyncIterator]: () =>
        altered(connection, (page) => ({ ...page, messages: page.messages.toReversed() })),
    })),
  },
  {
    name: 'one is dropped from each full page',
    story: 'A loop ends one too early, which only a full page shows.',
    caughtBy: 'a burst of 1,000 arrives whole and in order',
    says: /what anna heard|has heard 1000/,
    subject: withConnection((connection) => ({
      [Symbol.asyncIterator]: () =>
        altered(connection, (page) =>
          page.messages.length < 10 ? page : { ...page, messages: page.messages.slice(0, -1) },
        ),
    })),
  },
  plantedInClient(sinceIgnored, /what after heard/),
  plantedInClient(startsOver, /reached anna twice/),
  {
    name: 'a refusal is swallowed',
    story: 'Optimistic: the message is shown as sent, and the catch block is empty.',
    caughtBy: 'an empty text is refused as bad-draft, and the connection stays open',
    says: /an empty text: expected to be refused/,
    subject: withConnection((connection) => ({
      send: (draft, signal) =>
        connection.send(draft, signal).catch(() => ({ ...draft, seq: 0, publishedAt: Date.now() })),
    })),
  },
  plantedInClient(sentIsReceived, /the answer/),
  plantedInClient(newIdForEachTry, /the log, number/),
  {
    name: 'the signal does not reach fetch',
    story: 'Giving up is noted, and the request goes on without anybody.',
    caughtBy: 'a client that is closed while the server does not answer hangs up',
    says: /anna hangs up/,
    subject: withClient(() => ({
      open: (options) => client.open({ ...options, signal: new AbortController().signal }),
    })),
  },
  {
    name: 'the signal reaches the handshake only',
    story:
      'Once it is open, nothing ends the reading but the other side, and a dead one never does (phenomenon 25).',
    caughtBy: 'a line that died without a word is noticed, and left for a new one',
    says: /anna hears what she missed/,
    subject: withClient(() => ({
      async open(options) {
        const opening = new AbortController()
        const giveUp = () => opening.abort(options.signal.reason)
        options.signal.addEventListener('abort', giveUp)
        try {
          return await client.open({ ...options, signal: opening.signal })
        } finally {
          options.signal.removeEventListener('abort', giveUp)
        }
      },
    })),
  },
  plantedInClient(openIsBelieved, /anna hears what she missed/),
]
