/**
 * The documents are written for a lab at http://localhost:3000. On the site they speak of the lab that serves them:
 * its scheme, its host, its port, and what a program needs in order to believe its certificate.
 *
 * Here is what changes in a text. The page changes itself (browser/own-address.ts), since the site is made
 * beforehand, and only the browser knows by which address its reader came.
 */

/** The lab that serves the page. */
export interface OwnLab {
  /** As in `location.origin`: scheme, host, and the port unless it is the scheme's own. */
  readonly origin: string
  /** A file with the certificate that programs must be told to believe; null when they need not be told. */
  readonly certificate: string | null
}

/** A stretch of a text, and what is to stand in its place. */
export interface Edit {
  readonly at: number
  readonly length: number
  readonly text: string
}

/** What is written where the address of the reader's lab is meant. */
const WRITTEN = 'localhost:3000'
const ADDRESS = /(?:(https?|wss?):\/\/)?localhost:3000/g
/** A program where a command begins: at the start of a line, behind `|`, `;`, `&`, in `$(…)` or `{ …; }`. */
const PROGRAM = /(^|[|;&({])([ \t]*)(curl|node|python3|sh)(?= )/gm
/** Where `--tls` keeps the lab's own certificate, as the documents write it. */
const WRITTEN_CERTIFICATE = /(?<=--cacert )data\/tls\/cert\.pem/g

/** What a program reads the certificate from. curl has an option; the others are told by the environment. */
const BELIEF: Readonly<Record<string, (file: string) => readonly [before: string, after: string]>> = {
  curl: (file) => ['', ` --cacert ${file}`],
  node: (file) => [`NODE_EXTRA_CA_CERTS=${file} `, ''],
  python3: (file) => [`SSL_CERT_FILE=${file} `, ''],
  sh: (file) => [`CURL_CA_BUNDLE=${file} `, ''],
}

/** What changes in running text. There, only whole addresses are the reader's own. */
export function editsInProse(text: string, lab: OwnLab): Edit[] {
  return editsOf(text, ADDRESS, ([, scheme]) => (scheme ? addressOf(scheme, lab) : null))
}

/**
 * What changes in a block of code.
 *
 * @param language as its fence names it: of what is typed, programs are told what to believe
 */
export function editsInCode(text: string, language: string, lab: OwnLab): Edit[] {
  if (!text.includes(WRITTEN)) return []
  const edits = editsOf(text, ADDRESS, ([, scheme]) => addressOf(scheme, lab))
  const { certificate } = lab
  if (certificate !== null) edits.push(...editsOf(text, WRITTEN_CERTIFICATE, () => quoted(certificate)))
  if (!isSecure(lab)) return inOrder(edits)
  // A socket of TLS is opened by the same call as one of TCP, from another module.
  edits.push(
    ...editsOf(text, /"node:net"/g, () => '"node:tls"'),
    ...editsOf(text, /(?<=\bport \|\| )80\b/g, () => '443'),
  )
  const isTyped = language === 'sh' || language === ''
  if (!isTyped || certificate === null) return inOrder(edits)
  for (const match of text.matchAll(PROGRAM)) {
    const [all, , , program = ''] = match
    const [before, after] = BELIEF[program]!(quoted(certificate))
    const end = match.index + all.length
    const at = before === '' ? end : end - program.length
    edits.push({ at, length: 0, text: before + after })
  }
  return inOrder(edits)
}

/** The text as it reads after its edits. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { at, length, text: own } of edits.toReversed())
    result = result.slice(0, at) + own + result.slice(at + length)
  return result
}

const isSecure = ({ origin }: OwnLab) => origin.startsWith('https:')

function addressOf(scheme: string | undefined, lab: OwnLab): string {
  const host = lab.origin.replace(/^https?:\/\//, '')
  if (!scheme) return host
  const isWritten = scheme === 'https' || scheme === 'wss' // then TLS is what is talked about
  const kind = scheme.startsWith('ws') ? 'ws' : 'http'
  return `${kind}${isWritten || isSecure(lab) ? 's' : ''}://${host}`
}

function editsOf(text: string, what: RegExp, inPlace: (match: RegExpExecArray) => string | null): Edit[] {
  return [...text.matchAll(what)].flatMap((match) => {
    const own = inPlace(match)
    return own === null || own === match[0] ? [] : [{ at: match.index, length: match[0].length, text: own }]
  })
}

const inOrder = (edits: Edit[]) => edits.sort((a, b) => a.at - b.at)

/** As one word of a shell. */
const quoted = (file: string) => (/^[\w./+-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`)
