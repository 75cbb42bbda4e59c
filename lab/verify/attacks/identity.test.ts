/** Attempts to pass for another user, to stay signed in after the session has ended, and to do more than one may. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readingAddresses } from '../fifth/reading-address.ts'
import { type BrowserLike, createBrowserLike, PASSPHRASE, tokenOf } from '../kit/browser-like.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { exchange, requestText } from './raw.ts'
import { HANDSHAKE } from './raw-web-socket.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-identity-'))
let server: ServerUnderTest
let at = ''
beforeAll(async () => {
  server = await startServerUnderTest({ origins: ['https://chat.example'], data: folder })
  at = `http://${server.at}`
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const MESSAGES = '/rooms/square/messages'
let count = 0
const draft = (author?: string) => ({ draftId: `i${count++}`, text: 'let me in', ...(author && { author }) })
const browser = () => createBrowserLike(at)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
/** Each test has people of its own, who have nothing to do with the others'. */
const nextName = () => `Person ${count++}`

async function member(name = nextName()): Promise<BrowserLike & { name: string }> {
  const one = browser()
  const { status } = await one.ask('POST', '/people', { name, passphrase: PASSPHRASE })
  expect(status).toBe(201)
  return Object.assign(one, { name })
}

const addresses = await readingAddresses()
/** Where each transport is read from, and where it is written to; the socket is for both. */
const READS = [
  MESSAGES,
  // A long poll would be held; a transport that does not hold does not know the parameter.
  ...[...addresses].map(([name, { path }]) => `/transports/${name}/rooms/square/${path}?wait=0`),
]
const WRITES = [
  '',
  ...[...addresses].flatMap(([name, { upgrades }]) => (upgrades ? [] : [`/transports/${name}`])),
].map((prefix) => `${prefix}${MESSAGES}`)

/** The status of a read over whichever transport: for a socket, of its handshake. */
async function statusOfRead(path: string, ...headers: string[]): Promise<number> {
  const isSocket = path.includes('/socket')
  const lines = isSocket ? [...HANDSHAKE, ...headers] : ['Connection: close', ...headers]
  const { statuses, text } = await exchange(server.port, requestText(server.port, `GET ${path}`, lines), {
    isEnough: (text) => text.includes('\r\n\r\n'),
  })
  expect(statuses, text).toHaveLength(1)
  return statuses[0]!
}

describe('taking a name over', () => {
  const SPELLINGS = [
    (name: string) => name,
    (name: string) => name.toUpperCase(),
    (name: string) => ` ${name}\u00a0`,
    (name: string) => name.replace(' ', '  '),
    (name: string) =>
      [...name].map((c) => (/[!-~]/.test(c) ? String.fromCodePoint(c.charCodeAt(0) + 0xfee0) : c)).join(''),
    (name: string) => [...name].join('\u200b'),
    (name: string) => `\u2066${name}\u2069`,
    (name: string) => `${name}\ufeff`,
    (name: string) => `${name}\u3164`,
    (name: string) => name.replace('P', '\u{1d5e3}'),
  ]
  it.each(SPELLINGS.map((spell, index) => [index, spell] as const))(
    'by spelling %d',
    async (_index, spell) => {
      const holder = await member()
      const name = spell(holder.name)
      const thief = browser()
      const answers = [
        await thief.ask('POST', '/session', { name }),
        await thief.ask('POST', '/people', { name, passphrase: PASSPHRASE }),
      ]
      for (const { status } of answers) expect([400, 409]).toContain(status)
      // A name with characters that cannot be seen is no name at all, for any writer.
      const isHidden = /[\p{Cf}\u3164]/u.test(name)
      const refused = isHidden
        ? { status: 400, body: { code: 'bad-draft' } }
        : { status: 409, body: { code: 'name-taken' } }
      for (const path of WRITES) {
        expect(await thief.ask('POST', path, draft(name)), path).toMatchObject(refused)
      }
      const other = await member()
      for (const path of WRITES) {
        expect(await other.ask('POST', path, draft(name)), path).toMatchObject({
          status: isHidden ? 400 : 403,
        })
      }
    },
  )

  it('by saying who one is, in a field of its own', async () => {
    const holder = await member()
    const { body } = await holder.ask('GET', '/session')
    const { id } = (body as { person: { id: string } }).person
    for (const field of ['authorId', 'person', 'personId', 'id']) {
      expect((await browser().ask('POST', MESSAGES, { ...draft('Eve'), [field]: id })).status).toBe(400)
    }
    for (const header of ['x-user', 'x-forwarded-user', 'remote-user', 'x-authenticated-user']) {
      const answer = await browser().ask('POST', MESSAGES, draft('Eve'), { [header]: holder.name })
      expect(answer.body).not.toHaveProperty('authorId')
    }
  })

  it('of a guest, by becoming its member from another browser', async () => {
    const guest = browser()
    const name = nextName()
    await guest.ask('POST', '/session', { name })
    expect((await browser().ask('POST', '/people', { name, passphrase: PASSPHRASE })).status).toBe(409)
    const other = browser()
    await other.ask('POST', '/session', { name: nextName() })
    expect((await other.ask('POST', '/people', { name, passphrase: PASSPHRASE })).status).toBe(409)
    expect((await guest.ask('POST', '/people', { name, passphrase: PASSPHRASE })).status).toBe(201)
  })
})

