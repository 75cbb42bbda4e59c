/**
 * Where an engine is, as it is written on a command line: `nats://HOST:PORT`, or several with commas between.
 *
 * All that is said in the rooms passes there, so what is not this machine is spoken to by TLS and with credentials, or
 * not at all: `tls://NAME:PASSWORD@HOST`.
 */
import { EngineError } from '../engine.ts'

/** How an engine's addresses are written. */
export interface AddressForm {
  readonly engine: string
  /** Schemes, without `://`. */
  readonly plain: string
  readonly tls: string
  readonly port: string
}

export interface EngineAddress {
  /** `HOST:PORT` each. */
  readonly servers: readonly string[]
  readonly tls: boolean
  readonly credentials: { readonly user: string; readonly pass: string } | { readonly token: string } | null
}

/** @throws EngineError `unusable`, with a line that says what to write, and no password in it */
export function parseAddress(text: string, form: AddressForm): EngineAddress {
  const urls = text.split(',').map((one) => parseOne(one.trim(), form))
  const [first, ...others] = urls as [URL, ...URL[]]
  if (others.some((url) => url.protocol !== first.protocol))
    throw unusable(`${form.plain}:// and ${form.tls}:// cannot be mixed: one log, one way to speak to it`)
  const given = urls.find(({ username }) => username !== '') ?? first
  if (urls.some((url) => url.username !== '' && said(url) !== said(given)))
    throw unusable('the addresses have different credentials; give one name and password for all')

  const tls = first.protocol === `${form.tls}:`
  const credentials = credentialsOf(given)
  const far = urls.find(({ hostname }) => !isLoopback(hostname))
  if (far && !(tls && credentials)) {
    throw unusable(
      `${far.hostname} is another machine, and what is said in the rooms would pass there for all to read; ` +
        `give TLS and credentials: ${form.tls}://NAME:PASSWORD@${far.host}`,
    )
  }
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || form.port}`),
    tls,
    credentials,
  }
}

function parseOne(text: string, { engine, plain, tls }: AddressForm): URL {
  // What stands before an @ may be a password, whatever is wrong with the rest.
  const shown = text.replace(/^(\w+:\/\/)?.*@/, '$1…@')
  const wrong = (why: string) =>
    unusable(
      `“${shown}” is no address of ${engine} (${why}); write ${plain}://HOST:PORT, with commas between several`,
    )
  if (!/^[a-z]+:\/\//i.test(text)) throw wrong(`it does not begin with ${plain}:// or ${tls}://`)
  if (!URL.canParse(text)) throw wrong('it cannot be read')
  const url = new URL(text)
  if (url.protocol !== `${plain}:` && url.protocol !== `${tls}:`)
    throw wrong(`${url.protocol}// is not spoken`)
  if (url.hostname === '') throw wrong('it has no host')
  if (url.pathname.length > 1 || url.search !== '' || url.hash !== '')
    throw wrong('it goes on after the port')
  if (url.username === '' && url.password !== '') throw wrong('it has a password and no name')
  return url
}

function credentialsOf({ username, password }: URL): EngineAddress['credentials'] {
  if (username === '') return null
  const user = decodeURIComponent(username)
  return password === '' ? { token: user } : { user, pass: decodeURIComponent(password) }
}
const said = ({ username, password }: URL) => `${username}:${password}`

/** By how it is written (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3): what has to be looked up may be elsewhere. */
const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host)

const unusable = (message: string) => new EngineError('unusable', message)
