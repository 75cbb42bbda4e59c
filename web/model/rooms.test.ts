/** The rooms on the page: what is asked, what is kept of the answers, and what is said when it fails. */
import { describe, expect, it } from 'vitest'
import { createRooms, type RoomInfo } from './rooms.ts'

const LOBBY: RoomInfo = { name: 'lobby', kind: 'public' }
const GARDEN: RoomInfo = { name: '~garden', kind: 'group', title: 'Garden', role: 'owner', members: 1 }
const ADA = { id: 'a', name: 'Ada', role: 'owner' }

function fixture() {
  const asked: string[] = []
  const bodies: unknown[] = []
  const refused: string[] = []
  let answer: (line: string) => Response | Promise<Response> = (line) =>
    line.endsWith('/members') ? json({ members: [ADA] }) : json({ rooms: [GARDEN, LOBBY] })
  const rooms = createRooms({
    origin: 'http://lab',
    platform: {
      fetch: async (input, { method = 'GET', body } = {}) => {
        const line = `${method} ${String(input).replace('http://lab', '')}`
        asked.push(line)
        if (typeof body === 'string') bodies.push(JSON.parse(body))
        return answer(line)
      },
    },
    onRefused: ({ code }) => void refused.push(code),
    onChange() {},
  })
  return { rooms, refused, asked, bodies, answerWith: (next: typeof answer) => (answer = next) }
}
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })

describe('looking around', () => {
  it('asks for the members of a private room that one belongs to, and of no other', async () => {
    const { rooms, asked } = fixture()
    await rooms.look('lobby')
    expect(rooms.members).toEqual([])
    await rooms.look('~garden')
    expect(rooms.list).toEqual([GARDEN, LOBBY])
    expect(rooms.members).toEqual([ADA])
    await rooms.look('~somewhere')
    expect(asked).toEqual(['GET /rooms', 'GET /rooms', 'GET /rooms/~garden/members', 'GET /rooms'])
  })

  it('keeps what it has when that fails, and shows no error', async () => {
    const { rooms, answerWith } = fixture()
    await rooms.look('~garden')
    answerWith(() => Promise.reject(new TypeError('no network')))
    await rooms.look('~garden')
    expect(rooms.members).toEqual([ADA])
    expect(rooms.problem).toBeNull()
  })

  it('shows nothing of one person to the next, also when the answer comes late', async () => {
    const { rooms, answerWith } = fixture()
    await rooms.look('~garden')
    let release = (_answer: Response) => {}
    answerWith(() => new Promise((resolve) => (release = resolve)))
    const slow = rooms.look('lobby')
    rooms.forget()
    expect([rooms.list, rooms.members, rooms.hasLooked]).toEqual([[], [], false])
    release(json({ rooms: [GARDEN] }))
    await slow
    expect([rooms.list, rooms.members, rooms.hasLooked]).toEqual([[], [], false])
  })

  it('lets an answer go that was overtaken', async () => {
    const { rooms, answerWith } = fixture()
    let release = (_answer: Response) => {}
    answerWith(() => new Promise((resolve) => (release = resolve)))
    const slow = rooms.look('lobby')
    answerWith(() => json({ rooms: [LOBBY] }))
    await rooms.look('lobby')
    release(json({ rooms: [] }))
    await slow
    expect(rooms.list).toEqual([LOBBY])
  })
})

describe('doing something', () => {
  it('asks the server for it', async () => {
    const { rooms, asked, bodies, answerWith } = fixture()
    answerWith(() => json({ name: '~new' }, 201))
    expect(await rooms.makeGroup('Picnic')).toBe('~new')
    expect(await rooms.talkWith('Bob')).toBe('~new')
    answerWith(() => new Response(null, { status: 204 }))
    expect(await rooms.join('~new')).toBe(true)
    expect(await rooms.setRole('~new', 'Bob / Co?', 'invited')).toBe(true)
    expect(await rooms.remove('~new', 'Bob')).toBe(true)
    expect(asked).toEqual([
      'POST /rooms',
      'POST /rooms',
      'POST /rooms/~new/join',
      'PUT /rooms/~new/members/Bob%20%2F%20Co%3F',
      'DELETE /rooms/~new/members/Bob',
    ])
    expect(bodies).toEqual([
      { kind: 'group', title: 'Picnic' },
      { kind: 'pair', with: 'Bob' },
      { role: 'invited' },
    ])
  })

  it('says why it did not work, until something else does', async () => {
    const { rooms, answerWith } = fixture()
    answerWith(() => json({ code: 'not-found', message: 'no person is called "Zed"' }, 404))
    expect(await rooms.talkWith('Zed')).toBeNull()
    expect(rooms.problem).toBe('no person is called "Zed"')
    expect(rooms.isBusy).toBe(false)
    answerWith(() => json({}))
    await rooms.join('~garden')
    expect(rooms.problem).toBeNull()
  })
})