describe('what is shown and does not hold', () => {
  const FORGED = [
    'Bearer',
    'Bearer ',
    'Bearer lab_',
    `Bearer lab_${'A'.repeat(43)}`,
    'bearer null',
    'Bearer undefined',
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.',
    'Bearer lab_x lab_y',
    'Bearer ../../etc/passwd',
    "Bearer ' OR 1=1 --",
    'Bearer __proto__',
  ]
  const LONG = ['Bearer lab_ and 4,000 characters', `Bearer lab_${'A'.repeat(4_000)}`] as const
  it.each([...FORGED.map((header) => [header, header] as const), LONG])(
    'Authorization: %s',
    async (_what, header) => {
      for (const path of READS) expect(await statusOfRead(path, `Authorization: ${header}`), path).toBe(401)
      for (const path of [...WRITES, '/session/tickets', '/tokens', '/session', '/people']) {
        const answer = await browser().ask('POST', path, draft('Eve'), { authorization: header })
        expect(answer.status, path).toBe(401)
        expect(answer.headers.get('www-authenticate'), path).toBe('Bearer')
      }
    },
  )

  it('cookies that are forged, cut short, lengthened, doubled, or of another kind', async () => {
    const ada = await member()
    const [name, secret] = ada.cookie!.split('=') as [string, string]
    const token = await tokenOf(at, nextName())
    const forged = [
      secret.slice(0, -1),
      `${secret}A`,
      secret.toLowerCase(),
      secret.split('').reverse().join(''),
      'A'.repeat(43),
      '',
      '%00',
      '"; Path=/',
      '__proto__',
      token, // a token is for the header
      Buffer.from(secret).toString('base64url'),
    ]
    for (const value of forged) {
      const cookie = `${name}=${value}`
      expect((await browser().ask('GET', '/session', undefined, { cookie })).body, value).toEqual({
        person: null,
      })
      const answer = await browser().ask('POST', MESSAGES, draft(), { cookie })
      expect([400, 401], value).toContain(answer.status)
      expect((await browser().ask('DELETE', '/session', undefined, { cookie })).status, value).toBe(401)
    }
    // An attacker who can set a cookie before ours gets their own session, and no other user's.
    const first = `${name}=${'A'.repeat(43)}; ${ada.cookie}`
    expect((await browser().ask('GET', '/session', undefined, { cookie: first })).body).toEqual({
      person: null,
    })
    // Nor is it good by another name, or as a token.
    for (const cookie of [`lab=${secret}`, `lab_1=${secret}`, `__Host-lab=${secret}`]) {
      expect((await browser().ask('GET', '/session', undefined, { cookie })).body).toEqual({ person: null })
    }
    expect((await browser().ask('GET', MESSAGES, undefined, bearer(secret))).status).toBe(401)
    expect((await browser().ask('GET', MESSAGES, undefined, bearer(`lab_${secret}`))).status).toBe(401)
    expect((await ada.ask('GET', '/session')).body).toMatchObject({ person: { name: ada.name } })
  })

  it('a ticket that was used, made up, given twice, or is for another purpose', async () => {
    const token = await tokenOf(at, nextName())
    const give = async () => {
      const { body } = await browser().ask('POST', '/session/tickets', {}, bearer(token))
      return (body as { ticket: string }).ticket
    }
    for (const path of READS) {
      const ticket = await give()
      const withTicket = `${path}${path.includes('?') ? '&' : '?'}ticket=${ticket}`
      expect([200, 101], path).toContain(await statusOfRead(withTicket))
      expect(await statusOfRead(withTicket), `${path} again`).toBe(401)
    }
    const [one, two] = [await give(), await give()]
    for (const query of ['ticket=', 'ticket=x', `ticket=${one}&ticket=${two}`, `ticket=${token}`]) {
      expect(await statusOfRead(`${MESSAGES}?${query}`), query).toBe(401)
    }
    expect((await browser().ask('POST', `${MESSAGES}?ticket=${one}`, draft())).status).toBe(401)
    expect((await browser().ask('GET', `/session?ticket=${one}`)).status).toBe(401)
    expect((await browser().ask('GET', `/tokens?ticket=${one}`)).status).toBe(401)
  })

  it('a ticket of another session than the one that is shown beside it', async () => {
    const [ada, bob] = [await member(), await member()]
    const { body } = await ada.ask('POST', '/session/tickets', {})
    const { ticket } = body as { ticket: string }
    expect((await bob.ask('GET', `${MESSAGES}?ticket=${ticket}`)).status).toBe(401)
  })
})

