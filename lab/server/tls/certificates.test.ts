import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UsageError } from '../../command/usage-error.ts'
import { plainLogger } from '../observe/event-logger.ts'
import {
  type Certificate,
  fingerprintOf,
  keepFresh,
  LOOK_EVERY_MS,
  namesToVouchFor,
  ownCertificate,
  RENEW_DAYS,
  readCertificate,
  standsFor,
  VALID_DAYS,
} from './certificates.ts'

const parent = mkdtempSync(join(tmpdir(), 'lab-certificates-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))
let folder = ''
let folders = 0
beforeEach(() => {
  folder = join(parent, String(folders++))
})

const DAY_MS = 24 * 3_600_000
const NAMES = ['localhost', '127.0.0.1', '::1']
const NOW = Date.UTC(2026, 10, 20)

describe('a certificate of our own', () => {
  it('stands for the names it is asked for and for no others, and signs nothing but a handshake', async () => {
    const certificate = new X509Certificate((await ownCertificate(null, [...NAMES, 'lab.local'], NOW)).cert)
    for (const name of [...NAMES, 'lab.local']) expect(standsFor(certificate, name), name).toBe(true)
    for (const name of ['example.com', 'x.localhost', '127.0.0.2', '::2', 'local'])
      expect(standsFor(certificate, name), name).toBe(false)
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']) // serverAuth (RFC 5280 §4.2.1.12)
    expect(Date.parse(certificate.validTo)).toBe(NOW + VALID_DAYS * DAY_MS)
  })

  it('is kept for its owner only, and is the same after a restart', async () => {
    const first = await ownCertificate(folder, NAMES, NOW)
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const second = await ownCertificate(folder, NAMES, NOW + DAY_MS)
    expect(fingerprintOf(second)).toBe(fingerprintOf(first))
  })

  it('closes the rights of a key file that was open to others', async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'key.pem'), 'of an older life', { mode: 0o644 })
    await ownCertificate(folder, NAMES, NOW)
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
  })

  it('is replaced before it expires', async () => {
    const first = await ownCertificate(folder, NAMES, NOW)
    const renewal = NOW + (VALID_DAYS - RENEW_DAYS) * DAY_MS
    expect(fingerprintOf(await ownCertificate(folder, NAMES, renewal - DAY_MS))).toBe(fingerprintOf(first))
    const second = await ownCertificate(folder, NAMES, renewal + DAY_MS)
    expect(fingerprintOf(second)).not.toBe(fingerprintOf(first))
    expect(readFileSync(join(folder, 'cert.pem'), 'utf8')).toBe(second.cert)
  })

  it('is replaced when the server has another name now', async () => {
    const first = await ownCertificate(folder, NAMES, NOW)
    const second = await ownCertificate(folder, [...NAMES, '192.0.2.1'], NOW)
    expect(fingerprintOf(second)).not.toBe(fingerprintOf(first))
    expect(fingerprintOf(await ownCertificate(folder, NAMES, NOW))).toBe(fingerprintOf(second)) // that stands for more
  })

  it('is replaced when half of it is missing: the files are written one after the other', async () => {
    const first = await ownCertificate(folder, NAMES, NOW)
    const other = await ownCertificate(null, NAMES, NOW)
    writeFileSync(join(folder, 'key.pem'), other.key)
    const second = await ownCertificate(folder, NAMES, NOW)
    expect([fingerprintOf(first), fingerprintOf(other)]).not.toContain(fingerprintOf(second))
    writeFileSync(join(folder, 'cert.pem'), second.cert.slice(0, 100))
    expect(fingerprintOf(await ownCertificate(folder, NAMES, NOW))).not.toBe(fingerprintOf(second))
  })

  it('says in one line that it cannot be kept', async () => {
    writeFileSync(folder, 'a file')
    await expect(ownCertificate(join(folder, 'tls'), NAMES, NOW)).rejects.toThrow(
      /^[^\n]*cannot be written[^\n]*$/,
    )
  })
})

it('vouches for this machine by all its names when it listens on all addresses', () => {
  expect(namesToVouchFor('127.0.0.1')).toEqual(NAMES)
  expect(namesToVouchFor('192.0.2.1')).toEqual([...NAMES, '192.0.2.1'])
  const all = namesToVouchFor('0.0.0.0')
  expect(all).toEqual(expect.arrayContaining(NAMES))
  expect(all.length).toBeGreaterThan(NAMES.length) // the host's own name at least
  expect(all.join()).not.toContain('%')
})

describe('a certificate that is given', () => {
  const write = (name: string, text: string) => {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  /** What is said when the two cannot be used. */
  const refusal = (cert: string, key: string): string => {
    try {
      readCertificate(cert, key)
      return 'no refusal'
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      return (error as Error).message
    }
  }

  it('is read', async () => {
    const made = await ownCertificate(null, NAMES, NOW)
    expect(readCertificate(write('c.pem', made.cert), write('k.pem', made.key))).toEqual(made)
  })

  it('is refused, in one line that names the file and says why', async () => {
    const one = await ownCertificate(null, NAMES, NOW)
    const other = await ownCertificate(null, NAMES, NOW)
    const cert = write('c.pem', one.cert)
    const key = write('k.pem', one.key)
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const locked = rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    const cases: [message: string, refused: string, file: string][] = [
      [refusal(join(folder, 'gone.pem'), key), '--cert .*gone.pem cannot be read \\(ENOENT\\)', 'gone.pem'],
      [refusal(cert, join(folder, 'gone.pem')), '--key .*gone.pem cannot be read \\(ENOENT\\)', 'gone.pem'],
      [refusal(folder, key), 'cannot be read \\(EISDIR\\)', folder],
      [refusal(write('text.pem', 'hello'), key), '--cert .* holds no certificate in PEM form', 'text.pem'],
      [refusal(cert, write('text.pem', 'hello')), '--key .* holds no private key in PEM form', 'text.pem'],
      [refusal(cert, write('other.pem', other.key)), 'is not the key of that certificate', 'other.pem'],
      [
        refusal(cert, write('rsa.pem', rsa.export({ type: 'pkcs8', format: 'pem' }) as string)),
        'is not the key of that certificate',
        'rsa.pem',
      ],
      [refusal(cert, write('locked.pem', locked as string)), 'is locked by a passphrase', 'locked.pem'],
    ]
    for (const [message, words, file] of cases) {
      expect(message).toMatch(new RegExp(words))
      expect(message).toContain(file)
      expect(message).not.toContain('\n')
    }
  })
})

describe('a server that runs for long', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('shows the newer certificate, and keeps the old one while the newer cannot be read', async () => {
    const [first, second] = [
      { cert: 'one', key: '1' },
      { cert: 'two', key: '2' },
    ] as const
    const shown: Certificate[] = []
    const told: string[] = []
    let next: () => Certificate = () => first
    let looks = 0
    const stop = keepFresh(
      { setSecureContext: (options) => shown.push(options as Certificate) },
      first,
      async () => {
        looks++
        return next()
      },
      { ...plainLogger, warn: (event) => told.push(event) },
    )
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS)
    expect(shown).toEqual([])
    next = () => {
      throw new Error('half written')
    }
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS)
    expect(shown).toEqual([])
    expect(told).toEqual(['certificate not renewed'])
    next = () => second
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS)
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS)
    expect(shown).toEqual([second])
    stop()
    expect(looks).toBe(4)
    await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS)
    expect(looks).toBe(4)
  })
})
