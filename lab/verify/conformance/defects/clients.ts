/** Defects in how a client reads, sends and gives up. */
import type { Page } from '../../../wire/message.ts'
import { lineClient } from '../example/client.ts'
import { type Defect, withClient, withConnection } from './defect.ts'

const client = lineClient()()

/** Takes every chunk for whole lines. */
async function* chunkAsLines(chunks: AsyncIterable<Uint8Array>) {
  for await (const bytes of chunks) yield* new TextDecoder().decode(bytes).split('\n')
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
    name: 'a chunk is taken for an event',
    story: 'On one machine every write arrives as it was written, so it seems to work (phenomenon 24).',
    caughtBy: 'many messages in few segments are taken apart again',
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
  {
    name: 'since is ignored',
    story:
      'Each connection asks for everything, and the page is trusted to throw away what it has (phenomenon 21).',
    caughtBy: 'a reader who is up to date is told nothing old',
    says: /what after heard/,
    subject: withClient(() => ({ open: (options) => client.open({ ...options, since: null }) })),
  },
  {
    name: 'a reconnect begins at the start',
    story:
      'The place is kept on disk and not in memory: a reload resumes, a broken line repeats (phenomenon 9).',
    caughtBy: 'a line that is cut again and again loses and repeats nothing',
    says: /reached anna twice/,
    subject: withClient(() => {
      let isFirst = true
      return {
        open(options) {
          const since = isFirst ? options.since : null
          isFirst = false
          return client.open({ ...options, since })
        },
      }
    }),
  },
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
  {
    name: 'a send resolves before the hub has it',
    story: 'The bytes were handed to the network: that is taken for delivery (phenomenon 10).',
    caughtBy: 'an answer to a send is the message as it stands in the log',
    says: /the answer/,
    subject: withConnection((connection) => ({
      async send(draft, signal) {
        connection.send(draft, signal).catch(() => {})
        return { ...draft, seq: 1, publishedAt: Date.now() }
      },
    })),
  },
  {
    name: 'a new draftId for every try',
    story: 'The id is made where the request is made, so the retry has another one.',
    caughtBy: 'an answer that is lost after the hub has accepted makes no second message',
    says: /the log, number/,
    subject: withConnection((connection) => ({
      async send(draft, signal) {
        const draftId = crypto.randomUUID()
        return { ...(await connection.send({ ...draft, draftId }, signal)), draftId: draft.draftId }
      },
    })),
  },
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
]
