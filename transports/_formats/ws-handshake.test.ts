import { createHash, webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { acceptFromHash, challengeOf, isKey, subprotocolsIn } from './ws-handshake.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

describe('the proof of a handshake', () => {
  it('is that of RFC 6455 §1.3, with the SHA-1 of Node', () => {
    expect(acceptFromHash(createHash('sha1').update(challengeOf(KEY)).digest())).toBe(ACCEPT)
  })

  it('is the same with the SHA-1 of a browser', async () => {
    const hash = await webcrypto.subtle.digest('SHA-1', new TextEncoder().encode(challengeOf(KEY)))
    expect(acceptFromHash(new Uint8Array(hash))).toBe(ACCEPT)
  })
})

it.each<[value: string | undefined, isOne: boolean]>([
  [KEY, true],
  [undefined, false],
  ['', false],
  ['AQIDBAUGBwgJCgsMDQ4P', false],
  ['AQIDBAUGBwgJCgsMDQ4PEBE=', false],
  [`${KEY}, ${KEY}`, false],
])('the key %j is one: %s', (value, isOne) => {
  expect(isKey(value)).toBe(isOne)
})

it.each<[header: string | undefined, names: string[] | null]>([
  [undefined, []],
  ['chat', ['chat']],
  ['chat , superchat,\tv2.x', ['chat', 'superchat', 'v2.x']],
  ['', null],
  ['a,,b', null],
  ['a, a', null],
  ['a b', null],
  ['"a"', null],
])('the subprotocols in %j are %j', (header, names) => {
  expect(subprotocolsIn(header)).toEqual(names)
})
