/** Files on their way: each has its outcome, and one whose answer was lost is sent once. */
import { describe, expect, it } from 'vitest'
import { createManualClock, settle } from '../../lab/verify/kit/manual-clock.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { createUploads, MAX_AT_ONCE, outcomesInWords } from './uploads.ts'

/** A writer, and for how many steps they stay the same person. */
const writer = (name: string, steps = Number.POSITIVE_INFINITY) => ({
  name,
  async check() {
    if (steps-- <= 0) throw new ChatError('not-signed-in', `${name} has gone`)
  },
})
const HERE = { room: 'lobby', writer: writer('Ann') }

function fixture(memory: Storage | null = null) {
  const asked: URL[] = []
  const refused: string[] = []
  const clock = createManualClock()
  let answer: (url: URL) => Response | Promise<Response> = () => json({}, 201)
  const uploads = createUploads({
    origin: 'http://lab',
    memory,
    onRefused: ({ code }) => refused.push(code),
    platform: {
      clock,
      fetch: async (input) => {
        const url = new URL(String(input))
        asked.push(url)
        return answer(url)
      },
    },
  })
  const drafts = () => asked.map((url) => url.searchParams.get('draftId'))
  const names = () => asked.map((url) => url.searchParams.get('name'))
  return {
    uploads,
    asked,
    refused,
    drafts,
    names,
    clock,
    answerWith: (next: typeof answer) => (answer = next),
  }
}
const json = (value: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(value), { status, headers })
const text = (name: string, content = 'hi') => new File([content], name, { type: 'text/plain' })

/** What a browser keeps, as a Map. */
function keeps(): Storage {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    get length() {
      return kept.size
    },
  } as Storage
}

describe('each file of a drop has its outcome', () => {
  it('is sent under its own name, into the room and as whom it was given', async () => {
    const { uploads, asked } = fixture()
    expect(await uploads.send([text('a b.txt')], HERE)).toEqual([{ name: 'a b.txt', problem: null }])
    expect(`${asked[0]!.pathname}${asked[0]!.search}`).toMatch(
      /^\/rooms\/lobby\/files\?name=a\+b\.txt&draftId=[0-9a-f]{32}&author=Ann$/,
    )
  })

  it('one that is refused does not keep back what comes behind it', async () => {
    const { uploads, names } = fixture()
    const files = [
      new File(['# hi'], 'notes.md', { type: 'text/markdown' }),
      text('ok.txt'),
      text('empty.txt', ''),
      text('large.txt', 'x'.repeat(1024 * 1024 + 1)),
      new File(['hi'], 'without an ending'),
      text('last.txt'),
    ]
    expect(await uploads.send(files, HERE)).toEqual([
      { name: 'notes.md', problem: expect.stringContaining('only PNG') },
      { name: 'ok.txt', problem: null },
      { name: 'empty.txt', problem: 'this file is empty' },
      { name: 'large.txt', problem: expect.stringContaining('1.05 MB') },
      { name: 'without an ending', problem: expect.stringContaining('only PNG') },
      { name: 'last.txt', problem: null },
    ])
    expect(names()).toEqual(['ok.txt', 'last.txt'])
  })

  it('a folder is named, and what comes behind it is sent', async () => {
    const { uploads } = fixture()
    const folder = text('photos')
    folder.arrayBuffer = () => Promise.reject(new DOMException('not found', 'NotFoundError'))
    expect(await uploads.send([folder, text('ok.txt')], HERE)).toEqual([
      { name: 'photos', problem: expect.stringContaining('folder') },
      { name: 'ok.txt', problem: null },
    ])
  })

  it('of too many, the first are sent, and the others named', async () => {
    const { uploads, asked } = fixture()
    const outcomes = await uploads.send(
      Array.from({ length: MAX_AT_ONCE + 2 }, (_, index) => text(`${index}.txt`)),
      HERE,
    )
    expect(asked).toHaveLength(MAX_AT_ONCE)
    expect(outcomes.slice(MAX_AT_ONCE).map(({ name }) => name)).toEqual(['20.txt', '21.txt'])
    expect(outcomes.at(-1)!.problem).toMatch(/only 20 files/)
  })

  it('waits as long as a busy server says, and then goes on', async () => {
    const { uploads, asked, clock, answerWith } = fixture()
    const busy = () => json({ code: 'too-many-requests', message: 'slowly', retryAfterS: 2 }, 429)
    answerWith(() => (asked.length < 3 ? busy() : json({}, 201)))
    const sending = uploads.send([text('a.txt')], HERE)
    for (let i = 0; i < 2; i++) {
      await settle()
      await clock.pass(2_000)
    }
    expect(await sending).toEqual([{ name: 'a.txt', problem: null }])
    expect(asked).toHaveLength(3)
  })

  it('what the server says against one is told of that one', async () => {
    const { uploads, answerWith } = fixture()
    answerWith((url) =>
      url.searchParams.get('name') === 'a.txt'
        ? json({ code: 'wrong-type', message: 'no' }, 415)
        : json({}, 201),
    )
    const outcomes = await uploads.send([text('a.txt'), text('b.txt')], HERE)
    expect(outcomes.map(({ problem }) => problem)).toEqual(['no', null])
  })

  it('none is sent on as another person', async () => {
    const { uploads, asked } = fixture()
    const outcomes = await uploads.send([text('a.txt'), text('b.txt')], {
      room: 'here',
      writer: writer('Ann', 1),
    })
    expect(outcomes.map(({ problem }) => problem)).toEqual([null, 'Ann has gone'])
    expect(asked).toHaveLength(1)
  })

  it('none is tried again as another person, after a wait that a busy server has asked for', async () => {
    const { uploads, asked, clock, answerWith } = fixture()
    answerWith(() => json({ code: 'too-many-requests', message: 'slowly', retryAfterS: 2 }, 429))
    const sending = uploads.send([text('a.txt')], { room: 'here', writer: writer('Ann', 1) })
    await settle()
    await clock.pass(2_000)
    expect(await sending).toEqual([{ name: 'a.txt', problem: 'Ann has gone' }])
    expect(asked).toHaveLength(1)
  })

  it('what is refused is told, since it may mean that I am not who I was', async () => {
    const { uploads, refused, answerWith } = fixture()
    answerWith(() => json({ code: 'not-allowed', message: 'you have signed in as Bob' }, 403))
    await uploads.send([text('a.txt')], HERE)
    expect(refused).toEqual(['not-allowed'])
  })

  it('in words, those with one reason stand together', () => {
    expect(
      outcomesInWords([
        { name: 'a.md', problem: 'no' },
        { name: 'b.txt', problem: null },
        { name: 'c.md', problem: 'no' },
        { name: 'דנה.txt', problem: null },
      ]),
    ).toEqual(['Not sent: a.md, c.md: no.', 'Sent: b.txt, \u2068דנה.txt\u2069.'])
  })
})

