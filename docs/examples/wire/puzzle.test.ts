/** What a reader of chapter 11 sees behind each of its three broken proxies, and what they need not see. */
import { createServer, get, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGunzip } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'

const LIMIT = { timeout: 60_000 }
// A program of the text and not of the project: JavaScript, so that it starts with `node` alone.
const { createPuzzle } = (await import(new URL('puzzle.mjs', import.meta.url).href)) as {
  createPuzzle(name: string, lab?: string, limitMs?: number): Server
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A stream that says each thing when it is told to, behind a proxy that may keep even its head. */
async function behind(name: string, headers: Record<string, string> = {}, limitMs?: number) {
  let stream: ServerResponse | undefined
  const onRequest: RequestListener = (_, response) => {
    stream = response
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  }
  const lab = await listening(createServer(onRequest))
  const proxy = await listening(createPuzzle(name, lab, limitMs))
  const heard = { text: '', encoding: undefined as string | undefined, isOver: false }
  const asking = get(`${proxy}/events`, { headers, agent: false }, (response) => {
    heard.encoding = response.headers['content-encoding']
    const plain: NodeJS.ReadableStream = heard.encoding === 'gzip' ? response.pipe(createGunzip()) : response
    plain.on('data', (bytes: Buffer) => {
      heard.text += bytes
    })
    plain.on('error', () => {})
    response.on('error', () => {})
    response.on('close', () => {
      heard.isOver = true
    })
  })
  asking.on('error', () => {})
  await expect.poll(() => stream !== undefined, LIMIT).toBe(true)
  return { heard, say: (text: string) => stream!.write(text) }
}

test('Proxy a keeps what is said until there is a bufferful.', async () => {
  const { heard, say } = await behind('a')
  say('data: small\n\n')
  say(`data: ${'x'.repeat(3_000)}\n\n`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(heard.text).toBe('')
  say(`data: ${'y'.repeat(2_000)}\n\n`)
  await expect.poll(() => heard.text, LIMIT).toContain('data: small')
})

test('Proxy b keeps what is said from a client that takes gzip, and from no other.', async () => {
  const patient = await behind('b', { 'accept-encoding': 'gzip' })
  patient.say('data: small\n\n')
  const plain = await behind('b')
  plain.say('data: small\n\n')
  await expect.poll(() => plain.heard.text, LIMIT).toBe('data: small\n\n')
  await expect.poll(() => patient.heard.encoding, LIMIT).toBe('gzip')
  expect(plain.heard.encoding).toBe(undefined)
  expect(patient.heard.text).toBe('')
})

test('Proxy c passes each thing on at once, and ends the answer at its time, whatever is said.', async () => {
  const { heard, say } = await behind('c', {}, 300)
  const talk = setInterval(() => say('data: small\n\n'), 20)
  try {
    await expect.poll(() => heard.text, LIMIT).toContain('data: small')
    await expect.poll(() => heard.isOver, LIMIT).toBe(true)
  } finally {
    clearInterval(talk)
  }
})

test('A proxy that is not there is refused with the names of those that are.', () => {
  expect(() => createPuzzle('d')).toThrow('a, b or c')
})
