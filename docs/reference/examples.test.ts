import { describe, expect, it } from 'vitest'
import { comparable, cursorIn, examplesIn } from './examples.ts'

const fenced = (...blocks: [language: string, text: string][]) =>
  blocks.map(([language, text]) => `\`\`\`${language}\n${text}\n\`\`\``).join('\n\nsome words\n\n')

describe('finding examples', () => {
  it('pairs a command with the block after it', () => {
    const markdown = fenced(['sh', 'npm install'], ['sh', 'curl localhost:3000/x'], ['json', '{"a":1}'])
    expect(examplesIn(markdown)).toMatchObject([
      { command: 'curl localhost:3000/x', answer: '{"a":1}', kind: 'json' },
    ])
  })

  it('refuses a command whose answer is missing', () => {
    expect(() => examplesIn(fenced(['sh', 'curl localhost:3000/x']))).toThrow('has no answer')
    expect(() => examplesIn(fenced(['sh', 'curl localhost:3000/x'], ['sh', 'ls']))).toThrow('has no answer')
  })

  it('refuses a block that is never closed', () => {
    expect(() => examplesIn('```sh\ncurl localhost:3000')).toThrow('line 1 is not closed')
  })
})

describe('comparing answers', () => {
  const page =
    '{"messages":[{"seq":7,"publishedAt":1795171476359,"text":"a"}],"cursor":"xtgm81qx1i:7","gap":false}'
  const asJson = comparable(page, 'json')

  it('lets time, epoch and layout differ', () => {
    const other = page.replace('1795171476359', ' 1700000000000').replace('xtgm81qx1i', '0123456789')
    expect(comparable(other.replaceAll(',', ',\n  '), 'json')).toEqual(asJson)
  })

  it.each([
    ['a text', '"a"', '"b"'],
    ['a sequence number', '"seq":7', '"seq":8'],
    ['the place in a cursor', 'xtgm81qx1i:7', 'xtgm81qx1i:8'],
    ['a flag', 'false', 'true'],
    ['a field', ',"gap":false', ''],
    ['a time that is none', '1795171476359', '0'],
  ])('notices %s that is wrong', (_what, right, wrong) => {
    expect(comparable(page.replace(right, wrong), 'json')).not.toEqual(
      comparable(page.replace('1795171476359', '1795171476358'), 'json'),
    )
  })

  it('lets ids and the names of private rooms differ, and nothing that is none', () => {
    const answer = (room: string, id: string) => comparable(`{"name":"${room}","authorId":"${id}"}`, 'json')
    const expected = answer(`~${'a'.repeat(20)}`, 'b'.repeat(20))
    expect(answer('~0123456789abcdefghij', '0123456789abcdefghij')).toEqual(expected)
    expect(answer('lobby', '0123456789abcdefghij')).not.toEqual(expected)
    expect(answer('~short', '0123456789abcdefghij')).not.toEqual(expected)
    expect(answer('~0123456789abcdefghij', 'ada')).not.toEqual(expected)
  })

  it('takes headers in any order and case, and leaves out three of them and no others', () => {
    const head =
      'HTTP/1.1 200 OK\r\nDate: now\r\nConnection: keep-alive\r\nKeep-Alive: timeout=72\r\nX: Y\r\nA: b\r\n\r\nDate: 1\r\n'
    expect(comparable(head, 'http')).toEqual({
      status: 'HTTP/1.1 200 OK',
      headers: ['a: b', 'x: Y'],
      body: ['Date: 1'],
    })
    expect(comparable('HTTP/1.1 400 Bad Request\nConnection: close', 'http')).toMatchObject({
      headers: ['connection: close'],
    })
  })

  it('leaves out heartbeats, which come when they come', () => {
    expect(comparable(':\nretry: 1\n:\ndata: :\n\n:\n', 'text')).toEqual(['retry: 1', 'data: :'])
    expect(comparable('{"type":"heartbeat"}\n{"a":1}\n', 'json')).toEqual({ a: 1 })
  })

  it('lets ids and secrets differ that are drawn, and nothing that only looks like one', () => {
    const made = (id: string, token: string) => comparable(`{"id":"${id}","token":"${token}"}`, 'json')
    const [id, token] = ['0dd1f5d0b1c4f6a2e7a9', `lab_${'k'.repeat(43)}`]
    const right = made(id, token)
    expect(made('f'.repeat(20), `lab_${'-'.repeat(43)}`)).toEqual(right)
    expect(made(id.slice(1), token)).not.toEqual(right)
    expect(made(id.toUpperCase(), token)).not.toEqual(right)
    expect(made(id, token.slice(4))).not.toEqual(right)
    expect(made(id, token.slice(0, -1))).not.toEqual(right)
  })

  it('goes on from the last cursor of an answer', () => {
    expect(cursorIn('"cursor":"a:1" "cursor": "a:2"')).toBe('a:2')
    expect(cursorIn('nothing')).toBeNull()
  })
})
