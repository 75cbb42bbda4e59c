/** Files that should not be taken, or not be what a browser makes of them. And those that should. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { dispositionOf, MAX_UPLOADS_EACH } from '../../server/identity/files.ts'
import { MAX_FILE_BYTES } from '../../wire/limits.ts'
import type { ChatMessage, FileRef } from '../../wire/message.ts'
import { type ServerWithUsers, startServerWithUsers } from '../kit/test-user.ts'
import { dial, exchange, requestText } from './raw.ts'

let server: ServerWithUsers
beforeAll(async () => {
  server = await startServerWithUsers()
})
afterAll(() => server.close())

const bytesOf = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
const PNG = bytesOf([0x89], 'PNG\r\n', [0x1a], '\n', 'the rest of a picture')
const SCRIPT = '<script>alert(document.domain)</script>'
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

let drafts = 0
/** Posts as a visitor who has not signed in, to a room that is open to all. */
async function post(type: string, bytes: Uint8Array, name = 'a', room = 'files') {
  const query = new URLSearchParams({ name, draftId: `f${++drafts}`, author: 'Eve' })
  return server.visitor.post(`/rooms/${room}/files?${query}`, type, bytes)
}
async function posted(type: string, bytes: Uint8Array, name = 'a'): Promise<FileRef> {
  const { status, body } = await post(type, bytes, name)
  expect(status, JSON.stringify(body)).toBe(201)
  const { note } = body as ChatMessage
  if (note?.kind !== 'file') throw new Error('this announces no file')
  return note.file
}
const at = (path: string) => `http://127.0.0.1:${server.port}${path}`
const get = ({ id }: { readonly id: string }, init?: RequestInit) =>
  fetch(at(`/rooms/files/files/${id}`), init)
const lastSeq = async (room = 'files') => {
  const { body } = await server.visitor.ask('GET', `/rooms/${room}/messages`)
  return (body as { messages: ChatMessage[] }).messages.at(-1)?.seq ?? 0
}

