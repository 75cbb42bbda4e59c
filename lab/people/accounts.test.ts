/** People without HTTP: what they can do with their names, and what becomes of it when the server restarts. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryRecords, type Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'
import { type Accounts, createAccounts, type SignedIn } from './accounts.ts'
import type { Passphrases } from './passphrases.ts'
import { MAX_BROWSERS, MAX_TOKENS, type OpenSession, SESSION_MS } from './sessions.ts'

const PHRASE = 'correct horse battery staple'
const ANOTHER_PHRASE = 'incorrect donkey capacitor glue'
const DAY_MS = 24 * 3_600_000
let time = 0
let isFull = false
let kept: Records
let accounts: Accounts

const records: Records = {
  all: (kind) => kept.all(kind),
  put(changes) {
    if (isFull) throw new Error('the disk is full')
    kept.put(changes)
  },
}
const restart = () => {
  accounts = createAccounts(records, () => time)
}
beforeEach(() => {
  time = 1_700_000_000_000
  isFull = false
  kept = createMemoryRecords()
  restart()
})

const sessionOf = ({ secret }: SignedIn): OpenSession => accounts.sessions.find(secret)!
const codeOf = async (act: () => unknown) => {
  try {
    await act()
    return 'no error'
  } catch (error) {
    if (error instanceof ChatError) return error.code
    throw error
  }
}

/** Passphrases whose hashes are ready when the test says so. */
function slowPassphrases() {
  const jobs: string[] = []
  const endings: (() => void)[] = []
  const later = <T>(job: string, result: T) =>
    new Promise<T>((resolve) => {
      jobs.push(job)
      endings.push(() => resolve(result))
    })
  const passphrases: Passphrases = {
    hash: (passphrase) => later('hash', `hash of ${passphrase}`),
    fits: (kept, passphrase) => later('fits', kept === `hash of ${passphrase}`),
  }
  /** One of the jobs that are under way, the oldest unless said otherwise; and what waited for it goes on. */
  async function finish(index = 0): Promise<void> {
    jobs.splice(index, 1)
    endings.splice(index, 1)[0]!()
    await new Promise((next) => setImmediate(next))
  }
  return { passphrases, jobs, finish }
}
const all = () => JSON.stringify([[...kept.all('person')], [...kept.all('session')]])

