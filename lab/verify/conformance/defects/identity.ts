/** Defects in what a transport does with credentials. Most of those that people make cannot be made here: it is not the transport that decides. */
import { ANONYMOUS } from '../../../people/caller.ts'
import type { Peer, Reader, Writer } from '../../../server/transport-kit/room-gateway.ts'
import type { ChatMessage, Draft } from '../../../wire/message.ts'
import { type Defect, withGateway, withLab, withPeers } from './defect.ts'

/** The sound transport, where this becomes of what is published. */
const withPublish = (alter: (writer: Writer, draft: unknown, peer: Peer) => Promise<ChatMessage>) =>
  withGateway((gateway) => ({
    openWriter(peer, ...rest) {
      const writer = gateway.openWriter(peer, ...rest)
      return {
        check: () => writer.check(),
        attach: (...file) => writer.attach(...file),
        publish: (draft) => alter(writer, draft, peer),
      }
    },
  }))

/** A reader that is not told when it may not read on. */
const deaf = (reader: Reader): Reader => ({
  check: (cursor) => reader.check(cursor),
  read: (cursor) => reader.read(cursor),
  reach: (...place) => reader.reach(...place),
  readBack: (cursor) => reader.readBack(cursor),
  file: (id) => reader.file(id),
  follow: (cursor, notify) => reader.follow(cursor, notify),
  onActivity: (update) => reader.onActivity(update),
})

export const identityDefects: readonly Defect[] = [
  {
    name: 'a stream that is not ended by signing out',
    story: 'The credentials are checked when the stream begins, and a stream has no second request.',
    caughtBy: 'a member who signs out is told at once, and hears and says nothing more',
    says: /anna is told/,
    subject: withGateway((gateway) => ({
      openReader: (...given) => deaf(gateway.openReader(...given)),
    })),
  },
  {
    name: 'a reader that was let in once is always let in',
    story: 'To look a session up costs time, so the answer is kept by the header that was shown.',
    caughtBy: 'a member who signs out is told at once, and hears and says nothing more',
    says: /anna is told/,
    subject: withLab(({ gateway, peerOf }) => {
      const known = new Map<string, Peer>()
      const readers = new Map<Peer, Reader>()
      return {
        peerOf(request) {
          const shown = request.headers.authorization ?? ''
          const peer = known.get(shown) ?? peerOf(request)
          known.set(shown, peer)
          return peer
        },
        gateway: {
          ...gateway,
          openReader(peer, ...rest) {
            const reader = readers.get(peer) ?? deaf(gateway.openReader(peer, ...rest))
            readers.set(peer, reader)
            return reader
          },
        },
      }
    }),
  },
  {
    name: 'the request is built again, without its headers',
    story: 'An adapter builds the peer that the room sees, from the parts that seem to matter.',
    caughtBy: 'what a signed-in member says carries their id, and nothing else does',
    says: /the name anna is taken/,
    subject: withPeers((peer, { method }) =>
      method === 'POST' ? { ...peer, credentials: ANONYMOUS } : peer,
    ),
  },
  {
    name: 'the author is corrected on the way',
    story: 'The transport means well, and fills in the name that it knows.',
    caughtBy: 'no client can speak under a name that another member holds',
    says: /to be refused/,
    subject: withPublish((writer, draft, { credentials }) => {
      const { author: _author, ...rest } = draft as Record<string, unknown>
      return writer.publish(credentials.person ? rest : draft)
    }),
  },
  {
    name: 'a refusal is answered like a success',
    story: 'Whatever goes wrong in publishing is written to a log, and the client is not to be bothered.',
    caughtBy: 'a member who may only read is not let to write, and reads on',
    says: /to be refused/,
    subject: withPublish((writer, draft) =>
      writer.publish(draft).catch(() => ({ ...(draft as Draft), seq: 1, publishedAt: 0 })),
    ),
  },
]
