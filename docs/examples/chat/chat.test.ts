/** Chapter 15, step by step: each folder starts as it stands, does what the text says, and has no line that is not in it. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { filesIn } from '../../../lab/verify/rules/source-files.ts'
import { codeBlocks } from '../../reference/markdown.ts'
import { LAST_STEP, start, stepFolder } from './start.ts'

const CHAPTER = 'docs/chapters/15-build-your-own.md'
const DRAFT = { draftId: 'd1', author: 'Ada', text: 'Hello' }
const LIMIT = { timeout: 60_000 }
const steps = Array.from({ length: LAST_STEP }, (_, index) => index + 1)

const servers: ChildProcess[] = []
const open: (() => unknown)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
  for (const server of servers.splice(0)) server.kill()
})

async function run(step: number): Promise<string> {
  const { url, process } = await start(step)
  servers.push(process)
  return url
}

interface Page {
  readonly messages: readonly { text: string }[]
  readonly cursor: string
  readonly gap: boolean
}

async function answerTo(asking: ClientRequest): Promise<{ status: number; body: string }> {
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  let body = ''
  for await (const piece of response.setEncoding('utf8')) body += piece
  return { status: response.statusCode!, body }
}

const ask = (url: string) => answerTo(get(url, { agent: false }))
const read = async (url: string) => JSON.parse((await ask(url)).body) as Page
const textsOf = (pages: readonly Page[]) => pages.flatMap(({ messages }) => messages.map(({ text }) => text))

function say(url: string, draft: unknown, type = 'application/json') {
  const body = typeof draft === 'string' ? draft : JSON.stringify(draft)
  const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }
  return answerTo(request(`${url}messages`, { method: 'POST', headers, agent: false }).end(body))
}

/** The pages that a stream brings, as they come. */
function follow(url: string): Page[] {
  const pages: Page[] = []
  let rest = ''
  const asking = get(url, { agent: false }, (response) => {
    response.on('error', () => {})
    response.setEncoding('utf8').on('data', (piece: string) => {
      const parts = (rest + piece).split('\n\n')
      rest = parts.pop()!
      pages.push(...parts.map((part) => JSON.parse(part.replace(/^data: /, '')) as Page))
    })
  })
  asking.on('error', () => {})
  open.push(() => asking.destroy())
  return pages
}

test.each(steps)('Step %i serves its page and every script of it, and nothing else.', async (step) => {
  const url = await run(step)
  expect(await ask(url)).toMatchObject({ status: 200, body: expect.stringContaining('/page.mjs') })
  for (const file of filesIn([`${stepFolder(step)}/public`], '.mjs')) {
    const answer = await ask(url + file.split('/').at(-1))
    expect([answer.status, answer.body]).toEqual([200, readFileSync(file, 'utf8')])
  }
  for (const path of ['server.mjs', '%2e%2e/server.mjs', 'none.mjs', '/', 'page.html?x', '..%5cserver.mjs'])
    expect((await ask(url + path)).status, path).toBe(404)
})

test('Step 2 keeps what is said, and refuses what is no draft of a page of its own.', async () => {
  const url = await run(2)
  expect((await say(url, DRAFT)).status).toBe(201)
  for (const wrong of ['', 'null', '[]', '{"author":"Ada"}', { ...DRAFT, text: ' ' }, { ...DRAFT, text: 7 }])
    expect((await say(url, wrong)).status, JSON.stringify(wrong)).toBe(400)
  expect((await say(url, { ...DRAFT, text: 'x'.repeat(9_000) })).status).toBe(400)
  expect((await say(url, DRAFT, 'text/plain')).status).toBe(400)
  expect(textsOf([await read(`${url}messages`)])).toEqual(['Hello'])
})

test('Step 2 outlives a client that hangs up in the middle of a draft.', async () => {
  const url = await run(2)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 100, Expect: '100-continue' }
  const cut = request(`${url}messages`, { method: 'POST', headers, agent: false }).on('error', () => {})
  cut.flushHeaders()
  await once(cut, 'continue') // the server has begun to read
  cut.write('{"author":')
  const isOver = new Promise((resolve) => cut.once('close', resolve)) // an error comes before it, as it should
  cut.destroy()
  await isOver
  expect((await say(url, DRAFT)).status).toBe(201)
})

test('Step 3 gives what comes after a cursor, and says so when the cursor is of another life.', async () => {
  const url = await run(3)
  const first = await read(`${url}messages`)
  await say(url, DRAFT)
  const after = await read(`${url}messages?since=${first.cursor}`)
  expect([textsOf([after]), after.gap]).toEqual([['Hello'], false])
  const none = await read(`${url}messages?since=${after.cursor}`)
  expect([textsOf([none]), none.cursor]).toEqual([[], after.cursor])
  for (const strange of ['elsewhere:0', `${after.cursor}9`, 'x']) {
    const page = await read(`${url}messages?since=${strange}`)
    expect([textsOf([page]), page.gap], strange).toEqual([['Hello'], true])
  }
})

test.each([4, 5, 6, 7])(
  'The stream of step %i brings what there is and what comes, each once.',
  async (step) => {
    const url = await run(step)
    await say(url, DRAFT)
    const pages = follow(`${url}events`)
    await expect.poll(() => textsOf(pages), LIMIT).toEqual(['Hello'])
    await say(url, { ...DRAFT, draftId: 'd2', text: 'And\n\nmore' })
    await expect.poll(() => textsOf(pages), LIMIT).toEqual(['Hello', 'And\n\nmore'])
    const late = follow(`${url}events?since=${pages[0]!.cursor}`)
    await expect.poll(() => textsOf(late), LIMIT).toEqual(['And\n\nmore'])
  },
)