describe('more than one may', () => {
  it('with a token that may only read: not over any transport', async () => {
    const token = await tokenOf(at, nextName(), ['read'])
    for (const path of READS) {
      expect([200, 101], path).toContain(await statusOfRead(path, `Authorization: Bearer ${token}`))
    }
    for (const path of WRITES) {
      expect(await browser().ask('POST', path, draft(), bearer(token)), path).toMatchObject({
        status: 403,
        body: { code: 'not-allowed' },
      })
    }
  })

  it('with a token that may only write: it reads over no transport', async () => {
    const token = await tokenOf(at, nextName(), ['write'])
    for (const path of READS)
      expect(await statusOfRead(path, `Authorization: Bearer ${token}`), path).toBe(403)
    for (const path of WRITES) {
      expect((await browser().ask('POST', path, draft(), bearer(token))).status, path).toBe(201)
    }
  })

  it('with a token for another room: not over any transport, and not as a visitor either', async () => {
    const token = await tokenOf(at, nextName(), ['read', 'write'], 'kitchen')
    expect((await browser().ask('GET', '/rooms/kitchen/messages', undefined, bearer(token))).status).toBe(200)
    for (const path of READS)
      expect(await statusOfRead(path, `Authorization: Bearer ${token}`), path).toBe(403)
    for (const path of WRITES) {
      for (const author of [undefined, nextName()]) {
        expect((await browser().ask('POST', path, draft(author), bearer(token))).status, path).toBe(403)
      }
    }
    for (const path of ['/rooms/Square/messages', '/rooms/%73quare/messages']) {
      expect([400, 403]).toContain((await browser().ask('GET', path, undefined, bearer(token))).status)
    }
  })

  it('with a ticket: it reads what its token may, and no more', async () => {
    const ask = async (scopes: string[], room?: string) => {
      const token = await tokenOf(at, nextName(), scopes, room)
      const { body } = await browser().ask('POST', '/session/tickets', {}, bearer(token))
      return statusOfRead(`${MESSAGES}?ticket=${(body as { ticket: string }).ticket}`)
    }
    expect(await ask(['read'])).toBe(200)
    expect(await ask(['write'])).toBe(403)
    expect(await ask(['read'], 'kitchen')).toBe(403)
  })
})

