/** The exhibits: each bug, what it breaks, the bytes that show it, and the line of ours that keeps it out. */
import { KEY } from '../attacks/raw-web-socket.ts'
import type { Bug } from './bugs.ts'
import type { Script } from './play.ts'

/** Where the defect is not: the line of the lab that keeps it out. */
export interface Mend {
  /** From the root of the repository. */
  readonly file: string
  /** Stands there exactly once, or the catalogue's test fails. */
  readonly code: string
}

export interface Exhibit {
  readonly name: Bug
  /** A heading: what the server does. */
  readonly title: string
  /** How people come to write it. */
  readonly story: string
  /** What a user or a developer sees of it. */
  readonly breaks: string
  readonly phenomenon: number | null
  readonly script: Script
  /** What comes back with the bug on, as play.ts writes it. */
  readonly came: string
  readonly mend: Mend
  /** What that line does, in a sentence. */
  readonly mendedBy: string
}

const BY_HAND = 'transports/websocket-by-hand'
const FORMATS = 'transports/_formats'

export const EXHIBITS: readonly Exhibit[] = [
  {
    name: 'key-by-position',
    title: 'The key is the sixth line of the request',
    story: 'The server was tried with one browser, and in that browser’s request the key stood there.',
    breaks:
      'Another browser, a proxy or a program sends its headers in another order, and gets the proof of the wrong text.',
    phenomenon: null,
    script: {
      handshake: [
        `Sec-WebSocket-Key: ${KEY}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
      ],
    },
    came: 'Sec-WebSocket-Accept: qRuMdykMYGEyIrjwimgOGL79D68=',
    mend: { file: `${BY_HAND}/server-handshake.ts`, code: "const key = headers['sec-websocket-key']" },
    mendedBy: 'Node has parsed the head, and a header is asked for by its name.',
  },
  {
    name: 'key-by-case',
    title: 'The name of the header is compared with its capitals',
    story: 'A pattern was copied from the specification, where the header is written “Sec-WebSocket-Key”.',
    breaks: 'Names of headers have no case (RFC 9110 §5.1). A client that writes them small is refused.',
    phenomenon: null,
    script: {
      handshake: [
        'connection: Upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        `sec-websocket-key: ${KEY}`,
      ],
    },
    came: 'HTTP/1.1 426 Upgrade Required',
    mend: {
      file: `${BY_HAND}/server-handshake.ts`,
      code: "if (headers['sec-websocket-version'] !== VERSION)",
    },
    mendedBy: 'Node writes all names of headers small before they are compared.',
  },
  {
    name: 'handshakes-stay',
    title: 'A client may take for ever over its handshake',
    story: 'The loop reads when there is something to read, and nothing asks about a socket that is quiet.',
    breaks:
      'A few thousand half requests hold every socket that the server may have. They cost the attacker nothing.',
    phenomenon: null,
    script: 'silence',
    came: 'the connection is open',
    mend: { file: 'lab/server/limits/timeouts.ts', code: 'headersTimeout: HEADERS_MS' },
    mendedBy: 'Every request has three seconds for its headers, on each transport.',
  },
  {
    name: 'lengths-not-read',
    title: 'The second byte is taken for the length',
    story: 'Up to 125 it is the length, and test messages are short.',
    breaks:
      'A text of 126 bytes or more is read as something else: the length and the mask lie where they are not looked for.',
    phenomenon: null,
    script: { echo: '1: binary of 126 bytes' },
    came: '82 7e 00 7e 00 7e 2a 2a 2a 54 2a 2a 2a 54 2a 2a … (134 bytes)',
    mend: {
      file: `${FORMATS}/ws-header.ts`,
      code: 'for (let i = at + 2; i < end; i++) length = length * 256 + bytes[i]!',
    },
    mendedBy: '126 and 127 say where the length is, and it is read there, up to 64 bits.',
  },
  {
    name: 'fixed-offset',
    title: 'The payload begins at the seventh byte',
    story: 'Two bytes of header and four of mask: so it is for every short message.',
    breaks:
      'With a length in two bytes more, or eight, the mask and the text are read from the middle of the header.',
    phenomenon: null,
    script: { echo: '1: binary of 65536 bytes' },
    came: '82 7f 00 00 00 00 00 01 00 00 00 01 00 00 00 00 … (65550 bytes)',
    mend: {
      file: `${FORMATS}/ws-parser.ts`,
      code: 'this.#key = second & MASK ? keyAt(bytes, at + size - 4) : 0',
    },
    mendedBy: 'The mask is the last four bytes of a header whose size has been computed.',
  },
  {
    name: 'seven-bytes',
    title: 'What is shorter than seven bytes is dropped',
    story: 'A frame with a mask and one letter has seven bytes, and shorter reads had confused the decoder.',
    breaks:
      'An empty ping and a close without a code have six. They vanish, and so does the first half of a frame that comes in two.',
    phenomenon: 27,
    script: { echo: '2: an empty ping is answered' },
    came: '88 02 03 e8',
    mend: { file: `${FORMATS}/ws-parser.ts`, code: 'if (this.#headerSize === headerSize(header[1]!)) {' },
    mendedBy: 'Bytes of a header that is not whole wait for the next read.',
  },
  {
    name: 'read-is-a-frame',
    title: 'One read is taken for one frame',
    story: 'On one machine, with a person who types, it nearly always is.',
    breaks: 'Two frames in one read: the second is lost. One frame in two reads: both halves are rubbish.',
    phenomenon: 27,
    script: { echo: '2: ten pings are answered in order' },
    came: '8a 01 30 88 02 03 e8',
    mend: {
      file: `${FORMATS}/ws-parser.ts`,
      code: 'at = this.#left < 0 ? this.#takeHeader(bytes, at) : this.#takePayload(bytes, at)',
    },
    mendedBy: 'The parser goes through a read from frame to frame, and keeps its place for the next one.',
  },
  {
    name: 'mask-not-required',
    title: 'A frame without a mask is taken',
    story: 'Browsers always mask, so no test with a browser misses the check.',
    breaks:
      'Nothing that a user sees. But the mask keeps a page from writing bytes that a proxy takes for a request of its own (RFC 6455 §10.3).',
    phenomenon: null,
    script: { echo: '5: a frame without a mask' },
    came: '81 01 78',
    mend: { file: `${FORMATS}/ws-header.ts`, code: 'if (((second & MASK) !== 0) !== masked)' },
    mendedBy: 'A client that does not mask is closed with 1002, at its second byte.',
  },
  {
    name: 'hex-opcode',
    title: 'Every opcode but 1 and 8 is ignored',
    story: 'The first byte is written in hexadecimal, and its second digit compared with two that are known.',
    breaks:
      'Binary messages, pings and continuations vanish without a word, and so does what breaks the protocol.',
    phenomenon: null,
    script: { echo: '1: binary of 1 bytes' },
    came: '88 02 03 e8',
    mend: { file: `${FORMATS}/ws-header.ts`, code: 'if (!isOpcode(opcode))' },
    mendedBy: 'Each opcode is handled, or else refused with 1002.',
  },
  {
    name: 'fragments-ignored',
    title: 'A fragment is taken for a message',
    story: 'FIN is one bit, and browsers set it for every message of a usual length.',
    breaks: 'The first piece arrives as if it were all, and the rest is dropped.',
    phenomenon: 27,
    script: { echo: '5: a text in two fragments' },
    came: '81 03 48 65 6c 88 02 03 e8',
    mend: { file: `${FORMATS}/ws-parser.ts`, code: '} else if (this.#first & FIN) this.#endMessage()' },
    mendedBy: 'Pieces are collected, and the message ends with the frame that says FIN.',
  },
  {
    name: 'pings-ignored',
    title: 'A ping is not answered',
    story: 'Browsers send none, and a page cannot.',
    breaks:
      'Proxies and programs ask whether the peer is alive. Getting no pong, they cut the connection, and nothing says why.',
    phenomenon: 25,
    script: { echo: '2: a ping with text is answered with the same' },
    came: '88 02 03 e8',
    mend: { file: `${BY_HAND}/server-connection.ts`, code: 'else this.reply(serverFrame(PONG, payload))' },
    mendedBy: 'A ping is answered with its own payload, also in the middle of a message.',
  },
  {
    name: 'utf8-unchecked',
    title: 'Text is not checked',
    story: 'The bytes are handed on as they are; the language does not ask what they mean.',
    breaks:
      'One client sends text in Latin-1, the server hands it to all, and every browser in the room closes its connection with 1007.',
    phenomenon: null,
    script: { echo: '6: Latin-1' },
    came: '81 03 66 fc 72',
    mend: {
      file: `${FORMATS}/ws-parser.ts`,
      code: 'if (this.#opcode === TEXT && !this.#utf8!.take(this.#message, this.#size, size)) throw notUtf8()',
    },
    mendedBy: 'Text is checked as it comes, and the sender is closed with 1007 at the first wrong byte.',
  },
  {
    name: 'no-close-handshake',
    title: 'A close frame is answered by hanging up',
    story: 'The client wants to go, so the socket is closed.',
    breaks:
      'A client that has said 1000 is told 1006, as if the network had failed, and may well connect again.',
    phenomenon: null,
    script: { echo: '7: a close after an echo' },
    came: '81 1d 48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 … (31 bytes)',
    mend: {
      file: `${BY_HAND}/server-connection.ts`,
      code: "if (this.#state === 'open') this.send(code === NO_CODE ? closeFrame() : closeFrame(code, reason))",
    },
    mendedBy:
      'A close frame is answered with its own code and reason, and then the server ends the connection.',
  },
  {
    name: 'lengths-not-written',
    title: 'The length is always written in one byte',
    story:
      'It is one line of code, and right for every message up to 125 bytes: chr(0x81), chr(strlen($text)), $text.',
    breaks:
      '126 says “the length is in the next two bytes”: the client reads two letters as a length, and waits for 10,794 bytes.',
    phenomenon: null,
    script: { echo: '1: text of 126 bytes' },
    came: '81 7e 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a … (132 bytes)',
    mend: { file: `${FORMATS}/ws-encoder.ts`, code: 'const bytes = length <= MAX_16 ? 2 : 8' },
    mendedBy: 'A length above 125 is written in two bytes or eight.',
  },
  {
    name: 'text-cut-at-125',
    title: 'Long text is cut in silence',
    story: 'Longer messages broke the page, and cutting them made that stop.',
    breaks:
      'A sentence ends in the middle, and neither the writer nor the readers are told. A character of several bytes may be cut too.',
    phenomenon: null,
    script: { echo: '1: text of 128 bytes' },
    came: '81 7d 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a … (131 bytes)',
    mend: { file: `${FORMATS}/ws-encoder.ts`, code: 'frame.set(payload, size)' },
    mendedBy:
      'The whole payload stands behind its header; what is too long is refused, and the writer told so.',
  },
  {
    name: 'half-written',
    title: 'A half-written frame is not finished',
    story:
      'A socket that does not block takes what it has room for, and says how much. The number is not looked at.',
    breaks:
      'The client still waits for the rest when the next frame begins, and reads that as text: from there on, all is rubbish.',
    phenomenon: 22,
    script: { echo: '1: text of 65536 bytes' },
    came: '81 7f 00 00 00 00 00 01 00 00 2a 2a 2a 2a 2a 2a … (16388 bytes)',
    mend: { file: `${BY_HAND}/server-connection.ts`, code: 'this.socket.write(frame)' },
    mendedBy:
      'Node’s socket keeps what the kernel has not taken, and the pump writes no more until it has drained.',
  },
]