describe('a file', () => {
  it.each([
    ['image/png', PNG, 'inline'],
    ['image/jpeg', bytesOf([0xff, 0xd8, 0xff, 0xe0], 'JFIF'), 'inline'],
    ['image/gif', bytesOf('GIF89a', [1, 0, 1, 0]), 'inline'],
    ['image/webp', bytesOf('RIFF', [4, 0, 0, 0], 'WEBPVP8 '), 'inline'],
    ['application/pdf', bytesOf('%PDF-1.7\n'), 'attachment'],
    ['text/plain', Buffer.from('Grüße\r\n\tund 👋'), 'attachment'],
    ['text/plain; charset=utf-8', Buffer.from('Grüße'), 'attachment'],
  ])('of %s comes back as it was', async (type, bytes, disposition) => {
    const file = await posted(type, bytes, 'Brief “1”.x')
    expect(file).toMatchObject({ name: 'Brief “1”.x', type: type.split(';')[0], size: bytes.length })
    const response = await get(file)
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
    expect(response.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`))
    expect(response.headers.get('content-type')).toContain(type.split(';')[0])
  })

  it('is announced to all readers, under a name that says nothing of where it lies', async () => {
    const { body } = await post('text/plain', Buffer.from('hi'), 'notes.txt')
    expect(body).toMatchObject({ author: 'Eve', text: 'notes.txt', note: { kind: 'file' } })
    expect(JSON.stringify(body)).toMatch(/"id":"[a-z0-9]{20}"/)
  })

  it('that is sent again is one message, and another under the same draft is refused', async () => {
    const url = '/rooms/files/files?name=a.txt&draftId=again&author=Eve'
    const first = await server.visitor.post(url, 'text/plain', Buffer.from('one'))
    expect(await server.visitor.post(url, 'text/plain', Buffer.from('one'))).toEqual(first)
    expect(await server.visitor.post(url, 'text/plain', Buffer.from('two'))).toMatchObject({
      status: 409,
      code: 'draft-conflict',
    })
  })

  it('is sent to a browser once, as long as it may have it', async () => {
    const file = await posted('text/plain', Buffer.from('hi'))
    const etag = (await get(file)).headers.get('etag')!
    for (const known of [etag, `W/${etag}`, `"other", W/${etag}`, '*']) {
      const answer = await get(file, { headers: { 'if-none-match': known } })
      expect([answer.status, answer.headers.get('etag'), await answer.text()], known).toEqual([304, etag, ''])
    }
    expect((await get(file, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    for (const known of [etag, '*'])
      expect((await get({ id: 'x'.repeat(20) }, { headers: { 'if-none-match': known } })).status).toBe(404)
  })

  it('can be as large as allowed, and not a byte more', async () => {
    const file = await posted('text/plain', Buffer.alloc(MAX_FILE_BYTES, 'x'))
    expect(file.size).toBe(MAX_FILE_BYTES)
    const before = await lastSeq()
    expect(await post('text/plain', Buffer.alloc(MAX_FILE_BYTES + 1, 'x'))).toMatchObject({
      status: 413,
      code: 'too-large',
    })
    expect(await lastSeq()).toBe(before)
  })
})

describe('a browser that is given one', () => {
  it.each([
    ['a script that is also a GIF', 'image/gif', bytesOf('GIF89a/*', SCRIPT, '*/=1;alert(1)//')],
    ['a page behind a picture', 'image/png', bytesOf([0x89], 'PNG\r\n', [0x1a], '\n', SCRIPT)],
    ['a page that says that it is a text', 'text/plain', Buffer.from(`<!doctype html>${SCRIPT}`)],
    ['a picture that is a program', 'text/plain', Buffer.from(SVG)],
    ['a page behind a PDF', 'application/pdf', bytesOf('%PDF-1.4\n', SCRIPT)],
  ])('makes nothing else of %s', async (_what, type, bytes) => {
    const { headers } = await get(await posted(type, bytes))
    expect(headers.get('content-type')).toMatch(new RegExp(`^${type}`))
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/)
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('content-disposition')).toMatch(type.startsWith('image/') ? /^inline/ : /^attachment/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('what is refused leaves no message behind:', () => {
  it.each<[string, string, Uint8Array, number]>([
    ['a page', 'text/html', Buffer.from(SCRIPT), 415],
    ['an SVG', 'image/svg+xml', Buffer.from(SVG), 415],
    ['a script', 'text/javascript', Buffer.from('alert(1)'), 415],
    ['a program', 'application/octet-stream', bytesOf([0x7f], 'ELF'), 415],
    ['JSON', 'application/json', Buffer.from('{}'), 415],
    ['a form', 'multipart/form-data; boundary=x', Buffer.from('--x--'), 415],
    ['no type at all', '', Buffer.from('hi'), 415],
    ['two types', 'image/png, text/html', PNG, 415],
    ['a type with a line of its own', 'text/plain;x="a"', Buffer.from('hi'), 415],
    ['another charset', 'text/plain; charset=utf-7', Buffer.from('+ADw-script+AD4-'), 415],
    ['a page that says that it is a PNG', 'image/png', Buffer.from(SCRIPT), 415],
    ['an SVG that says that it is a PNG', 'image/png', Buffer.from(SVG), 415],
    ['a GIF that says that it is a PNG', 'image/png', bytesOf('GIF89a'), 415],
    ['a PNG cut short', 'image/png', PNG.subarray(0, 7), 415],
    ['a RIFF that is no WebP', 'image/webp', bytesOf('RIFF', [4, 0, 0, 0], 'WAVEfmt '), 415],
    ['text with a NUL', 'text/plain', bytesOf('a\0b'), 415],
    ['text that is not UTF-8', 'text/plain', bytesOf([0xff, 0xfe, 0x41, 0x00]), 415],
    ['nothing', 'text/plain', new Uint8Array(), 400],
  ])('%s', async (_what, type, bytes, status) => {
    const before = await lastSeq()
    expect((await post(type, bytes)).status).toBe(status)
    expect(await lastSeq()).toBe(before)
  })

  it.each<[string, string]>([
    ['a path', '../../etc/passwd'],
    ['a path of another system', '..\\..\\windows\\win.ini'],
    ['an absolute path', '/etc/passwd'],
    ['a line break', 'a\r\nSet-Cookie: x=1'],
    ['a NUL', 'a\0.png'],
    ['nothing', ''],
    ['only spaces', '   '],
    ['a name that turns around', 'annexe\u202egnp.exe'],
    ['a name with an invisible character', 'rec\u200bipe.txt'],
    ['a name that is too long', 'x'.repeat(65)],
  ])('a name that is %s', async (_what, name) => {
    const before = await lastSeq()
    expect(await post('text/plain', Buffer.from('hi'), name)).toMatchObject({
      status: 400,
      code: 'bad-draft',
    })
    expect(await lastSeq()).toBe(before)
  })

  it.each([
    ['without a draftId', 'name=a&author=Eve', 'bad-draft'],
    ['without an author', 'name=a&draftId=d', 'bad-draft'],
    ['with two names', 'name=a&name=b&draftId=d&author=Eve', 'bad-query'],
  ])('%s', async (_what, query, code) => {
    expect(
      await server.visitor.post(`/rooms/files/files?${query}`, 'text/plain', Buffer.from('hi')),
    ).toMatchObject({
      status: 400,
      code,
    })
  })
})

it('a page of another origin posts none, though a form could send its type', async () => {
  const before = await lastSeq()
  const response = await fetch(at('/rooms/files/files?name=a.txt&draftId=csrf&author=Eve'), {
    method: 'POST',
    body: 'hi',
    headers: { 'content-type': 'text/plain', origin: 'https://elsewhere.example' },
  })
  expect(response.status).toBe(403)
  expect(await lastSeq()).toBe(before)
})

describe('the name under which it is saved', () => {
  it.each([
    ['notes.txt', 'notes.txt', 'notes.txt'],
    ['Grüße 👋.txt', 'Gr__e __.txt', 'Gr%C3%BC%C3%9Fe%20%F0%9F%91%8B.txt'],
    ['a"; filename="evil.exe', 'a_; filename=_evil.exe', 'a%22%3B%20filename%3D%22evil.exe'],
    ["it's (1)*.txt", "it's (1)*.txt", 'it%27s%20%281%29%2A.txt'],
    ['100%.txt', '100_.txt', '100%25.txt'],
  ])('%s', async (name, plain, full) => {
    const expected = `attachment; filename="${plain}"; filename*=UTF-8''${full}`
    expect(dispositionOf('text/plain', name)).toBe(expected)
    const response = await get(await posted('text/plain', Buffer.from('hi'), name))
    expect(response.headers.get('content-disposition')).toBe(expected)
  })
})

describe('an address of a file', () => {
  it.each([
    '../../../../etc/passwd',
    '..%2f..%2fdata%2fchat.sqlite',
    '%2e%2e%2fmessages',
    'x'.repeat(10_000),
    "' OR 1=1 --",
    '%00',
  ])('that is %s leads nowhere', async (id) => {
    const request = requestText(server.port, `GET /rooms/files/files/${id}`, ['Connection: close'])
    const { statuses } = await exchange(server.port, request)
    expect(statuses).toHaveLength(1)
    expect([400, 404, 414, 431]).toContain(statuses[0])
  })

  it('of another room leads nowhere', async () => {
    const { id } = await posted('text/plain', Buffer.from('hi'))
    expect((await fetch(at(`/rooms/other/files/${id}`))).status).toBe(404)
  })
})

describe('a body', () => {
  const head = (length: number | string, more: readonly string[] = []) =>
    requestText(server.port, 'POST /rooms/files/files?name=a.txt&draftId=raw&author=Eve', [
      'Content-Type: text/plain',
      `Content-Length: ${length}`,
      ...more,
    ])

  it('that is announced as far too long is refused before it is sent', async () => {
    const { statuses } = await exchange(server.port, head(10 ** 9), {
      isEnough: (text) => text.includes('}'),
    })
    expect(statuses).toEqual([413])
  })

  it('for a room where one may not post is refused before it is sent', async () => {
    const line = `POST /rooms/~${'0'.repeat(20)}/files?name=a.txt&draftId=raw&author=Eve`
    const headers = ['Content-Type: text/plain', 'Content-Length: 1000000']
    const bytes = requestText(server.port, line, headers)
    const { statuses } = await exchange(server.port, bytes, { isEnough: (text) => text.includes('}') })
    expect(statuses).toEqual([404])
  })

  it('that is shorter than announced is no message', async () => {
    const before = await lastSeq()
    const { text } = await exchange(server.port, `${head(100)}only this`, { end: true })
    expect(text).not.toContain('201 Created')
    expect(await lastSeq()).toBe(before)
  })

  it('that is longer than announced is never taken further than announced', async () => {
    const { statuses } = await exchange(server.port, `${head(2)}hi there, this is more`)
    expect([201, 400]).toContain(statuses[0]) // what is more is no request, and may be found out first
    const { body } = await server.visitor.ask('GET', '/rooms/files/messages')
    const sizes = (body as { messages: ChatMessage[] }).messages.flatMap(({ draftId, note }) =>
      draftId === 'raw' && note?.kind === 'file' ? note.file.size : [],
    )
    expect(sizes.filter((size) => size !== 2)).toEqual([])
  })

  const slow: Awaited<ReturnType<typeof dial>>[] = []
  afterEach(() => {
    for (const socket of slow.splice(0)) socket.destroy()
  })
  it('that never ends holds no more than a few places, and gives them back', async () => {
    const before = await lastSeq()
    for (let n = 0; n < MAX_UPLOADS_EACH; n++) {
      const socket = await dial(server.port)
      slow.push(socket)
      socket.write(`${head(1_000)}and then nothing`)
    }
    // Each is on its way when one more is too many.
    await vi.waitFor(async () => {
      const { status } = await post('text/plain', Buffer.from('hi'), 'one-more.txt')
      expect(status).toBe(429)
    })
    for (const socket of slow.splice(0)) socket.destroy()
    await vi.waitFor(async () => expect((await post('text/plain', Buffer.from('hi'))).status).toBe(201))
    expect(await lastSeq()).toBeGreaterThan(before)
  })
})
