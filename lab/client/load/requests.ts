/** The words of a GET, as a browser says them or as few as HTTP/1.1 allows. */
import type { HeaderStyle } from './reader.ts'

/**
 * What Chromium 140 sends along with a fetch from a page of the same site, with a session cookie of
 * ordinary size: about 640 bytes with the request line. HTTP/1.1 sends it again with every request.
 */
const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  Connection: 'keep-alive',
  'sec-ch-ua-platform': '"Linux"',
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
  'sec-ch-ua-mobile': '?0',
  Accept: '*/*',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Dest': 'empty',
  Referer: 'http://localhost:3000/',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9',
  Cookie: 'session=0b7f1c52a94e4d6f8c3ba1d2e5f60718',
}

/** Every header of a request but Host. */
export const headersOf = (style: HeaderStyle): Readonly<Record<string, string>> =>
  style === 'browser' ? BROWSER_HEADERS : {}

export function getRequest(
  { port, headers }: { readonly port: number; readonly headers: HeaderStyle },
  path: string,
  more: Readonly<Record<string, string>> = {},
): string {
  return requestText('GET', port, path, { ...headersOf(headers), ...more })
}

export function postRequest(
  { port, headers }: { readonly port: number; readonly headers: HeaderStyle },
  path: string,
  type: string,
  body: string,
): string {
  const length = String(Buffer.byteLength(body))
  const fields = { ...headersOf(headers), 'Content-Type': type, 'Content-Length': length }
  return requestText('POST', port, path, fields) + body
}

/** A WebSocket handshake (RFC 6455 §4.1). The key is always the same: no secret depends on it. */
export function upgradeRequest(
  { port, headers }: { readonly port: number; readonly headers: HeaderStyle },
  path: string,
  more: Readonly<Record<string, string>> = {},
): string {
  return getRequest({ port, headers }, path, {
    ...more,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    Origin: `http://127.0.0.1:${port}`,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  })
}

function requestText(
  method: string,
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}\r\n`
}
