/** A request as a line for a terminal. */
import { latin1, textOf } from '../../../transports/_formats/annotate/annotation.ts'
import { headerValue, parseHead } from '../../../transports/_formats/scan/head.ts'
import { withoutSecrets } from './secrets.ts'

/** Set by curl itself, or about the browser's own connection. */
const LEFT_OUT =
  /^(?:host|connection|content-length|accept-encoding|user-agent|sec-fetch-.*|sec-ch-.*|referer|priority|upgrade-insecure-requests)$/i

/** @returns null when the bytes are no request */
export function asCurl(bytes: Uint8Array, showsSecrets: boolean): string | null {
  const shown = showsSecrets ? bytes : withoutSecrets('message', bytes)
  const text = latin1(shown)
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? null : parseHead(text.slice(0, end + 4))
  if (head?.kind !== 'request') return null
  const host = headerValue(head.headers, 'host') ?? 'localhost'
  const headers = head.headers.filter(({ name }) => !LEFT_OUT.test(name))
  const body = textOf(shown, end + 4)
  // A WebSocket's handshake asks for what curl would have to go on speaking: the answer is what one can look at.
  const isSocket = headerValue(head.headers, 'upgrade') !== undefined
  return [
    `curl -i${isSocket ? ' --http1.1 -H "Connection: Upgrade"' : ' -N'}`,
    ...(head.method === 'GET' ? [] : ['-X', head.method]),
    ...headers.flatMap(({ name, value }) => ['-H', quoted(`${name}: ${value}`)]),
    ...(body ? ['--data-binary', quoted(body)] : []),
    quoted(`http://${host}${head.target}`),
  ].join(' ')
}

/** For a POSIX shell: within single quotation marks, all but those stands for itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
