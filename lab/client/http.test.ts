import { describe, expect, it } from 'vitest'
import { request } from './http.ts'
import { systemClock } from './platform.ts'

/** What comes of an answer with this status, body and `Retry-After`. */
function failure(status: number, body: string, retryAfter?: string) {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  const platform = {
    fetch: async () => new Response(body, { status, headers }),
    WebSocket: class {} as never,
    clock: systemClock,
    random: Math.random,
  }
  return request({ platform }, new URL('http://lab.test/'), {}).then(
    () => null,
    (error) => ({ code: error.code, retryable: error.retryable, retryAfterS: error.retryAfterS }),
  )
}

/** What is thrown for an answer of something between us and the server. */
const seen = (status: number, body: string, type = 'text/html') => {
  const fetch = async () => new Response(body, { status, headers: { 'content-type': type } })
  return request({ platform: { fetch } }, new URL('http://lab.test/'), {}).then(
    () => null,
    ({ code, message, retryable }) => ({ code, message, retryable }),
  )
}

describe('a portal', () => {
  it.each([200, 203, 401, 403, 404, 407, 451, 511])(
    'that answers %i with a page of its own is trouble on the way, and no word of our server',
    async (status) => {
      const error = await seen(status, '<!doctype html><title>Log in</title>')
      expect(error?.message).toBe(`something between us answered ${status} with a page of its own`)
      expect(error?.retryable).toBe(true)
    },
  )

  it.each([
    ['{"error":"blocked"}', 'application/json'],
    ['{"code":"blocked","message":"by policy"}', 'application/json'],
    ['Forbidden', 'text/plain'],
  ])('is told from our server by the words: %s', async (body, type) => {
    expect(await seen(403, body, type)).toMatchObject({ code: 'refused', retryable: true })
  })

  it('that says nothing is quoted as saying nothing', async () => {
    expect((await seen(403, ''))?.message).toBe('something between us answered 403')
  })

  it('is obeyed in what is about the message and not about the way: too large stays too large', async () => {
    expect(await seen(413, '<h1>Too Large</h1>')).toMatchObject({ code: 'too-large', retryable: false })
  })
})

describe('an error answer', () => {
  it('of our server keeps its code, and says when to come again', async () => {
    const body = '{"code":"too-many-requests","message":"slowly","retryAfterS":3}'
    expect(await failure(429, body, '3')).toEqual({
      code: 'too-many-requests',
      retryable: true,
      retryAfterS: 3,
    })
  })

  it.each([
    [429, '7', 'unreachable', 7],
    [503, '120', 'unreachable', 120],
    [503, undefined, 'unreachable', undefined],
    [503, 'Fri, 31 Dec 1999 23:59:59 GMT', 'unreachable', undefined],
    [503, '99999999999', 'unreachable', undefined],
    [503, '-1', 'unreachable', undefined],
    [403, '7', 'refused', 7],
    [407, undefined, 'refused', undefined],
    [511, undefined, 'unreachable', undefined],
  ])(
    'of something between, %i with Retry-After: %s, is %s after %s s',
    async (status, header, code, seconds) => {
      const error = await failure(status, '<h1>Busy</h1>', header)
      expect(error).toMatchObject({ code, retryAfterS: seconds, retryable: true })
    },
  )

  it.each(['-1', '"soon"', '1e9', 'null'])('with a delay of %s has none', async (delay) => {
    const body = `{"code":"too-many-requests","message":"slowly","retryAfterS":${delay}}`
    expect(await failure(429, body)).toMatchObject({ code: 'too-many-requests', retryAfterS: undefined })
  })
})
