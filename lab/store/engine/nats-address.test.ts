import { describe, expect, it } from 'vitest'
import { EngineError } from './engine.ts'
import { parseNatsAddress } from './nats-address.ts'

describe('an address of NATS', () => {
  it('is of one server or of several, each with a port', () => {
    expect(parseNatsAddress('nats://127.0.0.1:4300')).toEqual({
      servers: ['127.0.0.1:4300'],
      tls: false,
      credentials: null,
    })
    expect(parseNatsAddress('nats://localhost, nats://[::1]:4301').servers).toEqual([
      'localhost:4222',
      '[::1]:4301',
    ])
  })

  it('has a name and a password, or a token, for all of its servers', () => {
    const credentials = { user: 'lab', pass: 'p@:/,é' }
    const written = 'tls://lab:p%40%3A%2F%2C%C3%A9@a.example'
    expect(parseNatsAddress(written)).toEqual({ servers: ['a.example:4222'], tls: true, credentials })
    expect(parseNatsAddress(`${written},tls://b.example:1`)).toMatchObject({ credentials })
    expect(parseNatsAddress('tls://t0ken@a.example').credentials).toEqual({ token: 't0ken' })
  })

  it.each([
    [
      'nats://nats.example:4222',
      /nats\.example is another machine.*tls:\/\/NAME:PASSWORD@nats\.example:4222/,
    ],
    ['nats://lab:secret@nats.example', /is another machine/], // it would pass there for all to read
    ['tls://nats.example', /is another machine/],
    ['nats://0.0.0.0', /is another machine/],
    ['nats://127.0.0.1.nats.example', /is another machine/],
    ['nats://localhost.nats.example', /is another machine/],
    ['nats://127.0.0.1,nats://10.0.0.2', /10\.0\.0\.2 is another machine/],
    ['nats://127.0.0.1,tls://lab:secret@nats.example', /cannot be mixed/],
    ['tls://a:secret@a.example,tls://b:secret@b.example', /different credentials/],
    ['localhost:4222', /“localhost:4222” is no address.*write nats:\/\/HOST:PORT/],
    ['lab:secret@localhost', /“…@localhost” is no address/],
    ['', /is no address/],
    ['nats://', /is no address/],
    ['nats://localhost,', /is no address/],
    ['nats://localhost:99999', /is no address/],
    ['http://localhost:4222', /http:\/\/ is not spoken/],
    ['etcd://lab:secret@localhost', /“etcd:\/\/…@localhost” .*etcd:\/\/ is not spoken/],
    ['nats://localhost/path', /goes on after the port/],
    ['nats://:secret@localhost', /a password and no name/],
  ])('%s is refused by a line that says why, and has no password in it', (address, why) => {
    let refusal: unknown = null
    try {
      parseNatsAddress(address)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(EngineError)
    expect(refusal).toMatchObject({ code: 'unusable', message: expect.stringMatching(why) })
    expect((refusal as Error).message).not.toContain('secret')
  })
})
