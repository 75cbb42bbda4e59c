/** A NATS that cannot carry the log is refused by a line that says why and what to do, when the server starts. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ownCertificate } from '../../server/tls/certificates.ts'
import type { Engine } from '../../store/engine/engine.ts'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { freePorts } from '../kit/network/ports.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { NATS, type Nats, startNats } from './nats-server.ts'

const LIMIT_MS = 180_000
const NO_TLS = /has no TLS, so nothing was said to it/

if (NATS === null) skipLoudly('nats-server', 'nats-server')

const open: Engine[] = []
const nats: Nats[] = []
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close()
  for (const one of nats.splice(0)) await one.stop()
})
const opened = async (...args: Parameters<typeof openNatsEngine>) => {
  const engine = await openNatsEngine(...args)
  open.push(engine)
  return engine
}
const started = async (...args: Parameters<typeof startNats>) => {
  const one = await startNats(...args)
  nats.push(one)
  return one
}

describe('a program that only says that it is NATS', () => {
  let server: Server
  let heard = ''
  const sockets = new Set<Socket>()
  const pretend = async (info: object): Promise<number> => {
    heard = ''
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.write(`INFO ${JSON.stringify({ server_id: 'x', proto: 1, headers: true, ...info })}\r\n`)
      socket.on('data', (data) => {
        heard += data
        if (String(data).includes('PING')) socket.write('PONG\r\n')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as { readonly port: number }).port
  }
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it.each([
    [
      { version: '2.8.4', jetstream: true, max_payload: 1_048_576 },
      'unusable',
      /nats-server 2\.8\.4; 2\.9 or newer/,
    ],
    [{ version: '2.9.10', max_payload: 1_048_576 }, 'unusable', /no JetStream.*start it with -js/],
    [
      { version: '2.9.10', jetstream: true, max_payload: 65_536 },
      'unusable',
      /at most 65536 bytes; set max_payload/,
    ],
    [
      { version: '2.9.10', jetstream: true, max_payload: 1_048_576 },
      'unavailable',
      /the log cannot be opened|NATS did not/,
    ],
  ])('is refused: %j', async (info, code, why) => {
    const port = await pretend(info)
    const refusal = openNatsEngine(`nats://127.0.0.1:${port}`, { giveUpMs: 100 })
    await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(why) })
  })

  it('gets no password when it has no TLS', async () => {
    const port = await pretend({ version: '2.9.10', jetstream: true, max_payload: 1_048_576 })
    const refusal = openNatsEngine(`tls://lab:secret@127.0.0.1:${port}`)
    await expect(refusal).rejects.toMatchObject({ code: 'unusable', message: expect.stringMatching(NO_TLS) })
    expect(heard).not.toContain('secret')
  })
})

it('where no NATS answers, the line says where and how to start one', async () => {
  const [port] = await freePorts(1)
  await expect(openNatsEngine(`nats://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      new RegExp(`no NATS server answers at 127\\.0\\.0\\.1:${port} .*nats-server -js`),
    ),
  })
})

describe.runIf(NATS)('a stream that is not as the lab has made it', { timeout: LIMIT_MS }, () => {
  let shared: Nats
  let streams = 0
  beforeAll(async () => {
    shared = await startNats()
  }, LIMIT_MS)
  afterAll(() => shared?.stop())

  /** A stream as another program, or a person, has made it. */
  async function foreign(description: string, config: object = {}): Promise<string> {
    const name = `FOREIGN_${streams++}`
    const connection = await connect({ servers: shared.address.replace('nats://', '') })
    const jsm = await jetstreamManager(connection)
    await jsm.streams.add({ name, subjects: [`${name}.abc`], description, ...config })
    await connection.close()
    return name
  }
  const OURS = 'Transport Lab, log abc, format 1'
  const AS_OURS = { storage: 'file', retention: 'limits', discard: 'new', duplicate_window: 120e9 }

  it.each([
    ['of another program', 'orders', {}, /belongs to another program; choose another name/],
    [
      'of another version',
      'Transport Lab, log abc, format 99',
      {},
      /its format is 99, this one reads 1\); run the same version/,
    ],
    ['in memory only', OURS, { ...AS_OURS, storage: 'memory' }, /storage must be “file”/],
    ['that forgets its oldest', OURS, { ...AS_OURS, discard: 'old' }, /discard must be “new”/],
    [
      'that is emptied by its readers',
      OURS,
      { ...AS_OURS, retention: 'interest' },
      /retention must be “limits”/,
    ],
    [
      'with another subject',
      OURS,
      { ...AS_OURS, subjects: ['else'] },
      /its one subject must be FOREIGN_\d\.abc/,
    ],
    [
      'that forgets ids too soon',
      OURS,
      { ...AS_OURS, duplicate_window: 1e9 },
      /duplicate_window must be 120 s/,
    ],
  ])('%s is refused', async (_kind, description, config, why) => {
    const stream = await foreign(description, config)
    await expect(openNatsEngine(shared.address, { stream })).rejects.toMatchObject({
      code: 'unusable',
      message: expect.stringMatching(why),
    })
  })

  it('of fewer replicas than are wanted is refused', async () => {
    const stream = await foreign(OURS, AS_OURS)
    const refusal = openNatsEngine(shared.address, { stream, replicas: 3 })
    await expect(refusal).rejects.toThrow(/keeps each entry once, and 3 times are wanted/)
  })

  it('of more replicas than there are servers cannot be made', async () => {
    const refusal = openNatsEngine(shared.address, { stream: 'THREE', replicas: 3, giveUpMs: 1_000 })
    await expect(refusal).rejects.toMatchObject({
      code: 'unusable',
      message: expect.stringMatching(/replicas/),
    })
  })

  it('of another lab than this server’s data is refused, and its own is opened', async () => {
    const { log } = await opened(shared.address, { stream: 'MINE' })
    await opened(shared.address, { stream: 'MINE', log })
    const refusal = openNatsEngine(shared.address, { stream: 'THEIRS', log })
    await expect(refusal).rejects.toMatchObject({
      code: 'other-log',
      message: expect.stringMatching(
        new RegExp(`data belong to the log ${log}, and the stream THEIRS is the log`),
      ),
    })
  })

  it('that is full refuses an entry, and takes it when there is room', async () => {
    const engine = await opened(shared.address, { stream: 'SMALL', maxBytes: 200_000 })
    const body = new Uint8Array(150_000)
    const first = await engine.append({ id: 'a', body })
    await expect(engine.append({ id: 'b', body })).rejects.toMatchObject({ code: 'full' })
    await engine.trim(first + 1)
    expect(await engine.append({ id: 'b', body })).toBeGreaterThan(first)
  })
})

describe.runIf(NATS)('a NATS with TLS and credentials', { timeout: LIMIT_MS }, () => {
  it('is used with both, and refused without: by its certificate, by the password', async () => {
    const { cert, key } = await ownCertificate(null, ['localhost'])
    const one = await started(1, (folder) => {
      writeFileSync(`${folder}.cert`, cert)
      writeFileSync(`${folder}.key`, key)
      return `
        jetstream { store_dir: "${folder}" }
        tls { cert_file: "${folder}.cert", key_file: "${folder}.key" }
        authorization { user: lab, password: secret }`
    })
    const at = `localhost:${one.servers[0]!.port}`
    const engine = await opened(`tls://lab:secret@${at}`, { ca: cert })
    expect(await engine.append({ id: 'a', body: new Uint8Array(1) })).toBe(1)
    const refusals = [
      [`tls://lab:wrong@${at}`, { ca: cert }, /does not take these credentials/],
      [`tls://lab:secret@${at}`, {}, /a certificate that is not believed/],
    ] as const
    for (const [address, options, why] of refusals) {
      const refusal = openNatsEngine(address, options)
      await expect(refusal).rejects.toMatchObject({ code: 'unusable', message: expect.stringMatching(why) })
    }
  })
})