describe('a guest', () => {
  it('holds a name, in all its spellings', async () => {
    const ada = accounts.signInAsGuest('Ada', null)
    expect(ada.person).toMatchObject({ name: 'Ada', kind: 'guest' })
    expect(ada.person.id).toMatch(/^[a-z0-9]{1,32}$/)
    for (const name of ['Ada', 'ADA', 'Ａｄａ', 'A\u200bda']) {
      expect(await codeOf(() => accounts.signInAsGuest(name, null))).toBe('name-taken')
      expect(await codeOf(() => accounts.signUp(name, PHRASE, null))).toBe('name-taken')
      expect(accounts.people.named(name)).toBe(ada.person)
    }
  })

  it('is told of a name that is free', () => {
    accounts.signInAsGuest('Ada', null)
    accounts.signInAsGuest('ada 2', null)
    expect(() => accounts.signInAsGuest('Ada', null)).toThrow(/Ada 3 is free/)
  })

  it('changes a name that no other user has seen, and stays the same person, in the same session', () => {
    const before = accounts.signInAsGuest('Ada', null)
    const session = sessionOf(before)
    const after = accounts.signInAsGuest('Augusta', session)
    expect(after.person).toBe(before.person)
    expect(after.person.name).toBe('Augusta')
    expect(session.caller.person?.name).toBe('Augusta') // a WebSocket that is open speaks under it too
    expect(accounts.people.named('Ada')).toBeNull()
    expect(sessionOf(after)).toBe(session)
    expect(accounts.sessions.find(before.secret)).toBeNull()
  })

  it('becomes another person when the old name was seen, and the old name is never given away', async () => {
    const before = accounts.signInAsGuest('Ada', null)
    const session = sessionOf(before)
    accounts.people.use(before.person)
    const after = accounts.signInAsGuest('Augusta', session)
    expect(after.person.id).not.toBe(before.person.id)
    expect(session.isOver).toBe(true)
    expect(await codeOf(() => accounts.signInAsGuest('Ada', sessionOf(after)))).toBe('name-taken')
    restart()
    expect(await codeOf(() => accounts.signInAsGuest('Ada', null))).toBe('name-taken')
  })

  it('that never wrote anything is forgotten with the session', () => {
    const { person, secret } = accounts.signInAsGuest('Ada', null)
    accounts.signOut(accounts.sessions.find(secret)!)
    expect(accounts.people.byId(person.id)).toBeNull()
    expect(accounts.people.count).toBe(0)
    restart()
    expect(accounts.signInAsGuest('Ada', null).person.id).not.toBe(person.id)
  })

  it('that has given a token is not forgotten while that is good', () => {
    const ada = accounts.signInAsGuest('Ada', null)
    const { session } = accounts.giveToken(ada.person, { label: 'bot', scopes: ['write'], room: null })
    accounts.signOut(sessionOf(ada))
    expect(accounts.people.named('ada')).toBe(ada.person)
    accounts.signOut(session)
    expect(accounts.people.named('ada')).toBeNull()
  })

  it('becomes a member under its own name, and keeps id, sessions and tokens', async () => {
    const guest = accounts.signInAsGuest('Ada', null)
    const session = sessionOf(guest)
    const bot = accounts.giveToken(guest.person, { label: 'bot', scopes: ['write'], room: null })
    const member = await accounts.signUp('ada', PHRASE, session)
    expect(member.person).toBe(guest.person)
    expect(member.person.kind).toBe('member')
    expect(session.isOver).toBe(false)
    expect(sessionOf(member)).toBe(session)
    expect(accounts.sessions.find(bot.secret)).toBe(bot.session)
    expect(accounts.sessions.find(guest.secret), 'the secret that was there before').toBeNull()
  })
})