describe('a session id that an attacker has put there (fixation)', () => {
  it('is never the one that a person signs in with', async () => {
    const { name } = await member()
    const mallory = browser()
    await mallory.ask('POST', '/session', { name: nextName() })
    const planted = mallory.cookie!
    const attempts = [
      ['/session', { name, passphrase: PASSPHRASE }],
      ['/people', { name: nextName(), passphrase: PASSPHRASE }],
      ['/session', { name: nextName() }],
    ] as const
    for (const [path, body] of attempts) {
      const one = browser()
      one.cookie = planted
      expect((await one.ask('POST', path, body)).status).toBe(201)
      expect(one.cookie).not.toBe(planted)
      const seen = await browser().ask('GET', '/session', undefined, { cookie: planted })
      expect(seen.body).toEqual({ person: null })
    }
    const chosen = `lab_${server.port}=${'A'.repeat(43)}`
    const one = browser()
    one.cookie = chosen
    expect((await one.ask('POST', '/session', { name: nextName() })).status).toBe(201)
    expect(one.cookie).not.toBe(chosen)
  })

  it('is not, even if the guest becomes a member in it', async () => {
    const guest = browser()
    const name = nextName()
    await guest.ask('POST', '/session', { name })
    const before = guest.cookie!
    await guest.ask('POST', '/people', { name, passphrase: PASSPHRASE })
    expect((await browser().ask('GET', '/session', undefined, { cookie: before })).body).toEqual({
      person: null,
    })
    expect((await guest.ask('GET', '/session')).body).toMatchObject({ person: { name, kind: 'member' } })
  })
})

describe('a foreign page, with the cookie of a user who visits it (CSRF)', () => {
  const FOREIGN = ['https://evil.example', 'null', 'http://localhost:1', 'https://chat.example.evil.example']

  it('changes nothing', async () => {
    const ada = await member()
    const changes = [
      ['POST', MESSAGES, draft()],
      ['POST', '/session', { name: nextName() }],
      ['POST', '/people', { name: nextName(), passphrase: PASSPHRASE }],
      ['PUT', '/people/me/passphrase', { passphrase: PASSPHRASE, newPassphrase: `${PASSPHRASE} of theirs` }],
      ['POST', '/session/tickets', {}],
      ['POST', '/tokens', { label: 'x', scopes: ['read'] }],
      ['DELETE', '/session', undefined],
    ] as const
    for (const origin of FOREIGN) {
      for (const [method, path, body] of changes) {
        const answer = await ada.ask(method, path, body, { origin })
        expect(answer, `${origin} ${method} ${path}`).toMatchObject({
          status: 403,
          body: { code: 'foreign-origin' },
        })
      }
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await ada.ask(
        'POST',
        '/tokens',
        { label: 'x', scopes: ['read'] },
        { 'content-type': type },
      )
      expect(answer.status, type).toBe(415)
    }
    expect((await ada.ask('GET', '/tokens')).body).toEqual({ tokens: [] })
    expect((await ada.ask('GET', '/session')).body).toMatchObject({ person: { name: ada.name } })
  })

  it('reads nothing in that name, though a browser sends the cookie to a neighbouring port', async () => {
    const ada = await member()
    const pages: Record<string, string>[] = [
      ...FOREIGN.map((origin) => ({ origin })),
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' }, // http://localhost:1, by an image say: it sends no Origin
    ]
    for (const headers of pages) {
      const answer = await ada.ask('GET', '/session', undefined, headers)
      expect(answer.body, JSON.stringify(headers)).toEqual({ person: null })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('set-cookie'), 'nor signs her out').toBeNull()
      expect((await ada.ask('GET', '/tokens', undefined, headers)).status).toBe(401)
    }
    expect(
      (await ada.ask('GET', '/session', undefined, { 'sec-fetch-site': 'same-origin' })).body,
    ).toMatchObject({
      person: { name: ada.name },
    })
  })

  it('opens no WebSocket', async () => {
    const { cookie } = await member()
    const path = '/transports/websocket/rooms/square/socket'
    expect(await statusOfRead(path, `Cookie: ${cookie}`, `Origin: ${at}`)).toBe(101)
    for (const origin of FOREIGN) {
      expect(await statusOfRead(path, `Cookie: ${cookie}`, `Origin: ${origin}`), origin).toBe(403)
    }
  })
})

