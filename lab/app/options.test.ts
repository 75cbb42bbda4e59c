import { describe, expect, it } from 'vitest'
import { helpOf } from '../command/options/command-line.ts'
import { LINE, parseOptions as parseOrNull, UsageError } from './options.ts'

const parseOptions = (...given: Parameters<typeof parseOrNull>) => parseOrNull(...given)!

describe('npm start --', () => {
  it('asks everybody who writes to sign in, if told to', () => {
    expect(parseOptions(['--sign-in']).signIn).toBe(true)
    expect(helpOf(LINE)).toContain('--sign-in')
  })

  it('has defaults for everything', () => {
    expect(parseOptions([])).toEqual({
      port: 3000,
      host: '127.0.0.1',
      singlePort: false,
      origins: [],
      rateLimit: 500,
      maxConnections: 1_000,
      tls: null,
      trustProxy: [],
      compress: false,
      data: 'data',
      keep: 100_000,
      engine: null,
      signIn: false,
      listen: [],
      metrics: 'loopback',
      log: null,
      logRequests: false,
    })
  })
  it('keeps the conversation where it is told, or not at all', () => {
    expect(parseOptions(['--data', '/srv/lab', '--keep', '5000'])).toMatchObject({
      data: '/srv/lab',
      keep: 5_000,
    })
    expect(parseOptions(['--memory']).data).toBeNull()
  })
  it('takes an engine that servers share, and how often it keeps each entry', () => {
    expect(parseOptions(['--engine', 'nats://127.0.0.1:4222,nats://127.0.0.1:4223']).engine).toEqual({
      address: 'nats://127.0.0.1:4222,nats://127.0.0.1:4223',
      replicas: 1,
    })
    expect(
      parseOptions(['--engine', 'tls://ada:secret@nats.example', '--engine-replicas', '3']).engine,
    ).toEqual({ address: 'tls://ada:secret@nats.example', replicas: 3 })
  })
  it.each([
    [['--engine', 'localhost:4222'], /--engine: .*begin with nats:/],
    [['--engine', 'etcd://127.0.0.1:2379', '--engine-replicas', '3'], /--engine-replicas is for NATS/],
    [['--engine', 'etcd://lab:secret@etcd.example'], /etcd\.example is another machine/],
    [['--engine', 'redis://127.0.0.1:6379'], /is no address of NATS/],
    [['--engine', 'nats://nats.example'], /--engine: nats.example is another machine/],
    [['--engine', 'tls://ada:secret@nats.example/x'], /--engine: “tls:\/\/…@nats.example\/x” is no address/],
    [['--engine', ''], /--engine must name a address/],
    [['--engine-replicas', '3'], /--engine-replicas goes with --engine/],
    [['--engine', 'nats://127.0.0.1', '--engine-replicas', '2'], /must be 1, 3 or 5, not 2/],
    [['--engine', 'nats://127.0.0.1', '--keep', '50'], /--keep cannot be given with --engine/],
  ] as const)('refuses %j, and repeats no password', (args, why) => {
    expect(() => parseOptions([...args])).toThrow(why)
    expect(() => parseOptions([...args])).toThrow(UsageError)
    expect(() => parseOptions([...args])).not.toThrow(/secret/)
  })
  it('takes one address for localhost', () => {
    expect(parseOptions(['--host', 'localhost']).host).toBe('127.0.0.1')
  })
  it('takes several origins', () => {
    const { origins } = parseOptions(['--origin', 'https://a.example/', '--origin', 'http://b.example:8080'])
    expect(origins).toEqual(['https://a.example', 'http://b.example:8080'])
  })
  it('takes limits, and none', () => {
    expect(parseOptions(['--rate-limit', '5', '--max-connections', '0'])).toMatchObject({
      rateLimit: 5,
      maxConnections: 0,
    })
  })
  it('takes a certificate, or none', () => {
    expect(parseOptions(['--tls']).tls).toBe('own')
    expect(parseOptions(['--tls', '--cert', 'c.pem', '--key', 'k.pem']).tls).toEqual({
      cert: 'c.pem',
      key: 'k.pem',
    })
  })
  it('takes proxies by address, by network and by number', () => {
    for (const proxies of [['10.0.0.1', 'fd00::/8'], ['10.0.0.0/8,127.0.0.1'], ['2']]) {
      const { trustProxy } = parseOptions(proxies.flatMap((one) => ['--trust-proxy', one]))
      expect(trustProxy).toEqual(proxies)
    }
  })
  it.each([
    [['--cert', 'c.pem', '--key', 'k.pem']],
    [['--tls', '--cert', 'c.pem']],
    [['--tls', '--key', 'k.pem']],
    [['--trust-proxy', 'nginx']],
    [['--trust-proxy', '10.0.0.0/33']],
    [['--trust-proxy', '10.0.0.0/']],
    [['--trust-proxy', '']],
    [['--trust-proxy', '1,10.0.0.1']],
    [['--trust-proxy', '-1']],
    [['--metrics', 'friends']],
    [['--log', '']],
    [['--port', 'http']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--rate-limit', '-1']],
    [['--rate-limit', 'much']],
    [['--max-connections', '1e9']],
    [['--port']],
    [['--data', '']],
    [['--data', 'd', '--memory']],
    [['--keep', '0']],
    [['--keep', 'all']],
    [['--prot', '80']],
    [['3000']],
    [['--origin', 'a.example']],
    [['--origin', 'https://a.example/path']],
    [['--origin', 'ftp://a.example']],
  ])('refuses %j in one line', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
    expect(() => parseOptions(args)).toThrow(/^[^\n]+$/)
  })
})

describe('--listen', () => {
  const known = ['lines', 'bytes']

  it.each([
    ['lines=4000', { name: 'lines', host: '127.0.0.1', port: 4000 }],
    ['bytes=0', { name: 'bytes', host: '127.0.0.1', port: 0 }],
    ['lines=0.0.0.0:4000', { name: 'lines', host: '0.0.0.0', port: 4000 }],
    ['lines=[::1]:65535', { name: 'lines', host: '::1', port: 65_535 }],
  ])('takes %s, on loopback unless an address is given', (value, listen) => {
    expect(parseOptions(['--listen', value], known).listen).toEqual([listen])
  })

  it.each(['lines', 'lines=', '=4000', 'lines=65536', 'lines=-1', 'lines=::1:4000', 'lines=a:b'])(
    'says in one line what is wrong with %s',
    (value) => {
      const message =
        /^--listen must look like NAME=PORT or NAME=ADDRESS:PORT, with a port from 0 to 65535, not "/
      expect(() => parseOptions(['--listen', value], known)).toThrow(message)
    },
  )

  it('names those that can have a port when it is given another, or says that there are none', () => {
    expect(() => parseOptions(['--listen', 'sse=4000'], known)).toThrow(
      '--listen sse=4000: "sse" cannot have a port of its own; those that can are lines, bytes',
    )
    expect(() => parseOptions(['--listen', 'sse=4000'], [])).toThrow('no transport here can')
  })

  it('refuses one transport twice', () => {
    expect(() => parseOptions(['--listen', 'lines=1', '--listen', 'lines=2'], known)).toThrow(
      '--listen names lines twice: a transport has one port',
    )
  })
})
