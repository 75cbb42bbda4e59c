/** Defects in presence: what is told, renewed, and taken for a goodbye. */

import { Pump } from '../../../server/transport-kit/pump.ts'
import type { Page } from '../../../wire/message.ts'
import { lineClient } from '../example/client.ts'
import { lineServer } from '../example/server.ts'
import {
  type Defect,
  withClient,
  withConnection,
  withLab,
  withPages,
  withPeers,
  withServer,
} from './defect.ts'

const client = lineClient()()

export const presenceDefects: readonly Defect[] = [
  {
    name: 'presence is told on coming, and then no more',
    story: 'The list is sent as a greeting, and afterwards only what has messages is worth a write.',
    caughtBy: 'a member who comes is seen by those who are there, and sees them',
    says: /anna sees anna, ben/,
    subject: withServer(
      lineServer({
        carry(room, since, sink, owner, metrics) {
          let isGreeted = false
          const onPage = (page: Page) => {
            if (isGreeted && page.messages.length === 0) return
            isGreeted = true
            owner.onPage(page)
          }
          return new Pump(room, since, sink, { onPage, onEnd: (why) => owner.onEnd(why) }, metrics)
        },
      }),
    ),
  },
  {
    name: 'no lease is renewed',
    story: 'The stream is open and heartbeats are written to it: is that not a sign of life?',
    caughtBy: 'a member who stays is here, however long nothing is said',
    says: /shows signs of life|what anna was told meanwhile/,
    subject: withClient(() => ({
      open: (options) => client.open({ ...options, pause: () => new Promise(() => {}) }),
    })),
  },
  {
    name: 'a heartbeat that was written counts as a sign of life',
    story: 'The kernel takes what is written for a dead peer too, for a long time (phenomenon 25).',
    caughtBy: 'a member who falls silent is shown as silent, and then as gone, within 30 s',
    says: /told that ben is silent/,
    subject: withLab(({ gateway, peerOf, clock, shutdown }) => {
      // As long as the connection is not closed, the server renews the lease by itself.
      const isOpen = new WeakMap<object, () => boolean>()
      return {
        peerOf(request) {
          const peer = peerOf(request)
          isOpen.set(peer, () => !request.raw.destroyed)
          return peer
        },
        gateway: {
          ...gateway,
          openReader(peer, ...rest) {
            const reader = gateway.openReader(peer, ...rest)
            const renew = () => {
              reader.onActivity({})
              if (isOpen.get(peer)?.() && !shutdown.aborted) clock.after(500, renew)
            }
            renew()
            return reader
          },
        },
      }
    }),
  },
  {
    name: 'a lease that runs out ends nothing',
    story:
      'The name is taken off the list, and the stream of one direction goes on for a quarter of an hour.',
    caughtBy: 'a line that is silent is not served for longer than its lease',
    says: /only anna follows/,
    subject: withServer(
      lineServer({
        carry: (room, since, sink, owner, metrics) =>
          new Pump(room, since, sink, { onPage: (page) => owner.onPage(page), onEnd() {} }, metrics),
      }),
    ),
  },
  {
    name: 'the goodbye is aborted with all the rest',
    story: 'It is sent by the connection that is being closed, and with its signal.',
    caughtBy: 'a member who closes is gone at once, and may come back at once',
    says: /anna sees anna/,
    subject: withConnection((connection) => ({
      renewPresence: (update) => (update.leaving ? undefined : connection.renewPresence(update)),
    })),
  },
  {
    name: 'a connection that closes is a goodbye',
    story: 'It is the only end that the server sees for sure, so it is taken for one.',
    caughtBy: 'a line that is cut and comes back is not shown as a coming and going',
    says: /shows signs of life|what anna was told meanwhile/,
    subject: withPeers((peer, request, { gateway }) => {
      const { room } = request.params as { readonly room: string }
      const leave = () => gateway.renewPresence(peer, room, { leaving: true })
      if (peer.clientId !== null) request.raw.once('close', leave)
      return peer
    }),
  },
  {
    name: 'typing is a message',
    story: 'There is a way to tell every member something, so it is used for this too.',
    caughtBy: 'typing is shown, fades by itself, and is no message',
    says: /ben sees that anna types|the log/,
    subject: withConnection((connection) => ({
      renewPresence(update) {
        if (!update.typing) return connection.renewPresence(update)
        const draft = { draftId: crypto.randomUUID(), author: 'anna', text: 'is typing…' }
        connection.send(draft, new AbortController().signal).catch(() => {})
      },
    })),
  },
  {
    name: 'a page that says who is here is taken for that alone',
    story: 'The client looks for one thing or the other, and the two came together.',
    caughtBy: 'presence delays, repeats and reorders no message',
    says: /heard|messages/,
    subject: withPages((page) => (page.here ? { ...page, messages: [] } : page)),
  },
  {
    name: 'every reader gets a clientId',
    story: 'The server gives one to a reader who has none, so that none is left out.',
    caughtBy: 'a reader without a clientId is not counted, and is told nothing of presence',
    says: /what was told of who is here|visitors/,
    subject: withPeers((peer) => ({ ...peer, clientId: peer.clientId ?? 'shared' })),
  },
  {
    name: 'a cursor with a version is taken for none',
    story: 'It was written for the cursors that there were, and reads the number up to the end of the text.',
    caughtBy: 'a cursor with a presence version is valid on every other transport, and without a clientId',
    says: /by the same way/,
    subject: withServer(
      lineServer({
        carry: (room, since, ...rest) => new Pump(room, since?.includes('.') ? null : since, ...rest),
      }),
    ),
  },
]
