/**
 * What a server shows to prove who it is: a certificate that was given, or one that the lab signs itself.
 *
 * A browser believes a certificate that an authority it knows has signed. Ours is self-signed,
 * so the browser warns, and the person decides. It remembers the decision for exactly this
 * certificate: so we keep it, with its key, beside the conversation.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import { UsageError } from '../../command/usage-error.ts'
import type { EventLogger } from '../observe/event-logger.ts'

/** Both as PEM (RFC 7468): what stands in the files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  /** Where the lab keeps `cert`, when it has signed it itself and keeps it. */
  readonly file?: string
}

const DAY_MS = 24 * 3_600_000
/** How long a certificate of our own is good for. Apple's browsers take none of more than 825 days. */
export const VALID_DAYS = 365
/** It is replaced this many days before its end, so that a reader who was away does not meet an expired one. */
export const RENEW_DAYS = 30

/** How often a running server looks for a newer certificate. */
export const LOOK_EVERY_MS = 3_600_000

/** @throws UsageError that names the file, and what is wrong with it */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const pair = { cert: textOf('--cert', certFile), key: textOf('--key', keyFile) }
  const certificate = certificateIn(pair.cert)
  if (!certificate) throw new UsageError(`--cert ${certFile} holds no certificate in PEM form`)
  const why = whyNotKeyOf(certificate, pair.key)
  if (why) throw new UsageError(`--key ${keyFile} ${why}`)
  return pair
}

function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Why this is not its key, for the person at the terminal; null when it is. TLS alone takes one of another kind. */
function whyNotKeyOf(certificate: X509Certificate, pem: string): string | null {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem)) ? null : 'is not the key of that certificate'
  } catch (error) {
    const isLocked =
      (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE' || pem.includes('ENCRYPTED')
    return isLocked ? 'is locked by a passphrase; give one that is not' : 'holds no private key in PEM form'
  }
}

function textOf(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/**
 * The lab's own certificate: the one that is kept if it still serves, or else a new one.
 *
 * @param folder where it is kept; null keeps it nowhere
 * @param names that it must stand for: host names and addresses
 * @throws UsageError when it can neither be read nor written
 */
export async function ownCertificate(
  folder: string | null,
  names: readonly string[],
  now = Date.now(),
): Promise<Certificate> {
  if (folder === null) return signFor(names, now)
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const kept = readKept(files)
  if (kept && stillServes(kept, names, now)) return { ...kept, file: files.cert }
  const made = await signFor(names, now)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(files.key, made.key, { mode: 0o600 })
    chmodSync(files.key, 0o600) // a file that was there before keeps the rights it had
    writeFileSync(files.cert, made.cert)
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); try --memory`,
    )
  }
  return { ...made, file: files.cert }
}

/** What is kept, if it is whole: the two files are written one after the other, and that can be cut short. */
function readKept({ cert, key }: { readonly cert: string; readonly key: string }): Certificate | null {
  try {
    const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
    const certificate = certificateIn(pair.cert)
    return certificate && whyNotKeyOf(certificate, pair.key) === null ? pair : null
  } catch {
    return null
  }
}

/** Whether it stands for all of the names, and will for a while. */
export function stillServes({ cert }: Certificate, names: readonly string[], now = Date.now()): boolean {
  const kept = new X509Certificate(cert)
  const isFresh = Date.parse(kept.validFrom) <= now && Date.parse(kept.validTo) - now > RENEW_DAYS * DAY_MS
  return isFresh && names.every((name) => standsFor(kept, name))
}

export const standsFor = (certificate: X509Certificate, name: string): boolean =>
  (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined

/** Names in a certificate are of two kinds (RFC 5280 §4.2.1.6); browsers look nowhere else. */
async function signFor(names: readonly string[], now: number): Promise<Certificate> {
  const { generate } = await import('selfsigned') // here: most servers never sign anything
  const altNames = names.map((name) =>
    isAddress(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const),
  )
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Transport Lab' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS), // for a phone whose clock is behind
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true }, // a thief of its key can sign no other certificate with it
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { cert, key }
}

/** The names under which people reach a server that listens on `host`. */
export function namesToVouchFor(host: string): string[] {
  const names = ['localhost', '127.0.0.1', '::1']
  if (host === '0.0.0.0' || host === '::') {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    // An address with a zone (`fe80::1%eth0`) cannot be used in a URL on another machine.
    names.push(hostname().toLowerCase(), ...own.map(({ address }) => address.replace(/%.*$/, '')))
  } else names.push(host.toLowerCase())
  return [...new Set(names)]
}

const isAddress = (name: string) => isIP(name) > 0

/** What two people can compare by eye to know that they see the same certificate. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256

/**
 * Looks now and then whether there is a newer certificate, and shows it to those who connect from then
 * on. So a server that runs for a year needs no restart for it.
 *
 * @param load what to show now; when it throws, the old one stays
 * @returns stops looking
 */
export function keepFresh(
  server: Pick<TlsServer, 'setSecureContext'>,
  shown: Certificate,
  load: () => Promise<Certificate>,
  logger: EventLogger,
): () => void {
  let current = shown
  async function look(): Promise<void> {
    try {
      const next = await load()
      if (next.cert === current.cert) return
      server.setSecureContext({ ...next })
      current = next
      logger.info('certificate renewed')
    } catch (error) {
      logger.warn('certificate not renewed', { why: (error as Error).message })
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Until when it is good, in milliseconds since the Unix epoch. */
export const endOf = ({ cert }: Certificate): number => Date.parse(new X509Certificate(cert).validTo)
