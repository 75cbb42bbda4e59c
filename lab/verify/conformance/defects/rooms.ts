/** Defects in what is kept: drafts, cursors, pages, followers. */
import { acknowledgedBeforeStored } from '../../../defects/server/acknowledged-at-once.ts'
import { startsAtTheEnd } from '../../../defects/server/waking.ts'
import type { ChatMessage, Cursor } from '../../../wire/message.ts'
import { type Defect, plantedInServer, withGateway, withPages, withRoom } from './defect.ts'

/** A room that answers a known draft, by a key of its own, without a look at the rest. */
const rememberingBy = (key: (draft: { draftId: string; author: string }) => string) =>
  withRoom((room) => {
    const known = new Map<string, Promise<ChatMessage>>()
    return {
      publish(draft) {
        const before = known.get(key(draft))
        if (before) return before
        const publishing = room.publish(draft)
        known.set(key(draft), publishing)
        publishing.catch(() => known.delete(key(draft)))
        return publishing
      },
    }
  })

const endOf = (cursor: Cursor) => Number(cursor.split(':')[1])

export const roomDefects: readonly Defect[] = [
  {
    name: 'no dedupe',
    story:
      'A retried request looks like any other, so each is appended (CometD and SignalR: written is not received).',
    caughtBy: 'a draft that is sent again is one message, with the same answer',
    says: /the answer to the second/,
    subject: withRoom((room) => {
      const seen = new Set<string>()
      return {
        async publish(draft) {
          const isNew = !seen.has(draft.draftId)
          seen.add(draft.draftId)
          const message = await room.publish(
            isNew ? draft : { ...draft, draftId: `${draft.draftId}, ${seen.size}` },
          )
          return { ...message, draftId: draft.draftId }
        },
      }
    }),
  },
  plantedInServer(acknowledgedBeforeStored, /to wait in the outbox|has heard 1/),
  {
    name: 'any repeated draftId is a retry',
    story:
      'The text is not compared: a program that counts from 1 again after a restart is answered and not heard.',
    caughtBy: 'one draftId for two texts is a draft-conflict',
    says: /to be refused/,
    subject: rememberingBy(({ author, draftId }) => `${author}\0${draftId}`),
  },
  {
    name: 'draft ids of all authors in one map',
    story: 'The key is what the client sent, without the client that sent it.',
    caughtBy: 'two authors may use the same draftId',
    says: /the authors in the answers/,
    subject: rememberingBy(({ draftId }) => draftId),
  },
  {
    name: 'the cursor is off by one',
    story: '"After" is taken for "from": the last message is named as the next one to read.',
    caughtBy: 'going on from any place neither repeats nor skips',
    says: /what from \d heard/,
    subject: withPages((page) => {
      const [epoch, seq] = page.cursor.split(':')
      return { ...page, cursor: `${epoch}:${Math.max(0, Number(seq) - 1)}` as Cursor }
    }),
  },
  {
    name: 'the cursor has no epoch',
    story: 'A number seems to be enough, until the server is replaced and counts again (phenomenon 21).',
    caughtBy: 'a new log is read whole, though the reader was already at that number in the old one',
    says: /what anna heard of the new log|gaps/,
    subject: withRoom((room) => {
      const believed = (cursor: Cursor | null): Cursor | null => {
        if (cursor === null) return null
        const [epoch] = room.read(null).cursor.split(':')
        return `${epoch}:${endOf(cursor)}` as Cursor
      }
      return {
        read: (cursor) => room.read(believed(cursor)),
        follow: (cursor, notify) => room.follow(believed(cursor), notify),
      }
    }),
  },
  {
    name: 'no gap flag',
    story: 'The server gives what it still has, and does not say that it is not all.',
    caughtBy: 'a newcomer who has a forgotten place is told of the gap, even with nothing to compare',
    says: /gaps that after was told of/,
    subject: withPages((page) => ({ ...page, gap: false })),
  },
  {
    name: 'every page twice',
    story: 'The loop writes, and then writes again because it was notified meanwhile.',
    caughtBy: 'a long history comes page by page, each message once',
    says: /reached late twice/,
    subject: withRoom((room) => ({
      follow(cursor, notify) {
        const follower = room.follow(cursor, notify)
        let again: ReturnType<typeof follower.next> = null
        const next = () => {
          const page = again ?? follower.next()
          again = again ? null : page
          return page
        }
        return { next, stop: () => follower.stop() }
      },
    })),
  },
  {
    name: 'a follower that is never stopped',
    story: 'There is a subscribe and no unsubscribe: nothing fails, the server only grows.',
    caughtBy: 'a client that is closed leaves no follower on the server',
    says: /no follower is left in the room/,
    subject: withRoom((room) => ({
      follow(cursor, notify) {
        const follower = room.follow(cursor, notify)
        return { next: () => follower.next(), stop() {} }
      },
    })),
  },
  plantedInServer(startsAtTheEnd, /what anna heard|has heard 3/),
  {
    name: 'one room for all',
    story: 'The room in the path is read for the greeting and forgotten for the subscription.',
    caughtBy: 'two rooms do not mix',
    says: /heard/,
    subject: withGateway((gateway) => ({
      openReader: (peer, _room, ...rest) => gateway.openReader(peer, 'lobby', ...rest),
      openWriter: (peer, _room, ...rest) => gateway.openWriter(peer, 'lobby', ...rest),
    })),
  },
  {
    name: 'a cursor that cannot be read means from the start',
    story: 'Lenient parsing, meant well: the mistake of the client is never found.',
    caughtBy: 'a cursor that is none is refused, not guessed at',
    says: /never to be open|told that it cannot get in/,
    subject: withRoom((room) => {
      const lenient = (cursor: Cursor | null) => (cursor && /^[a-z0-9]+:\d+$/.test(cursor) ? cursor : null)
      return {
        check: (cursor) => room.check(lenient(cursor)),
        read: (cursor) => room.read(lenient(cursor)),
        follow: (cursor, notify) => room.follow(lenient(cursor), notify),
      }
    }),
  },
  {
    name: 'the length of a text in 16 bits',
    story: 'Two bytes for a length are enough for everybody; 65,536 is 0 (the hand-made WebSocket server).',
    caughtBy: 'the longest text that is allowed comes through, whatever it is made of',
    says: /the text in the answer/,
    subject: withRoom((room) => ({
      publish: (draft) => room.publish({ ...draft, text: draft.text.slice(0, draft.text.length % 65_536) }),
    })),
  },
  {
    name: 'text kept as UTF-8',
    story: 'Whatever is written to bytes and read again has lost its lone surrogates, without an error.',
    caughtBy: 'half a surrogate pair survives',
    says: /the text in the answer/,
    subject: withRoom((room) => ({
      publish: (draft) => room.publish({ ...draft, text: Buffer.from(draft.text).toString() }),
    })),
  },
]
