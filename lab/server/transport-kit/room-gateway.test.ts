/** The gateway: who is let in, as whom, and that nothing is left hanging on a session. */
import { beforeEach, describe, expect, it } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import type { Caller, Person, Scope } from '../../people/caller.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Peer } from './peer.ts'
import { createRoomGateway } from './room-gateway.ts'

const ADA: Person = { id: 'a1', name: 'Ada', kind: 'guest' }
let hub: Hub
let peer: Peer
let watchers = 0
let end = () => {}
let used: string[]
beforeEach(() => {
  hub = new Hub()
  watchers = 0
  used = []
})

function signedIn(scopes: readonly Scope[], person: Person | null = ADA) {
  const session = {
    isOver: false,
    label: null,
    onEnd(listener: () => void) {
      watchers++
      end = () => {
        session.isOver = true
        listener()
      }
      return () => void watchers--
    },
  }
  const credentials: Caller = { person, scopes: new Set(scopes), session }
  peer = { address: '192.0.2.1', credentials, clientId: null }
  const gateway = createRoomGateway({ hub, beforePublishing: ({ name }) => void used.push(name) })
  return {
    openReader: () => gateway.openReader(peer, 'lobby'),
    openWriter: () => gateway.openWriter(peer, 'lobby'),
  }
}
const draft = (more = {}) => ({ draftId: 'd', text: 'hello', ...more })
const codeOf = async (act: () => unknown) => {
  try {
    await act()
    return null
  } catch (error) {
    return error instanceof ChatError ? error.code : error
  }
}

describe('a reader who has signed in', () => {
  it('watches the session for as long as it follows, and no longer', () => {
    const reader = signedIn(['read']).openReader()
    const places = Array.from({ length: 3 }, () => reader.follow(null, () => {}))
    expect([watchers, hub.followers]).toEqual([3, 3])
    for (const place of places) place.stop()
    expect([watchers, hub.followers]).toEqual([0, 0])
  })

  it('is told why it ends', () => {
    const told: (string | undefined)[] = []
    signedIn(['read'])
      .openReader()
      .follow(
        null,
        () => {},
        ({ code }) => told.push(code),
      )
    end()
    expect(told).toEqual(['not-signed-in'])
  })
})

describe('a writer', () => {
  it('speaks as who they are, in their own spelling', async () => {
    const { openWriter } = signedIn(['write'])
    expect(await openWriter().publish(draft())).toMatchObject({ author: 'Ada', authorId: 'a1' })
    expect((await openWriter().publish(draft({ draftId: 'e', author: 'ADA' }))).author).toBe('Ada')
    expect(await codeOf(() => openWriter().publish(draft({ author: 'Bob' })))).toBe('not-allowed')
    expect(used).toEqual(['Ada', 'Ada'])
  })

  it('says nothing once the session is over, though it was there before', async () => {
    const speaker = signedIn(['write']).openWriter()
    await speaker.publish(draft())
    ;(peer.credentials.session as { isOver: boolean }).isOver = true
    expect(await codeOf(() => speaker.publish(draft({ draftId: 'e' })))).toBe('not-signed-in')
    expect(hub.room('lobby').lastSeq).toBe(1)
  })

  it('may not without the scope, nor with what is for another room', async () => {
    expect(await codeOf(() => signedIn(['read']).openWriter().publish(draft()))).toBe('not-allowed')
    expect(
      await codeOf(() =>
        signedIn([], null)
          .openWriter()
          .publish(draft({ author: 'Eve' })),
      ),
    ).toBe('not-allowed')
    expect(await codeOf(() => signedIn([], null).openReader())).toBe('not-allowed')
    expect(used).toEqual([])
  })

  it('reaches no reader when the writer’s name could not be kept', async () => {
    const gateway = createRoomGateway({
      hub,
      beforePublishing() {
        throw new ChatError('not-stored', 'the disk is full')
      },
    })
    signedIn(['write'])
    expect(await codeOf(() => gateway.openWriter(peer, 'lobby').publish(draft()))).toBe('not-stored')
    expect(hub.room('lobby').lastSeq).toBe(0)
  })
})