describe('a member', () => {
  it('signs in by the passphrase, in any spelling of both', async () => {
    const { person } = await accounts.signUp('Zoé', 'Un café, s’il vous plaît', null)
    const again = await accounts.signIn('ZOE\u0301', 'Un cafe\u0301, s’il vous plai\u0302t', null)
    expect(again.person).toBe(person)
  })

  it('is given a new secret each time, and the old session of the browser ends', async () => {
    const first = await accounts.signUp('Ada', PHRASE, null)
    const session = sessionOf(first)
    const second = await accounts.signIn('Ada', PHRASE, session)
    expect(second.secret).not.toBe(first.secret)
    expect(session.isOver).toBe(true)
    expect(accounts.sessions.find(first.secret)).toBeNull()
    expect(sessionOf(second).person).toBe(first.person)
  })

  it('is refused in the same words, whichever of name and passphrase is wrong', async () => {
    await accounts.signUp('Ada', PHRASE, null)
    accounts.signInAsGuest('Guest', null)
    const errors = await Promise.all(
      [
        ['Ada', 'wrong horse battery staple'],
        ['Unknown', PHRASE],
        ['Guest', PHRASE],
      ].map(([name, phrase]) => accounts.signIn(name!, phrase!, null).catch((error: unknown) => error)),
    )
    expect(new Set(errors.map((error) => JSON.stringify(error)))).toEqual(
      new Set(['{"code":"wrong-passphrase","message":"there is no such name with this passphrase"}']),
    )
  })

  it('is one, when two ask for the name at once', async () => {
    const both = await Promise.allSettled([
      accounts.signUp('Ada', PHRASE, null),
      accounts.signUp('ADA', PHRASE, null),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(accounts.people.count).toBe(1)
  })

  it('has no more browsers than can be kept apart: the oldest is signed out', async () => {
    const { person } = await accounts.signUp('Ada', PHRASE, null)
    const secrets: string[] = []
    // Not by the passphrase each time: that is another test.
    for (let i = 0; i < MAX_BROWSERS; i++) {
      secrets.push(accounts.transactor.change(() => accounts.sessions.begin(person.id)))
    }
    expect(accounts.sessions.of(person)).toHaveLength(MAX_BROWSERS)
    const oldest = accounts.sessions.find(secrets[0]!)!
    accounts.transactor.change(() => accounts.sessions.begin(person.id))
    expect(oldest.isOver).toBe(true)
    expect(accounts.sessions.of(person)).toHaveLength(MAX_BROWSERS)
    restart()
    expect(accounts.sessions.of(accounts.people.named('Ada')!)).toHaveLength(MAX_BROWSERS)
  })

  it('changes the passphrase: all other browsers are signed out, and tokens go on', async () => {
    const here = await accounts.signUp('Ada', PHRASE, null)
    const elsewhere = sessionOf(await accounts.signIn('Ada', PHRASE, null))
    const bot = accounts.giveToken(here.person, { label: 'bot', scopes: ['read'], room: null })
    const session = sessionOf(here)
    const after = await accounts.changePassphrase(session, PHRASE, ANOTHER_PHRASE)
    expect(sessionOf(after)).toBe(session)
    expect(accounts.sessions.find(here.secret), 'the secret that was there before').toBeNull()
    expect([session.isOver, elsewhere.isOver, bot.session.isOver]).toEqual([false, true, false])
    for (const when of ['at once', 'after a restart']) {
      expect(await codeOf(() => accounts.signIn('Ada', PHRASE, null)), when).toBe('wrong-passphrase')
      expect((await accounts.signIn('Ada', ANOTHER_PHRASE, null)).person.id, when).toBe(here.person.id)
      restart()
    }
    expect(accounts.sessions.find(bot.secret)).not.toBeNull()
  })

  it('a caller who does not know the passphrase does not change it, and no session is signed out', async () => {
    const ada = await accounts.signUp('Ada', PHRASE, null)
    const elsewhere = sessionOf(await accounts.signIn('Ada', PHRASE, null))
    const before = all()
    expect(await codeOf(() => accounts.changePassphrase(sessionOf(ada), ANOTHER_PHRASE, PHRASE))).toBe(
      'wrong-passphrase',
    )
    expect(all()).toBe(before)
    expect(elsewhere.isOver).toBe(false)
  })

  it('whom a change signs out changes nothing any more, nor signs in by what was said before', async () => {
    const { passphrases, jobs, finish } = slowPassphrases()
    accounts = createAccounts(records, () => time, undefined, passphrases)
    const signUp = accounts.signUp('Ada', PHRASE, null)
    await finish()
    const mine = sessionOf(await signUp)
    const before = accounts.signIn('Ada', PHRASE, null)
    await finish()
    const thiefs = sessionOf(await before)

    // All of them show the passphrase that is right by then; who is done first decides.
    const late = codeOf(() => accounts.changePassphrase(thiefs, PHRASE, 'what the thief would like'))
    await finish()
    const change = accounts.changePassphrase(mine, PHRASE, ANOTHER_PHRASE)
    const signIn = codeOf(() => accounts.signIn('Ada', PHRASE, null))
    expect(jobs).toEqual(['hash', 'fits', 'fits'])
    await finish(1)
    await finish(2)
    expect(sessionOf(await change)).toBe(mine)
    await finish()
    await finish()
    expect(await Promise.all([late, signIn])).toEqual(['not-signed-in', 'wrong-passphrase'])
    expect(accounts.sessions.of(mine.person)).toEqual([mine])
  })

  it('has so many tokens and no more', async () => {
    const { person } = await accounts.signUp('Ada', PHRASE, null)
    const give = () => accounts.giveToken(person, { label: 'bot', scopes: ['read'], room: null })
    for (let i = 0; i < MAX_TOKENS; i++) give()
    expect(await codeOf(give)).toBe('not-allowed')
  })
})

describe('when there are too many people', () => {
  const crowd = (max: number) => {
    accounts = createAccounts(records, () => time, max)
  }
  it('guests whose name no other user has seen give way, with their sessions', () => {
    crowd(3)
    const [seen, unseen] = [accounts.signInAsGuest('Seen', null), accounts.signInAsGuest('Unseen', null)]
    accounts.people.use(seen.person)
    accounts.signInAsGuest('Third', null)
    const session = sessionOf(unseen)
    accounts.signInAsGuest('Fourth', null)
    expect(session.isOver).toBe(true)
    expect(accounts.people.named('Unseen')).toBeNull()
    expect(accounts.people.count).toBe(3)
    restart()
    expect(accounts.people.count).toBe(3)
    expect(accounts.people.named('Seen')).not.toBeNull()
    expect(accounts.sessions.find(unseen.secret)).toBeNull()
  })

  it('no guest is admitted any more when all of them have been seen, and none is removed', async () => {
    crowd(2)
    for (const name of ['One', 'Two']) accounts.people.use(accounts.signInAsGuest(name, null).person)
    expect(await codeOf(() => accounts.signInAsGuest('Three', null))).toBe('not-stored')
    expect(await codeOf(() => accounts.signUp('Three', PHRASE, null))).toBe('not-stored')
    expect(accounts.people.count).toBe(2)
  })

  it('the browser of the one who gives way can be the one who comes', async () => {
    crowd(1)
    const first = accounts.signInAsGuest('First', null)
    const second = await accounts.signUp('Second', PHRASE, sessionOf(first))
    expect([accounts.people.count, sessionOf(second).person.name]).toEqual([1, 'Second'])
    expect(accounts.sessions.find(first.secret)).toBeNull()
  })
})

describe('a session', () => {
  it('tells all that was opened with it of its end, once each', () => {
    const session = sessionOf(accounts.signInAsGuest('Ada', null))
    const told: string[] = []
    session.onEnd(() => told.push('one'))
    const stop = session.onEnd(() => told.push('two'))
    session.onEnd(() => told.push('three'))
    stop()
    accounts.signOut(session)
    accounts.sweep()
    expect(told).toEqual(['one', 'three'])
  })

  it('that is over tells who asks later, and not before they have finished asking', async () => {
    const session = sessionOf(accounts.signInAsGuest('Ada', null))
    accounts.signOut(session)
    const told: string[] = []
    session.onEnd(() => told.push('late'))
    session.onEnd(() => told.push('stopped'))()
    expect(told).toEqual([])
    await Promise.resolve()
    expect(told).toEqual(['late'])
  })

  it('ends after its time, to the millisecond, and its connections with the next sweep', () => {
    const { secret } = accounts.signInAsGuest('Ada', null)
    const session = accounts.sessions.find(secret)!
    let isTold = false
    session.onEnd(() => (isTold = true))
    time += SESSION_MS - 1
    accounts.sweep()
    expect(accounts.sessions.find(secret)).toBe(session)
    time += 1
    expect(accounts.sessions.find(secret)).toBeNull()
    expect(isTold).toBe(false)
    accounts.sweep()
    expect(isTold).toBe(true)
    expect(all()).toBe('[[],[]]')
  })

  it('goes on for who keeps coming', () => {
    const first = accounts.signInAsGuest('Ada', null)
    const session = sessionOf(first)
    time += SESSION_MS / 2 - DAY_MS
    expect(accounts.renew(session)).toBe(false)
    time += 2 * DAY_MS
    expect(accounts.renew(session)).toBe(true)
    time += SESSION_MS - 1
    accounts.sweep()
    expect(accounts.sessions.find(first.secret)).toBe(session)
    restart()
    expect(accounts.sessions.find(first.secret)).not.toBeNull()
  })

  it('is remembered for a minute when it has ended, for requests that were on their way', () => {
    const { secret } = accounts.signInAsGuest('Ada', null)
    const lately = () => accounts.sessions.endedLately(secret)
    expect(lately()).toBe(false)
    accounts.signInAsGuest('Augusta', accounts.sessions.find(secret)) // the same session, under another secret
    expect([accounts.sessions.find(secret), lately()]).toEqual([null, true])
    time += 59_999
    expect(lately()).toBe(true)
    time += 1
    expect(lately()).toBe(false)
    expect(accounts.sessions.endedLately('made up')).toBe(false)
  })
})

describe('a token', () => {
  it('has no end but to be taken back, and may do what it says', () => {
    const { person } = accounts.signInAsGuest('Ada', null)
    const { session, secret } = accounts.giveToken(person, {
      label: 'bot',
      scopes: ['write'],
      room: 'kitchen',
    })
    expect(secret).toMatch(/^lab_[\w-]{43}$/)
    time += 100 * SESSION_MS
    accounts.sweep()
    expect(accounts.sessions.find(secret)).toBe(session)
    expect(session.caller).toMatchObject({ person, scopes: new Set(['write']), session })
    expect(session.room).toBe('kitchen')
    accounts.signOut(session)
    expect(session.isOver).toBe(true)
    expect(accounts.sessions.find(secret)).toBeNull()
  })
})

describe('when the server restarts', () => {
  it('every person is the one they were, and can prove it', async () => {
    const guest = accounts.signInAsGuest('Guest', null)
    const member = await accounts.signUp('Ada', PHRASE, null)
    const bot = accounts.giveToken(member.person, { label: 'bot', scopes: ['read'], room: 'kitchen' })
    restart()
    expect(sessionOf(guest).person).toMatchObject({ id: guest.person.id, name: 'Guest', kind: 'guest' })
    expect(sessionOf(member).person).toMatchObject({ id: member.person.id, name: 'Ada', kind: 'member' })
    expect(accounts.sessions.find(bot.secret)).toMatchObject({ label: 'bot', room: 'kitchen' })
    expect((await accounts.signIn('Ada', PHRASE, null)).person.id).toBe(member.person.id)
  })

  it('who has signed out stays so', () => {
    const { secret, person } = accounts.signInAsGuest('Guest', null)
    accounts.people.use(person)
    accounts.signOut(accounts.sessions.find(secret)!)
    restart()
    expect(accounts.sessions.find(secret)).toBeNull()
    expect(accounts.people.named('guest')).toMatchObject({ id: person.id })
  })

  it('nothing that is stored can be used to sign in', async () => {
    const { person, secret } = await accounts.signUp('Ada', PHRASE, null)
    const bot = accounts.giveToken(person, { label: 'bot', scopes: ['read'], room: null })
    expect(all()).not.toContain(PHRASE)
    expect(all()).not.toContain(secret)
    expect(all()).not.toContain(bot.secret)
    expect(all()).not.toContain(bot.secret.slice(4))
    expect(all()).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
  })
})

describe('on a disk that is full', () => {
  it('nothing is taken, and nothing has changed', async () => {
    const ada = await accounts.signUp('Ada', PHRASE, null)
    const guest = accounts.signInAsGuest('Guest', null)
    const [adas, guests] = [sessionOf(ada), sessionOf(guest)]
    const before = all()
    isFull = true
    for (const act of [
      () => accounts.signInAsGuest('Bob', null),
      () => accounts.signUp('Bob', PHRASE, null),
      () => accounts.signIn('Ada', PHRASE, adas),
      () => accounts.changePassphrase(adas, PHRASE, ANOTHER_PHRASE),
      () => accounts.signInAsGuest('Guest two', guests),
      () => accounts.signUp('Guest', PHRASE, guests),
      () => accounts.signOut(guests),
      () => accounts.people.use(guest.person),
      () => accounts.giveToken(ada.person, { label: 'bot', scopes: ['read'], room: null }),
    ]) {
      expect(await codeOf(act)).toBe('not-stored')
    }
    isFull = false
    expect(all()).toBe(before)
    expect(accounts.people.named('Bob')).toBeNull()
    expect(accounts.people.named('Guest two')).toBeNull()
    expect(accounts.people.isUsed(guest.person)).toBe(false)
    expect([adas.isOver, guests.isOver]).toEqual([false, false])
    expect([sessionOf(ada), sessionOf(guest)]).toEqual([adas, guests])
    expect(accounts.sessions.of(ada.person)).toHaveLength(1)
    expect(guest.person).toMatchObject({ name: 'Guest', kind: 'guest' })
    accounts.signInAsGuest('Bob', null)
    accounts.signInAsGuest('Guest two', guests)
  })
})
