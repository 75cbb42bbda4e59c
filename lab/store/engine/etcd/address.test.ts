import { describe, expect, it } from 'vitest'
import { EngineError } from '../engine.ts'
import { parseEtcdAddress } from './address.ts'

describe('an address of etcd', () => {
  it('is of one member or of several, each with a port', () => {
    expect(parseEtcdAddress('etcd://127.0.0.1, etcd://[::1]:2380')).toEqual({
      servers: ['127.0.0.1:2379', '[::1]:2380'],
      tls: false,
      credentials: null,
    })
  })

  it('has a name and a password for all of its members', () => {
    const credentials = { user: 'lab', pass: 'p@:/,é' }
    const written = 'etcds://lab:p%40%3A%2F%2C%C3%A9@a.example,etcds://b.example:1'
    expect(parseEtcdAddress(written)).toEqual({
      servers: ['a.example:2379', 'b.example:1'],
      tls: true,
      credentials,
    })
  })

  it.each([
    ['etcd://etcd.example', /etcd\.example is another machine.*etcds:\/\/NAME:PASSWORD@etcd\.example/],
    ['etcd://lab:secret@etcd.example', /is another machine/], // it would pass there for all to read
    ['etcds://etcd.example', /is another machine/],
    ['etcd://127.0.0.1.etcd.example', /is another machine/],
    ['etcd://127.0.0.1,etcds://lab:secret@etcd.example', /cannot be mixed/],
    ['etcds://secret@etcd.example', /wants a name and a password/],
    [
      'http://lab:secret@127.0.0.1',
      /“http:\/\/…@127\.0\.0\.1” is no address of etcd.*write etcd:\/\/HOST:PORT/,
    ],
    ['etcd://127.0.0.1/v3', /goes on after the port/],
  ])('%s is refused with a line that says what to write, and no password', (text, line) => {
    const refused = () => parseEtcdAddress(text)
    expect(refused).toThrow(EngineError)
    expect(refused).toThrow(line)
    expect(refused).not.toThrow(/secret/)
  })
})
