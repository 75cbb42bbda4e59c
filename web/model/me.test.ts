/** What the page knows about who it writes for. */
import { expect, it } from 'vitest'
import { createManualClock, settle } from '../../lab/verify/kit/manual-clock.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { createMe, type MeOptions } from './me.ts'

interface Question {
  readonly line: string
  readonly body: unknown
  answer(status: number, body: unknown): Promise<void>
  fail(): Promise<void>
}

function createFixture({ tabs, allowsCookies }: MeOptions = {}) {
  const questions: Question[] = []
  const clock = createManualClock()
  const me = createMe(
    {
      clock,
      random: () => 0.5,
      fetch: (url, init) =>
        new Promise((resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
          const { pathname, search } = new URL(String(url))
          questions.push({
            line: `${init?.method} ${pathname}${search}`,
            body: init?.body ? JSON.parse(String(init.body)) : null,
            async answer(status, body) {
              resolve(new Response(body === null ? null : JSON.stringify(body), { status }))
              await settle()
            },
            async fail() {
              reject(new TypeError('no network'))
              await settle()
            },
          })
        }),
    },
    'http://lab.invalid',
    { ...(tabs && { tabs }), ...(allowsCookies && { allowsCookies }) },
  )
  let changes = 0
  me.onChange(() => changes++)
  const lines = () => questions.map(({ line }) => line)
  const last = () => questions.at(-1)!
  return { me, clock, questions, lines, last, changes: () => changes }
}
const ADA = { id: 'a1', name: 'Ada', kind: 'guest' } as const

/** A page on which Ada has signed in. */
async function signedIn(options?: MeOptions) {
  const fixture = createFixture(options)
  const ready = fixture.me.ready()
  await fixture.last().answer(200, { person: ADA })
  await ready
  return fixture
}

it('is a visitor until the server says otherwise, and tells of it once', async () => {
  const { me, questions, lines, changes } = createFixture()
  expect(me.person).toBeNull()
  const ready = [me.ready(), me.ready()]
  expect(lines()).toEqual(['GET /session'])
  await questions[0]!.answer(200, { person: null })
  await Promise.all(ready)
  expect(changes()).toBe(0)
  void me.refresh()
  await questions[1]!.answer(200, { person: ADA, scopes: ['read'] })
  void me.refresh()
  await questions[2]!.answer(200, { person: ADA, scopes: ['read'] })
  expect([me.person, changes()]).toEqual([ADA, 1])
})

it('comes, becomes a member, goes; and believes each when the cookie has come back', async () => {
  const { me, questions, lines, last, changes } = createFixture()
  const coming = me.signInAsGuest('Ada')
  expect(questions[0]).toMatchObject({ line: 'POST /session', body: { name: 'Ada', ticket: true } })
  await last().answer(201, { person: ADA, ticket: 't' })
  expect(me.person, 'before the cookie has come back').toBeNull()
  await last().answer(200, { person: ADA })
  await coming
  expect(me.person).toEqual(ADA)
  const becoming = me.signUp('Ada', 'a long passphrase')
  expect(last()).toMatchObject({
    line: 'POST /people',
    body: { name: 'Ada', passphrase: 'a long passphrase', ticket: true },
  })
  await last().answer(201, { person: { ...ADA, kind: 'member' }, ticket: 't' })
  await last().answer(200, { person: { ...ADA, kind: 'member' } })
  await becoming
  expect(me.person?.kind).toBe('member')
  const going = me.signOut()
  expect(last().line).toBe('DELETE /session')
  await last().answer(204, null)
  await going
  expect([me.person, changes()]).toEqual([null, 3])
  expect(lines()).toHaveLength(5)
})

it('stays who it was when the server refuses, and says why', async () => {
  const { me, last } = await signedIn()
  const refused = expect(me.signIn('Bob', 'wrong')).rejects.toMatchObject({ code: 'wrong-passphrase' })
  await last().answer(401, { code: 'wrong-passphrase', message: 'no' })
  await refused
  expect(me.person).toEqual(ADA)
})

it('is uncertain while the server does not answer, and asks again until it does', async () => {
  const { me, clock, lines, last, changes } = await signedIn()
  const asked = me.refresh() // it throws nothing
  await last().answer(502, 'a proxy')
  await asked
  expect([me.person, me.isCertain, changes()]).toEqual([ADA, false, 2])
  await clock.pass(250)
  await last().fail()
  await clock.pass(500)
  await last().answer(200, { person: null })
  expect([me.person, me.isCertain]).toEqual([null, true])
  await clock.pass(60_000)
  expect([lines().length, clock.alarms]).toEqual([4, 0])
})

it('gives a question up that is not answered, so that no lane waits for it', async () => {
  const { me, clock } = createFixture()
  const ready = me.ready()
  await clock.pass(3_000)
  await ready
  expect(me.isCertain).toBe(false)
})

it('asks once for all the reasons that come while it asks, and once more for those that came after', async () => {
  const { me, questions, lines, last } = await signedIn()
  const all = [me.refresh(), me.refresh(), me.refresh()]
  expect(lines()).toHaveLength(2)
  await questions[1]!.answer(200, { person: ADA })
  expect(lines(), 'the first may have been answered before the third reason came').toHaveLength(3)
  await last().answer(200, { person: null })
  await Promise.all(all)
  expect([me.person, lines().length]).toEqual([null, 3])
})