describe('an upload whose answer was lost', () => {
  it('is the same draft when it is given again, and another one after an answer', async () => {
    const { uploads, drafts, answerWith } = fixture()
    answerWith(() => Promise.reject(new TypeError('the line broke')))
    expect((await uploads.send([text('a.txt')], HERE))[0]!.problem).not.toBeNull()
    answerWith(() => json({}, 201))
    await uploads.send([text('a.txt')], HERE)
    await uploads.send([text('a.txt')], HERE)
    const [lost, again, meant] = drafts()
    expect(again).toBe(lost)
    expect(meant).not.toBe(lost)
  })

  it('is another draft in another room, under another name, by another author, or with another content', async () => {
    const { uploads, drafts, answerWith } = fixture()
    answerWith(() => Promise.reject(new TypeError('the line broke')))
    await uploads.send([text('a.txt')], HERE)
    await uploads.send([text('a.txt')], { ...HERE, room: 'other' })
    await uploads.send([text('b.txt')], HERE)
    await uploads.send([text('a.txt')], { ...HERE, writer: writer('Bob') })
    await uploads.send([text('a.txt', 'ho')], HERE)
    expect(new Set(drafts()).size).toBe(5)
  })

  it('is the same draft after a reload, and nothing is kept of what was answered', async () => {
    const memory = keeps()
    const before = fixture(memory)
    before.answerWith(() => Promise.reject(new TypeError('the line broke')))
    await before.uploads.send([text('a.txt')], HERE)
    const after = fixture(memory)
    await after.uploads.send([text('a.txt')], HERE)
    expect(after.drafts()).toEqual(before.drafts())
    expect(memory.length).toBe(0)
  })
})

describe('the name of a file', () => {
  const nameOf = async (name: string) => {
    const { uploads, names } = fixture()
    await uploads.send([text(name)], HERE)
    return names()[0]!
  }
  it('that is too long keeps its ending', async () => {
    const name = await nameOf(`${'x'.repeat(200)}.txt`)
    expect(name).toHaveLength(64)
    expect(name).toMatch(/^x+…\.txt$/)
  })
  it('that is too long is not cut in the middle of a character', async () => {
    expect(await nameOf(`${'🦜'.repeat(40)}.txt`)).toBe(`${'🦜'.repeat(29)}….txt`)
    expect(await nameOf(`${'👨‍👩‍👧‍👦'.repeat(9)}.txt`)).toBe(`${'👨‍👩‍👧‍👦'.repeat(5)}….txt`)
  })
  it('goes without what no name may have', async () => {
    expect(await nameOf('annexe\u202etxt.gnp\u200b')).toBe('annexetxt.gnp')
    expect(await nameOf('\u200b')).toBe('file')
  })
})