describe('guessing', () => {
  it('is slowed down by name, says when to try again, and locks no other user out', async () => {
    const { name } = await member()
    const guess = (who: string, passphrase: string) =>
      browser().ask('POST', '/session', { name: who, passphrase })
    const answers = []
    for (let i = 0; i < 14; i++)
      answers.push(await guess(i % 2 ? name : name.toUpperCase(), `a guess, number ${i}`))
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), ...Array(4).fill(429)])
    const last = answers.at(-1)!
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(last.body).toMatchObject({ code: 'too-many-requests' })
    expect((await guess(name, PASSPHRASE)).status, 'the right one is not tried either').toBe(429)
    const tokens = { name, passphrase: PASSPHRASE, label: 'x', scopes: ['read'] }
    expect((await browser().ask('POST', '/tokens', tokens)).status, 'nor at another URL').toBe(429)
    const other = await member()
    expect((await guess(other.name, PASSPHRASE)).status).toBe(201)
  })

  it('learns nothing about who there is: the same words for all', async () => {
    const { name } = await member()
    const guest = browser()
    const guestName = nextName()
    await guest.ask('POST', '/session', { name: guestName })
    const answers = []
    for (const who of [name, guestName, nextName(), 'traffic', 'x'.repeat(64)]) {
      const { status, body, headers } = await browser().ask('POST', '/session', {
        name: who,
        passphrase: 'not this one, surely',
      })
      answers.push(
        JSON.stringify([status, body, headers.get('www-authenticate'), headers.get('content-length')]),
      )
    }
    expect(new Set(answers).size, answers.join('\n')).toBe(1)
    expect(answers[0]).toContain('wrong-passphrase')
  })
})

describe('what is kept', () => {
  it('is good after kill -9: people, sessions, tokens; and what was ended stays so', async () => {
    const data = mkdtempSync(join(folder, 'killed-'))
    const first = await startServerUnderTest({ data })
    const one = createBrowserLike(`http://${first.at}`)
    await one.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    const { body: made } = await one.ask('POST', '/tokens', { label: 'bot', scopes: ['write'] })
    const gone = createBrowserLike(`http://${first.at}`)
    await gone.ask('POST', '/session', { name: 'Bob' })
    const ended = gone.cookie!
    await gone.ask('DELETE', '/session')
    const { body: before } = await one.ask('GET', '/session')
    await first.stop() // by SIGKILL

    const second = await startServerUnderTest({ data })
    const again = createBrowserLike(`http://${second.at}`)
    const value = (cookie: string) => `lab_${second.port}=${cookie.split('=')[1]}` // the port is another one
    again.cookie = value(one.cookie!)
    expect((await again.ask('GET', '/session')).body).toEqual(before)
    const { token } = made as { token: string }
    const { person } = before as { person: { id: string } }
    const said = await createBrowserLike(`http://${second.at}`).ask('POST', MESSAGES, draft(), bearer(token))
    expect(said.body).toMatchObject({ author: 'Ada', authorId: person.id })
    const bob = await createBrowserLike(`http://${second.at}`).ask('GET', '/session', undefined, {
      cookie: value(ended),
    })
    expect(bob.body).toEqual({ person: null })
    await second.stop()
  })

  it('holds no passphrase and no secret; nor does any answer, or what the server prints', async () => {
    const passphrase = 'a passphrase that stands nowhere'
    const name = nextName()
    const ada = browser()
    const answers = [
      await ada.ask('POST', '/people', { name, passphrase }),
      await ada.ask('POST', '/people', { name, passphrase }),
      await ada.ask('POST', '/session', { name, passphrase: `${passphrase}!` }),
      await ada.ask('POST', '/session', { name, passphrase, more: passphrase }),
      await ada.ask('POST', '/session', `{"name":"${name}","passphrase":"${passphrase}"`),
      await ada.ask('GET', '/session'),
    ]
    const made = await ada.ask('POST', '/tokens', { label: 'x', scopes: ['read'] })
    const { token } = made.body as { token: string }
    const { body } = await ada.ask('POST', '/session/tickets', {})
    const { ticket } = body as { ticket: string }
    answers.push(await ada.ask('GET', '/tokens'))
    const secrets = [passphrase, ada.cookie!.split('=')[1]!, token.slice(4), ticket]

    for (const { body } of answers) {
      for (const secret of secrets) expect(JSON.stringify(body)).not.toContain(secret)
    }
    const files = readdirSync(folder).filter((file) => file.startsWith('chat.sqlite'))
    expect(files).toContain('chat.sqlite')
    const bytes = files.map((file) => readFileSync(join(folder, file), 'latin1')).join('')
    expect(bytes, 'the name is there, so the right files were read').toContain(name)
    expect(bytes).toContain('$argon2id$')
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false)
    for (const secret of secrets) expect(server.said()).not.toContain(secret)
  })
})

it('leaves the process alive, and quiet', () => {
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
})
