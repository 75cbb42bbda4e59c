/** What the headers are for that cross these wires, each in a sentence. */

const PURPOSES: Readonly<Record<string, string>> = {
  accept: 'Which media types the client can read (RFC 9110 §12.5.1)',
  'accept-encoding': 'Which compressions the client can undo (RFC 9110 §12.5.3)',
  'accept-language': 'Which languages its user reads (RFC 9110 §12.5.4). Nothing here needs it',
  'accept-ranges': 'Whether parts of a resource can be asked for (RFC 9110 §14.3)',
  'access-control-allow-credentials': 'A page of another origin may send cookies along (Fetch §3.3.3)',
  'access-control-allow-headers': 'Which headers a page of another origin may set (Fetch §3.3.3)',
  'access-control-allow-methods': 'Which methods a page of another origin may use (Fetch §3.3.3)',
  'access-control-allow-origin': 'Which page’s origin may read this response (Fetch §3.3.3)',
  'access-control-expose-headers': 'Which headers a page of another origin may read (Fetch §3.3.3)',
  'access-control-max-age': 'For how many seconds the answer to a preflight holds (Fetch §3.3.3)',
  'access-control-request-headers': 'A preflight: which headers the page wants to set (Fetch §3.3.2)',
  'access-control-request-method': 'A preflight: which method the page wants to use (Fetch §3.3.2)',
  authorization: 'Proves who is asking (RFC 9110 §11.6.2)',
  'cache-control': 'Whether, and how long, an answer may be kept (RFC 9111 §5.2)',
  connection: 'Whether the connection stays open, or changes its protocol (RFC 9110 §7.6.1)',
  'content-encoding': 'How the body is compressed (RFC 9110 §8.4)',
  'content-length': 'The body has so many bytes: that is how its end is found (RFC 9112 §6.2)',
  'content-security-policy': 'What this page may load and run (CSP Level 3)',
  'content-type': 'What the body is: its media type and encoding (RFC 9110 §8.3)',
  cookie: 'What the server asked the browser to send back each time: here, who is asking (RFC 6265 §5.4)',
  date: 'When the server made this response (RFC 9110 §6.6.1)',
  dnt: 'An old wish not to be tracked. Nothing here needs it',
  etag: 'Names this version of the content, so that it need not be sent again (RFC 9110 §8.8.3)',
  forwarded: 'What a proxy knows of the client (RFC 7239)',
  host: 'Which site is meant, since many may share an address (RFC 9110 §7.2)',
  'if-match': 'Do it only if the content is still this version (RFC 9110 §13.1.1)',
  'if-none-match': 'Send the content only if it is no longer this version (RFC 9110 §13.1.2)',
  'keep-alive': 'How long an idle connection is kept open (RFC 9112, Appendix C.2.2)',
  'last-event-id': 'The id of the last event that has come: the server goes on after it (WHATWG HTML §9.2.4)',
  'last-modified': 'When the content was last changed (RFC 9110 §8.8.2)',
  location: 'Where to go on (RFC 9110 §10.2.2)',
  origin: 'Which page is asking: the server compares it with its own (RFC 6454 §7)',
  pragma: 'The old form of cache-control (RFC 9111 §5.4)',
  priority: 'How urgent it is, said to HTTP/2 and HTTP/3 (RFC 9218)',
  referer: 'From which page the request comes (RFC 9110 §10.1.3)',
  'referrer-policy': 'How much of its address a page tells others (Referrer Policy §4)',
  'retry-after': 'Ask again after so many seconds (RFC 9110 §10.2.3)',
  'sec-websocket-accept': 'The proof that a WebSocket server has read the key (RFC 6455 §4.2.2)',
  'sec-websocket-extensions': 'Extensions that are offered or agreed on, such as compression (RFC 6455 §9.1)',
  'sec-websocket-key': 'Sixteen random bytes in base64, which the server must answer (RFC 6455 §4.1)',
  'sec-websocket-protocol': 'Protocols over WebSocket that are offered or chosen (RFC 6455 §1.9)',
  'sec-websocket-version': 'The version of WebSocket: 13 is the only one in use (RFC 6455 §4.1)',
  'server-timing': 'What the server did and how long it took (Server Timing)',
  'set-cookie': 'The browser is to keep this, and to send it back with each request (RFC 6265 §4.1)',
  te: 'Whether the client can read trailers (RFC 9110 §10.1.4)',
  'transfer-encoding':
    'The body comes in chunks, each with its size: its end need not be known (RFC 9112 §6.1)',
  upgrade: 'To which protocol the connection is to change (RFC 9110 §7.8)',
  'upgrade-insecure-requests': 'The browser would rather have HTTPS (Upgrade Insecure Requests §3.2.1)',
  'user-agent': 'Which program is asking (RFC 9110 §10.1.5)',
  vary: 'Which request headers have decided the answer: for caches (RFC 9110 §12.5.5)',
  via: 'Through which proxies it came (RFC 9110 §7.6.3)',
  'x-accel-buffering': '“no” asks nginx not to hold a stream back',
  'x-content-type-options': '“nosniff”: take the content for what its type says (Fetch §3.6)',
  'x-forwarded-for': 'Which client a proxy speaks for',
}

/** What a request header is for that begins so. */
const FAMILIES: readonly (readonly [prefix: string, purpose: string])[] = [
  ['sec-ch-', 'A hint about the browser, sent unasked (User-Agent Client Hints). Nothing here needs it'],
  ['sec-fetch-', 'How the browser came to ask: which page and what for (Fetch Metadata §2)'],
]

/** @param name in lower case */
export const purposeOf = (name: string): string =>
  PURPOSES[name] ??
  FAMILIES.find(([prefix]) => name.startsWith(prefix))?.[1] ??
  'A header of this application'

/** Headers whose value proves who someone is. */
export const SECRET_HEADERS = new Set(['cookie', 'set-cookie', 'authorization', 'proxy-authorization'])
