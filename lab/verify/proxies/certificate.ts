/** A certificate for the name in docs/deploy, signed by itself alone, for as long as a test runs. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const NAME = 'chat.example'

export interface Certificate {
  /** Files, as the proxies want them: one each, or (HAProxy) both in one. */
  readonly chain: string
  readonly key: string
  readonly both: string
  /** The certificate itself, for clients that shall trust it. */
  readonly pem: string
}

export function makeCertificate(folder: string): Certificate {
  const chain = join(folder, 'fullchain.pem')
  const key = join(folder, 'key.pem')
  const both = join(folder, 'both.pem')
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`],
      ...['-keyout', key, '-out', chain],
    ],
    { stdio: 'pipe' },
  )
  const pem = readFileSync(chain, 'utf8')
  writeFileSync(both, pem + readFileSync(key, 'utf8'))
  return { chain, key, both, pem }
}
