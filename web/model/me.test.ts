/** What the page knows about who it writes for. */
import { expect, it } from 'vitest'
import { createMe } from './me.ts'

interface Question {
  readonly line: string
  readonly body: unknown
  answer(status: number, body: unknown): Promise<void>
}

function createStage() {
  const questions: Question[] = []
  const me = createMe(
    {
      fetch: (url, init) =>
        new Promise((resolve) => {
          questions.push({
            line: `${init?.method} ${new URL(String(url)).pathname}`,
            body: init?.body ? JSON.parse(String(init.body)) : null,
            async answer(status, body) {
              resolve(new Response(body === null ? null : JSON.stringify(body), { status }))
              await new Promise((next) => setTimeout(next, 0))
            },
          })
        }),
    },
    'http://lab.invalid',
  )
  let changes = 0
  me.onChange(() => changes++)
  return { me, questions, changes: () => changes }
}
const ADA = { id: 'a1', name: 'Ada', kind: 'guest' } as const

it('is nobody until the server says otherwise, and tells of it once', async () => {
  const { me, questions, changes } = createStage()
  expect(me.person).toBeNull()
  const ready = [me.ready(), me.ready()]
  expect(questions.map(({ line }) => line)).toEqual(['GET /session'])
  await questions[0]!.answer(200, { person: null })
  await Promise.all(ready)
  expect(changes()).toBe(0)
  void me.refresh()
  await questions[1]!.answer(200, { person: ADA, scopes: ['read'] })
  void me.refresh()
  await questions[2]!.answer(200, { person: ADA, scopes: ['read'] })
  expect([me.person, changes()]).toEqual([ADA, 1])
})

it('comes, becomes a member, goes', async () => {
  const { me, questions, changes } = createStage()
  void me.enter('Ada')
  expect(questions[0]).toMatchObject({ line: 'POST /session', body: { name: 'Ada' } })
  await questions[0]!.answer(201, { person: ADA })
  void me.signUp('Ada', 'a long passphrase')
  expect(questions[1]).toMatchObject({
    line: 'POST /people',
    body: { name: 'Ada', passphrase: 'a long passphrase' },
  })
  await questions[1]!.answer(201, { person: { ...ADA, kind: 'member' } })
  expect(me.person?.kind).toBe('member')
  void me.signOut()
  expect(questions[2]!.line).toBe('DELETE /session')
  await questions[2]!.answer(204, null)
  expect([me.person, changes()]).toEqual([null, 3])
})

it('stays who it was when the server refuses, and says why', async () => {
  const { me, questions } = createStage()
  void me.enter('Ada')
  await questions[0]!.answer(201, { person: ADA })
  const refused = expect(me.signIn('Bob', 'wrong')).rejects.toMatchObject({ code: 'wrong-passphrase' })
  await questions[1]!.answer(401, { code: 'wrong-passphrase', message: 'no' })
  await refused
  expect(me.person).toEqual(ADA)
  const asked = me.refresh() // it throws nothing
  await questions[2]!.answer(502, 'a proxy')
  await asked
  expect(me.person).toEqual(ADA)
})

it('believes the last answer that it asked for, and not the last to come', async () => {
  const { me, questions } = createStage()
  void me.refresh()
  void me.enter('Ada')
  await questions[1]!.answer(201, { person: ADA })
  await questions[0]!.answer(200, { person: null })
  expect(me.person).toEqual(ADA)
})

it('gives tokens and takes them back', async () => {
  const { me, questions } = createStage()
  const secret = me.giveToken('bot', ['write'], 'kitchen')
  expect(questions[0]!.body).toEqual({ label: 'bot', scopes: ['write'], room: 'kitchen' })
  await questions[0]!.answer(201, { id: 't1', token: 'lab_x' })
  expect(await secret).toBe('lab_x')
  void me.giveToken('bot', ['read'], null)
  expect(questions[1]!.body).toEqual({ label: 'bot', scopes: ['read'] })
  const list = me.tokens()
  await questions[2]!.answer(200, { tokens: [{ id: 't1', label: 'bot', scopes: ['write'] }] })
  expect(await list).toEqual([{ id: 't1', label: 'bot', scopes: ['write'] }])
  void me.takeBack('t1')
  expect(questions[3]!.line).toBe('DELETE /tokens/t1')
})
