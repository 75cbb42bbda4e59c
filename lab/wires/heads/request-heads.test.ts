import { describe, expect, it } from 'vitest'
import { createRequestHeads } from './request-heads.ts'

/** All requests that are found in a text, however it is cut into pieces. */
function found(text: string, pieceBytes = text.length) {
  const targets: string[] = []
  let isBroken = false
  const heads = createRequestHeads(
    ({ method, target }) => targets.push(`${method} ${target}`),
    () => {
      isBroken = true
    },
  )
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += pieceBytes) heads.take(bytes.subarray(at, at + pieceBytes))
  return { targets, isBroken, state: heads.state, isUnfinished: heads.isUnfinished }
}
const get = (target: string, ...lines: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n')
const post = (target: string, body: string, ...lines: string[]) =>
  [`POST ${target} HTTP/1.1`, ...lines, '', body].join('\r\n')

describe('the heads of requests', () => {
  const ALL = [
    get('/a'),
    post('/b', 'GET /not HTTP/1.1\r\n\r\n', 'Content-Length: 21'),
    get('/c'),
    post(
      '/d',
      '15\r\nGET /not HTTP/1.1\r\n\r\n\r\n3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n',
      'Transfer-Encoding: chunked',
    ),
    post('/e', '', 'Content-Length: 0'),
    `\r\n${get('/f')}`,
  ].join('')

  it.each([ALL.length, 1, 2, 3, 7, 64])(
    'are found in pieces of %d bytes, and not within bodies',
    (pieceBytes) => {
      expect(found(ALL, pieceBytes)).toEqual({
        targets: ['GET /a', 'POST /b', 'GET /c', 'POST /d', 'POST /e', 'GET /f'],
        ...{ isBroken: false, state: 'head', isUnfinished: false },
      })
    },
  )

  it('are unfinished until their last byte has come', () => {
    expect(found(get('/a').slice(0, -1))).toMatchObject({ targets: [], isUnfinished: true })
  })

  it('are no more sought after an upgrade', () => {
    expect(found(`${get('/s', 'Upgrade: websocket')}${get('/b')}`)).toMatchObject({
      ...{ targets: ['GET /s'], isBroken: false, state: 'opaque' },
    })
  })

  it.each([
    ['two lengths', post('/', '', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length and a coding', post('/', '', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['a coding that is not chunked', post('/', '', 'Transfer-Encoding: gzip')],
    ['a length that is no number', post('/', '', 'Content-Length: +1')],
    ['a name with a space', get('/', 'Content-Length : 1')],
    ['a folded line', get('/', 'X: y', ' z')],
    ['no HTTP', '\x16\x03\x01hello\r\n\r\n'],
    ['a chunk without a size', post('/', 'x\r\n', 'Transfer-Encoding: chunked')],
    ['a head without an end', `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}`],
  ])('are given up at %s: two servers could read it in two ways', (_what, text) => {
    expect(found(text)).toMatchObject({ isBroken: true, state: 'opaque' })
  })
})
