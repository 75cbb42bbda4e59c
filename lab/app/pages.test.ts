/** What is answered for the pages' files: in which form, for how long it may be kept, and when it need not be sent again. */
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLab } from './build-lab.ts'
import { serveDocs, servePages } from './pages.ts'
import { precompress } from './precompress.ts'

const SCRIPT = `console.log(${JSON.stringify('again and '.repeat(1_000))})\n`
const HASHED = 'lab-page-ABCDEFG7.js'

let folder: string
let app: FastifyInstance
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-pages-'))
  for (const name of [HASHED, 'plain.js', 'tiny.js'])
    await writeFile(join(folder, name), name === 'tiny.js' ? 'let a' : SCRIPT)
  await writeFile(join(folder, 'index.html'), `<!doctype html><title>Lab</title>${' '.repeat(2_000)}`)
  await writeFile(join(folder, 'choose.html'), `<!doctype html><title>Choose</title>${' '.repeat(2_000)}`)
  await precompress(folder)
  app = await buildLab()
  await servePages(app, folder, { runs: join(folder, 'runs') })
  await serveDocs(app, folder)
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url, headers })

describe.each(['/', '/docs/'])('below %s', (place) => {
  it.each([
    ['br', 'gzip, deflate, br', (bytes: Buffer) => brotliDecompressSync(bytes)],
    ['gzip', 'gzip', (bytes: Buffer) => gunzipSync(bytes)],
    ['gzip', 'br;q=0, gzip;q=0.5', (bytes: Buffer) => gunzipSync(bytes)],
    [undefined, 'identity', (bytes: Buffer) => bytes],
    [undefined, 'gzip;q=0, br;q=0', (bytes: Buffer) => bytes],
    [undefined, undefined, (bytes: Buffer) => bytes],
  ])('a text is answered in the form %s to a reader that accepts %s', async (form, accepted, plain) => {
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted }
    const answer = await get(`${place}${HASHED}`, headers)
    expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([200, form])
    expect(plain(answer.rawPayload).toString()).toBe(SCRIPT)
    expect(answer.headers).toMatchObject({
      'content-length': String(answer.rawPayload.length),
      vary: 'accept-encoding',
      'content-type': 'application/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
  })

  it('the index is compressed by the address of its folder too', async () => {
    const { headers, rawPayload } = await get(place, { 'accept-encoding': 'br' })
    expect(headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-cache' })
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(brotliDecompressSync(rawPayload).toString()).toContain('<title>Lab')
  })
})

describe('the page /choose', () => {
  it.each(['GET', 'HEAD'] as const)(
    'has an address without an ending, and the forms and headers of all pages: %s',
    async (method) => {
      const { statusCode, headers, rawPayload } = await get('/choose', { 'accept-encoding': 'br' }, method)
      expect(statusCode).toBe(200)
      expect(headers).toMatchObject({
        'content-encoding': 'br',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringContaining("script-src 'self'"),
        'x-content-type-options': 'nosniff',
      })
      expect(headers['content-type']).toMatch(/^text\/html/)
      if (method === 'GET') expect(brotliDecompressSync(rawPayload).toString()).toContain('<title>Choose')
    },
  )

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await get('/choose')
    const again = await get('/choose', { 'if-none-match': String(headers.etag) })
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0])
  })

  it('is found with a slash behind it, and the link keeps its numbers', async () => {
    const { statusCode, headers } = await get('/choose/?scenario=game&late=50')
    expect([statusCode, headers.location]).toEqual([301, '/choose?scenario=game&late=50'])
  })
})

it('a file that would not shrink is answered as it is', async () => {
  const { headers, body } = await get('/tiny.js', { 'accept-encoding': 'gzip, br' })
  expect([headers['content-encoding'], body]).toEqual([undefined, 'let a'])
})

it('only what is named by its contents is kept for ever', async () => {
  for (const encoding of ['identity', 'gzip', 'br']) {
    const kept = await get(`/${HASHED}`, { 'accept-encoding': encoding })
    expect(kept.headers['cache-control'], encoding).toBe('public, max-age=31536000, immutable')
    const asked = await get('/plain.js', { 'accept-encoding': encoding })
    expect(asked.headers['cache-control'], encoding).toBe('no-cache')
  }
  expect((await get('/gone-ABCDEFG7.js')).headers['cache-control']).toBeUndefined()
})

it('each form has its own ETag, by which it is not sent again', async () => {
  const tags = new Set<string>()
  for (const encoding of ['identity', 'gzip', 'br']) {
    const first = await get('/plain.js', { 'accept-encoding': encoding })
    const etag = String(first.headers.etag)
    tags.add(etag)
    for (const condition of [etag, etag.replace(/^W\//, ''), `"other", ${etag}`, '*']) {
      const again = await get('/plain.js', { 'accept-encoding': encoding, 'if-none-match': condition })
      expect([again.statusCode, again.rawPayload.length], `${encoding} ${condition}`).toEqual([304, 0])
    }
    const other = await get('/plain.js', { 'accept-encoding': encoding, 'if-none-match': '"other"' })
    expect(other.statusCode).toBe(200)
  }
  expect(tags.size).toBe(3)
})

it('HEAD says of each form what GET would, and no more', async () => {
  for (const encoding of ['identity', 'gzip', 'br']) {
    const accept = { 'accept-encoding': encoding }
    const [whole, head] = [await get('/plain.js', accept), await get('/plain.js', accept, 'HEAD')]
    const { date: _1, ...said } = whole.headers
    const { date: _2, ...saidToHead } = head.headers
    expect(saidToHead).toEqual(said)
    expect(head.rawPayload.length).toBe(0)
  }
})

it('a range is one of the form that is sent (RFC 9110 §14.2)', async () => {
  for (const encoding of ['identity', 'gzip', 'br']) {
    const accept = { 'accept-encoding': encoding }
    const whole = await get('/plain.js', accept)
    const part = await get('/plain.js', { ...accept, range: 'bytes=2-9' })
    expect(part.statusCode).toBe(206)
    expect(part.headers['content-range']).toBe(`bytes 2-9/${whole.rawPayload.length}`)
    expect(part.rawPayload).toEqual(whole.rawPayload.subarray(2, 10))
    expect(part.headers['content-encoding']).toBe(whole.headers['content-encoding'])
  }
})

it('a changed file is compressed again, an unchanged one is left', async () => {
  const file = join(folder, 'changes.js')
  await writeFile(file, SCRIPT)
  await utimes(file, new Date(0), new Date(0))
  await precompress(folder)
  const { mtimeMs } = await stat(`${file}.br`)
  await precompress(folder)
  expect((await stat(`${file}.br`)).mtimeMs).toBe(mtimeMs)
  await writeFile(file, SCRIPT.replace('again', 'never'))
  const tick = new Date(1_000_000) // of the clock: the same for the file and its form
  for (const one of [file, `${file}.br`]) await utimes(one, tick, tick)
  await precompress(folder)
  const { rawPayload } = await get('/changes.js', { 'accept-encoding': 'br' })
  expect(brotliDecompressSync(rawPayload).toString()).toContain('never')
  await writeFile(file, 'let a')
  await precompress(folder)
  expect((await get('/changes.js', { 'accept-encoding': 'br' })).body).toBe('let a')
})
