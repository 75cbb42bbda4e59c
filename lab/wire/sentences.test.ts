/** A user's words keep their direction to themselves, wherever the server or the page quotes them. */
import { expect, it } from 'vitest'
import { startServerWithUsers } from '../verify/kit/test-user.ts'
import { isolated, quoted, withoutIsolates } from './names.ts'

const DANA = 'דנה'
const ISOLATED = `\u2068${DANA}\u2069`

it.each([
  ['Ada', 'Ada'],
  ['žluť 茶 🚲', 'žluť 茶 🚲'],
  [DANA, ISOLATED],
  ['سلام', '\u2068سلام\u2069'],
  ['a\u202eb', '\u2068a\u202eb\u2069'],
])('%s is isolated only when it could turn anything around', (words, expected) => {
  expect(isolated(words)).toBe(expected)
  expect(withoutIsolates(expected)).toBe(words)
})

it('what is quoted cannot end its quotation', () => {
  expect(quoted('a"b')).toBe('"a\\"b"')
  expect(quoted(DANA)).toBe(`\u2068"${DANA}"\u2069`)
})

it('each sentence of the server that quotes a name isolates it', async () => {
  const server = await startServerWithUsers()
  try {
    const [dana, ada] = [await server.signIn(DANA), await server.signIn('Ada')]
    const words = async (answer: ReturnType<typeof dana.ask>) =>
      ((await answer).body as { message: string }).message
    const draft = { draftId: 'd', text: 'hi' }
    const say = (author: string) => ({ ...draft, author })
    const { body } = await dana.ask('POST', '/rooms', { kind: 'group', title: DANA })
    const members = `/rooms/${(body as { name: string }).name}/members`
    const other = `${DANA}ה`
    const sentences = [
      words(server.visitor.ask('POST', '/session', { name: DANA })),
      words(server.visitor.ask('POST', '/rooms/lobby/messages', say(DANA))),
      words(dana.ask('POST', '/rooms/lobby/messages', say(ada.name))),
      words(dana.ask('PUT', `${members}/${encodeURIComponent(other)}`, { role: 'member' })),
      words(dana.ask('DELETE', `${members}/${encodeURIComponent(other)}`)),
      words(dana.ask('PUT', `${members}/${encodeURIComponent(DANA)}`, { role: 'invited' })),
      words(dana.ask('POST', '/rooms/lobby/messages', { ...draft, [DANA]: 1 })),
      words(dana.ask('POST', '/rooms', { kind: 'group', title: 'x', [DANA]: 1 })),
      words(dana.ask('POST', '/session', { name: 'x', [DANA]: 1 })),
    ]
    for (const sentence of await Promise.all(sentences)) {
      expect(sentence).toMatch(/[\u0590-\u05ff]/)
      expect(sentence.replace(/\u2068[^\u2069]*\u2069/g, '')).not.toMatch(/[\u0590-\u05ff]/)
    }
  } finally {
    await server.close()
  }
})