test('Step 4 repeats everything to a page that comes back without its cursor, as the text says.', async () => {
  const url = await run(4)
  await say(url, DRAFT)
  for (const _ of [1, 2]) {
    const pages = follow(`${url}events`)
    await expect.poll(() => textsOf(pages), LIMIT).toEqual(['Hello'])
  }
})

test('A draft that is sent twice is two messages in step 6, and one in step 7.', async () => {
  for (const [step, texts] of [
    [6, ['Hello', 'Hello']],
    [7, ['Hello']],
  ] as const) {
    const url = await run(step)
    const answers = [await say(url, DRAFT), await say(url, DRAFT)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    const pages = follow(`${url}events`)
    await expect.poll(() => pages.length, LIMIT).toBe(1)
    expect(textsOf(pages), `step ${step}`).toEqual(texts)
  }
})

test('Step 7 answers a retry with the same message, and refuses a name that was used for another text.', async () => {
  const url = await run(7)
  const first = await say(url, DRAFT)
  expect(await say(url, DRAFT)).toEqual(first)
  expect((await say(url, { ...DRAFT, text: 'Something else' })).status).toBe(400)
  expect((await say(url, { author: 'Ada', text: 'No name' })).status).toBe(400)
})

describe('Step 8', () => {
  async function connect(url: string, since = '', origin?: string) {
    const address = `${url.replace('http', 'ws')}socket?since=${since}`
    const socket = new WebSocket(address, origin === undefined ? {} : { origin })
    open.push(() => socket.terminate())
    const [pages, answers]: [Page[], boolean[]] = [[], []]
    socket.on('message', (bytes) => {
      const { isAccepted, ...page } = JSON.parse(String(bytes)) as Page & { isAccepted?: boolean }
      if (isAccepted === undefined) pages.push(page)
      else answers.push(isAccepted)
    })
    await once(socket, 'open')
    return { socket, pages, answers }
  }

  test('carries pages, drafts and answers by one WebSocket, each draft once.', async () => {
    const url = await run(8)
    const [ada, bob] = [await connect(url), await connect(url, '', url.slice(0, -1))]
    for (const draft of [DRAFT, DRAFT, { ...DRAFT, text: 'Something else' }, 'no draft'])
      ada.socket.send(JSON.stringify(draft))
    await expect.poll(() => ada.answers, LIMIT).toEqual([true, true, false, false])
    await expect.poll(() => textsOf(bob.pages), LIMIT).toEqual(['Hello'])
    const late = await connect(url, bob.pages.at(-1)!.cursor)
    await expect.poll(() => late.pages.length, LIMIT).toBe(1)
    expect(textsOf(late.pages)).toEqual([])
  })

  test('refuses a page of another origin and another path, and outlives a message that is too long.', async () => {
    const url = await run(8)
    await expect(connect(url, '', 'http://elsewhere.example')).rejects.toThrow('403')
    await expect(connect(`${url}elsewhere/`)).rejects.toThrow('403')
    const loud = await connect(url)
    loud.socket.send('x'.repeat(9_000))
    expect((await once(loud.socket, 'close'))[0]).toBe(1009)
    expect((await connect(url)).socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('Chapter 15', () => {
  const text = readFileSync(CHAPTER, 'utf8')
  const linesOf = (code: string) => code.split('\n').map((line) => line.trim())
  const told = codeBlocks(text).flatMap(({ reference, text: code }) => {
    const [, step, file] = /^docs\/examples\/chat\/step-(\d)\/([\w./-]+)/.exec(reference ?? '') ?? []
    return file ? [{ step: Number(step), file, lines: linesOf(code) }] : []
  })

  test.each(steps)('has every line of step %i in its text, by then.', (step) => {
    const missing = filesIn([stepFolder(step)], '').flatMap((path) => {
      if (!/\.(mjs|html)$/.test(path)) return []
      const name = path.slice(stepFolder(step).length + 1)
      const known = told.flatMap((one) => (one.file === name && one.step <= step ? one.lines : []))
      const unknown = linesOf(readFileSync(path, 'utf8')).filter(
        (line) => line !== '' && !known.includes(line),
      )
      return unknown.map((line) => `${name}: ${line}`)
    })
    expect(missing).toEqual([])
  })

  test('says how long the two chats are, and is right.', () => {
    for (const step of [7, 8]) {
      const lines = filesIn([stepFolder(step)], '.mjs').flatMap((path) => linesOf(readFileSync(path, 'utf8')))
      const code = lines.filter((line) => !/^(\/\/|\/\*\*|$|[\]})]+,?$)/.test(line))
      expect(text).toContain(`${code.length} lines`)
    }
  })
})

test('No step has a script that nothing imports.', () => {
  for (const step of steps) {
    const files = filesIn([stepFolder(step)], '.mjs')
    const all = files.map((path) => readFileSync(path, 'utf8')).join('\n')
    const names = files.map((path) => path.split('/').at(-1)!)
    const unused = names.filter(
      (name) => name !== 'server.mjs' && name !== 'page.mjs' && !all.includes(`./${name}'`),
    )
    expect(unused, stepFolder(step)).toEqual([])
  }
})