it('does not believe an answer that a sign-in has overtaken', async () => {
  const { me, questions, last } = createFixture()
  void me.refresh()
  const coming = me.signInAsGuest('Ada')
  await questions[1]!.answer(201, { person: ADA, ticket: 't' })
  await questions[0]!.answer(200, { person: null })
  await last().answer(200, { person: ADA })
  await coming
  expect(me.person).toEqual(ADA)
})

it.each(['not-signed-in', 'not-allowed', 'name-taken', 'not-found'] as const)(
  'asks when something is refused as %s, by whichever way',
  async (code) => {
    const { me, lines, last } = await signedIn()
    me.refused(new ChatError(code, 'no'))
    expect(lines()).toEqual(['GET /session', 'GET /session'])
    await last().answer(200, { person: null })
    expect(me.person).toBeNull()
  },
)

it('asks for no refusal that has another reason', async () => {
  const { me, lines } = await signedIn()
  for (const code of ['too-large', 'too-many-requests', 'unreachable'] as const) {
    me.refused(new ChatError(code, 'no'))
  }
  expect(lines()).toHaveLength(1)
})

it('believes no sign-in whose cookie does not come back, says so, and gives the name free', async () => {
  const { me, lines, last } = createFixture()
  const refused = expect(me.signInAsGuest('Nora')).rejects.toThrow(/keeps no cookie/)
  await last().answer(201, { person: { id: 'n', name: 'Nora', kind: 'guest' }, ticket: 'a-ticket' })
  await last().answer(200, { person: null })
  expect(lines()).toEqual(['POST /session', 'GET /session', 'DELETE /session?ticket=a-ticket'])
  await last().answer(204, null)
  await refused
  expect([me.person, me.keepsNoCookie]).toEqual([null, true])
})

it('takes no name at all in a browser that says it keeps no cookies', async () => {
  const { me, lines } = createFixture({ allowsCookies: () => false })
  await expect(me.signInAsGuest('Nora')).rejects.toThrow(/keeps no cookie/)
  expect([lines(), me.keepsNoCookie]).toEqual([[], true])
})

it('does not say that a browser keeps no cookie when the server did not answer', async () => {
  const { me, clock, last } = createFixture()
  const refused = expect(me.signInAsGuest('Ada')).rejects.toMatchObject({ code: 'unreachable' })
  await last().answer(201, { person: ADA, ticket: 't' })
  await last().fail()
  await refused
  expect([me.person, me.isCertain, me.keepsNoCookie]).toEqual([null, false, false])
  await clock.pass(15_000)
  await last().answer(200, { person: ADA })
  expect([me.person, me.isCertain]).toEqual([ADA, true])
})

it('signing out of a session that has ended elsewhere is no failure', async () => {
  const { me, last } = await signedIn()
  const going = me.signOut()
  await last().answer(401, { code: 'not-signed-in', message: 'sign in first' })
  await last().answer(200, { person: null })
  await going
  expect(me.person).toBeNull()
})

it('tabs tell each other, and none of them tells what it has been told', async () => {
  const told: (() => void)[] = []
  let tells = 0
  const tabs = { tell: () => void tells++, onTold: (listener: () => void) => void told.push(listener) }
  const { me, lines, last } = await signedIn({ tabs })
  expect(tells, 'it has found out who it is, which the others may not know yet').toBe(1)
  told[0]!()
  expect(lines()).toHaveLength(2)
  await last().answer(200, { person: null })
  expect([me.person, tells]).toEqual([null, 1])
  const coming = me.signInAsGuest('Ada')
  await last().answer(201, { person: ADA, ticket: 't' })
  await last().answer(200, { person: ADA })
  await coming
  expect(tells).toBe(2)
})

it('gives tokens and takes them back', async () => {
  const { me, questions } = createFixture()
  const secret = me.giveToken('bot', ['write'], 'kitchen')
  expect(questions[0]!.body).toEqual({ label: 'bot', scopes: ['write'], room: 'kitchen' })
  await questions[0]!.answer(201, { id: 't1', token: 'lab_x' })
  expect(await secret).toBe('lab_x')
  void me.giveToken('bot', ['read'], null)
  expect(questions[1]!.body).toEqual({ label: 'bot', scopes: ['read'] })
  const list = me.tokens()
  await questions[2]!.answer(200, { tokens: [{ id: 't1', label: 'bot', scopes: ['write'] }] })
  expect(await list).toEqual([{ id: 't1', label: 'bot', scopes: ['write'] }])
  void me.revokeToken('t1')
  expect(questions[3]!.line).toBe('DELETE /tokens/t1')
})

it('what was begun as one person is ended as the same person, or not at all', async () => {
  const { me, last } = await signedIn()
  const writer = me.writer('Calm Otter')
  expect(writer.name).toBe('Ada')
  await writer.check()
  void me.refresh()
  const refused = expect(writer.check()).rejects.toThrow(/begun as Ada/)
  await last().answer(200, { person: { ...ADA, id: 'b2', name: 'Bob' } })
  await refused
  expect(me.writer('Calm Otter').name).toBe('Bob')
})

it('what was begun unsigned is for the server to judge', async () => {
  const { me, last } = createFixture()
  const writer = me.writer('Calm Otter')
  expect(writer.name).toBe('Calm Otter')
  void me.refresh()
  const check = writer.check()
  await last().answer(200, { person: ADA })
  await check
})
