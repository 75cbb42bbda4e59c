/** The door: who is let in, as whom, and that nothing is left hanging on a session. */
import type { FastifyRequest } from 'fastify'
import { beforeEach, describe, expect, it } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import type { Caller, Person, Scope } from '../../people/caller.ts'
import { ChatError } from '../../wire/errors.ts'
import { createDoor } from './door.ts'

const ADA: Person = { id: 'a1', name: 'Ada', kind: 'guest' }
const request = { params: { room: 'lobby' }, ip: '192.0.2.1', raw: {} } as unknown as FastifyRequest
let hub: Hub
let caller: Caller
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
    onEnd(listener: () => void) {
      watchers++
      end = () => {
        session.isOver = true
        listener()
      }
      return () => void watchers--
    },
  }
  caller = { person, scopes: new Set(scopes), session }
  return createDoor({ hub, callerOf: () => caller, beforeSpeaking: ({ name }) => void used.push(name) })
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
    const reader = signedIn(['read']).enter(request)
    const places = Array.from({ length: 3 }, () => reader.follow(null, () => {}))
    expect([watchers, hub.followers]).toEqual([3, 3])
    for (const place of places) place.stop()
    expect([watchers, hub.followers]).toEqual([0, 0])
  })

  it('is told why it ends', () => {
    const told: (string | undefined)[] = []
    signedIn(['read'])
      .enter(request)
      .follow(
        null,
        () => {},
        ({ code }) => told.push(code),
      )
    end()
    expect(told).toEqual(['not-signed-in'])
  })
})

describe('a speaker', () => {
  it('speaks as who they are, in their own spelling', async () => {
    const { speak } = signedIn(['write'])
    expect(await speak(request).publish(draft())).toMatchObject({ author: 'Ada', authorId: 'a1' })
    expect((await speak(request).publish(draft({ draftId: 'e', author: 'ADA' }))).author).toBe('Ada')
    expect(await codeOf(() => speak(request).publish(draft({ author: 'Bob' })))).toBe('not-allowed')
    expect(used).toEqual(['Ada', 'Ada'])
  })

  it('says nothing once the session is over, though it was there before', async () => {
    const speaker = signedIn(['write']).speak(request)
    await speaker.publish(draft())
    ;(caller.session as { isOver: boolean }).isOver = true
    expect(await codeOf(() => speaker.publish(draft({ draftId: 'e' })))).toBe('not-signed-in')
    expect(hub.room('lobby').lastSeq).toBe(1)
  })

  it('may not without the scope, nor with what is for another room', async () => {
    expect(await codeOf(() => signedIn(['read']).speak(request).publish(draft()))).toBe('not-allowed')
    expect(
      await codeOf(() =>
        signedIn([], null)
          .speak(request)
          .publish(draft({ author: 'Eve' })),
      ),
    ).toBe('not-allowed')
    expect(await codeOf(() => signedIn([], null).enter(request))).toBe('not-allowed')
    expect(used).toEqual([])
  })

  it('is heard by nobody when their name could not be kept', async () => {
    const door = createDoor({
      hub,
      callerOf: () => caller,
      beforeSpeaking() {
        throw new ChatError('not-stored', 'the disk is full')
      },
    })
    signedIn(['write'])
    expect(await codeOf(() => door.speak(request).publish(draft()))).toBe('not-stored')
    expect(hub.room('lobby').lastSeq).toBe(0)
  })
})
