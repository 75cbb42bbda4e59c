import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientFrame, serverFrame } from '../ws-encoder.ts'
import { acceptKeyOf } from './accept-key.ts'
import { annotate } from './annotate.ts'
import { type Annotation, rolesOf, secretsIn, sumOf } from './annotation.ts'
import { sha1 } from './sha1.ts'
import { unmaskingSteps } from './web-socket.ts'

const seed = Number(process.env.SEED ?? Date.now() & 0xffff)
const utf8 = new TextEncoder()
const bytesOf = (text: string) => utf8.encode(text)
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)
const CLIENT = { chunkLeft: null, isClient: true }
const SERVER = { chunkLeft: null, isClient: false }
const PAGE = '{"messages":[{"draftId":"a","text":"grüß \\"dich\\""}],"cursor":"x:1"}'

/** Name and bytes of each annotation, the inner ones below. */
const shown = (notes: readonly Annotation[], bytes: Uint8Array): unknown[] =>
  notes.map(({ name, from, to, children }) => {
    const text = new TextDecoder().decode(bytes.subarray(from, to))
    return children.length > 0 ? [name, text, shown(children, bytes)] : [name, text]
  })

describe('the annotation of HTTP', () => {
  const REQUEST = bytesOf(
    `POST /x/messages?tab=1 HTTP/1.1\r\nHost: lab\r\nCookie: a=1; session=s3cret\r\nContent-Type: application/json\r\nContent-Length: ${PAGE.length}\r\n\r\n`,
  )

  it('names each part of a request, with the very bytes that it stands in', () => {
    const { annotations } = annotate('message', REQUEST, CLIENT)
    expect(shown(annotations, REQUEST).slice(0, 3)).toEqual([
      [
        'request line',
        'POST /x/messages?tab=1 HTTP/1.1\r\n',
        [
          ['method', 'POST'],
          ['path', '/x/messages'],
          ['query', '?tab=1'],
          ['version', 'HTTP/1.1'],
          ['line end', '\r\n'],
        ],
      ],
      [
        'Host',
        'Host: lab\r\n',
        [
          ['name', 'Host'],
          ['value', 'lab'],
          ['line end', '\r\n'],
        ],
      ],
      [
        'Cookie',
        'Cookie: a=1; session=s3cret\r\n',
        [
          ['name', 'Cookie'],
          ['cookie a', 'a=1', [['value', '1']]],
          ['cookie session', 'session=s3cret', [['value', 's3cret']]],
          ['line end', '\r\n'],
        ],
      ],
    ])
    expect(annotations[1]!.meaning).toMatch(/^Which site is meant.* 11 bytes$/)
  })

  it('marks what proves who the viewer is, and nothing else', () => {
    const hidden = secretsIn(annotate('message', REQUEST, CLIENT).annotations)
    expect(hidden.map(({ from, to }) => new TextDecoder().decode(REQUEST.subarray(from, to)))).toEqual([
      '1',
      's3cret',
    ])
    const answer = bytesOf(
      'HTTP/1.1 200 OK\r\nSet-Cookie: session=x; HttpOnly\r\nauthorization: Bearer y\r\n\r\n',
    )
    const of = secretsIn(annotate('message', answer, SERVER).annotations)
    expect(of.map(({ from, to }) => new TextDecoder().decode(answer.subarray(from, to)))).toEqual([
      'session=x; HttpOnly',
      'Bearer y',
    ])
  })

  it('finds what was written in a body, in chunks or not, and counts the rest of the wire as overhead', () => {
    const chunks = `${'10'}\r\n${PAGE.slice(0, 16)}\r\n${(bytesOf(PAGE).length - 16).toString(16)}\r\n${PAGE.slice(16)}\r\n0\r\n\r\n`
    for (const [head, body] of [
      [`Content-Length: ${bytesOf(PAGE).length}`, PAGE],
      ['Transfer-Encoding: chunked', chunks],
    ]) {
      const bytes = bytesOf(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}\r\n\r\n${body}`)
      const { annotations } = annotate('message', bytes, SERVER)
      const json = annotations.find(({ name }) => name === 'body')!
      expect(json.children.map(({ name, value }) => [name, value])).toEqual([
        ['what was written', 'grüß \\"dich\\"'],
      ])
      expect(sumOf(annotations, bytes.length)).toEqual({
        payload: bytesOf(PAGE).length,
        overhead: bytes.length - bytesOf(PAGE).length,
      })
    }
  })

  it('says what is wrong, where it stands', () => {
    const problems = (text: string) =>
      annotate('message', bytesOf(text), SERVER).annotations.flatMap(({ name, problem }) =>
        problem ? [name] : [],
      )
    expect(problems('HTTP/1.1 200 OK\r\nno colon\r\n\r\n')).toEqual(['header'])
    expect(problems('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')).toEqual(['no chunk'])
  })
})

describe('the annotation of a stream', () => {
  it('names the chunk and each field of an event', () => {
    const event = `id: x:1\ndata: ${PAGE}\n\n`
    const bytes = bytesOf(`${bytesOf(event).length.toString(16)}\r\n${event}\r\n`)
    const { annotations } = annotate('event', bytes, { chunkLeft: 0, isClient: false })
    expect(annotations.map(({ name }) => name)).toEqual([
      'size of the chunk',
      'id',
      'data',
      'empty line',
      'end of the chunk',
    ])
    expect(annotations[0]!.meaning).toContain(`${bytesOf(event).length} bytes`)
    expect(sumOf(annotations, bytes.length).payload).toBe(bytesOf(PAGE).length)
    expect(annotations[2]!.children[1]!.children[0]!.value).toBe('grüß \\"dich\\"')
  })

  it('goes on within a chunk that began before, and across two', () => {
    const bytes = bytesOf(`da\r\n9\r\nta: xyz\n\n\r\n`)
    const { annotations } = annotate('event', bytes, { chunkLeft: 2, isClient: false })
    expect(annotations.map(({ name, value }) => [name, value])).toEqual([
      ['data', 'xyz'],
      ['end of the chunk', '\\r\\n'],
      ['size of the chunk', '9\\r\\n'],
      ['empty line', '\\n'],
      ['end of the chunk', '\\r\\n'],
    ])
    expect(sumOf(annotations, bytes.length)).toEqual({ payload: 3, overhead: bytes.length - 3 })
  })

  it('tells a comment from a field, and a heartbeat’s empty line from the end of a line', () => {
    expect(annotate('comment', bytesOf(':\n'), SERVER).annotations[0]).toMatchObject({ name: 'comment' })
    expect(annotate('empty line', bytesOf('\n'), SERVER).annotations[0]!.meaning).toContain('sign of life')
    expect(annotate('line', bytesOf(`${PAGE}\n`), SERVER).annotations.map(({ name }) => name)).toEqual([
      'line',
      'line end',
    ])
  })
})

describe('the annotation of frames', () => {
  it('has each bit of a header, both forms of a masked payload, and how one becomes the other', () => {
    const bytes = clientFrame(1, bytesOf('{"type":"send","draft":{"text":"hi"}}'), KEY)
    const { annotations, unmasked } = annotate('frame', bytes, CLIENT)
    expect(annotations.slice(0, 7).map(({ name, bits }) => [name, bits])).toEqual([
      ['FIN', [0, 1]],
      ['RSV1', [1, 1]],
      ['RSV2', [2, 1]],
      ['RSV3', [3, 1]],
      ['opcode', [4, 4]],
      ['MASK', [0, 1]],
      ['length', [1, 7]],
    ])
    expect(annotations.slice(7).map(({ name }) => name)).toEqual(['masking key', 'masked payload', 'payload'])
    expect(new TextDecoder().decode(unmasked!)).toContain('"send"')
    expect(annotations.at(-1)!.meaning).toContain('a frame of type “send”')
    expect(unmaskingSteps(bytes)[0]).toEqual({ masked: '4c', key: '37', clear: '7b', text: '{' })
    expect(sumOf(annotations, bytes.length).overhead).toBe(6)
    expect(annotate('frame', serverFrame(1, bytesOf('x')), SERVER).unmasked).toBeNull()
  })

  it('names type, flags and stream of a frame of HTTP/2', () => {
    const bytes = Uint8Array.of(0, 0, 2, 0, 1, 0, 0, 0, 5, 104, 105)
    const { annotations } = annotate('http2', bytes, SERVER)
    expect(annotations.map(({ meaning }) => meaning)).toEqual([
      '2 bytes of payload',
      'DATA: content of a stream',
      'END_STREAM',
      'Stream 5: one request and its response',
      '2 bytes of content, flow-controlled by WINDOW_UPDATE',
    ])
  })
})

describe('the accept key', () => {
  const request = bytesOf('GET /chat HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
  const answer = (accept: string) =>
    bytesOf(`HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)

  it('of RFC 6455 §1.3 is computed in four steps, and compared with what the server said', () => {
    const right = acceptKeyOf(request, answer('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='))!
    expect(right.steps.map(({ value }) => value)).toEqual([
      'dGhlIHNhbXBsZSBub25jZQ==',
      'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11',
      'b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea',
      's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    ])
    expect(right.agrees).toBe(true)
    expect(acceptKeyOf(request, answer('wrong'))!.agrees).toBe(false)
    expect(acceptKeyOf(request, null)!.agrees).toBeNull()
    expect(acceptKeyOf(bytesOf('GET / HTTP/1.1\r\n\r\n'), null)).toBeNull()
  })

  it('rests on the same SHA-1 as Node’s', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(Buffer.from(sha1(bytes)).toString('hex')).toBe(createHash('sha1').update(bytes).digest('hex'))
    })
    fc.assert(property, { numRuns: 300, seed })
  })
})

it('annotates any bytes as anything without leaving their bounds', () => {
  const kinds = ['message', 'event', 'line', 'end', 'frame', 'http2', 'raw', 'comment'] as const
  const starts = [
    '',
    'GET /x HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    '5\r\ndata',
  ]
  const property = fc.property(
    fc.constantFrom(...kinds),
    fc.constantFrom(...starts),
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(null, 0, 3),
    (kind, start, rest, chunkLeft) => {
      const bytes = Uint8Array.of(...bytesOf(start), ...rest)
      const { annotations } = annotate(kind, bytes, { chunkLeft, isClient: true })
      const check = (one: Annotation, from: number, to: number): void => {
        expect(one.from).toBeGreaterThanOrEqual(from)
        expect(one.to).toBeLessThanOrEqual(to)
        expect(one.to).toBeGreaterThanOrEqual(one.from)
        for (const child of one.children) check(child, one.from, one.to)
      }
      for (const one of annotations) check(one, 0, bytes.length)
      expect(rolesOf(annotations, bytes.length)).toHaveLength(bytes.length)
    },
  )
  fc.assert(property, { numRuns: 500, seed })
})
