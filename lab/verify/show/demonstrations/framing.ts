/** Where a message ends: text that forges events, reads that are no frames, chunks that are no lines, lines without end. */
import { readLines } from '../../../../transports/_formats/ndjson.ts'
import { FrameParser } from '../../../../transports/_formats/ws-parser.ts'
import { readEventStream } from '../../../../transports/sse/event-stream.ts'
import { frame } from '../../attacks/frames.ts'
import { takeFrame } from '../../museum/naive-frames.ts'
import type { Demonstration, Side } from '../demonstration.ts'
import { missing, numbersInWords, type Recorder, valuesOf } from '../recording.ts'

const bodyOf = (...pieces: readonly (string | Uint8Array)[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece as string))
      controller.close()
    },
  })

/** Ada's text. The specification ends a line at a carriage return too (WHATWG HTML §9.2.5). */
const FORGERY = 'Hi\r\rdata: Bob: I owe you 100 euros'

const written = (name: string, asData: (text: string) => string): Side => ({
  name,
  async play({ note }: Recorder) {
    const event = `data: ${asData(`Ada: ${FORGERY}`)}\n\n`
    note('server', `writes one event: ${JSON.stringify(event)}`, 'written')
    for await (const { data } of readEventStream(bodyOf(event))) note('browser', `gets: ${data}`, 'read')
  },
})

export const crInAnEvent: Demonstration = {
  name: 'cr-in-an-event',
  script: 'Ada sends a text with two carriage returns in it, and then “data:”.',
  defect: { collection: 'show', name: 'a carriage return in an event' },
  broken: written('replaces each \\n', (text) => text.replaceAll('\n', '\ndata: ')),
  sound: written('JSON', (text) => JSON.stringify(text)),
  judge(recording) {
    const read = valuesOf(recording, 'read').length
    const sent = valuesOf(recording, 'written').length
    return {
      isBroken: read > sent,
      words:
        read > sent
          ? `${sent} event was written and ${read} were read: what follows the first is Ada’s forgery`
          : `${sent} event was written and ${read} was read, whatever stands in its text`,
    }
  },
}

/** Three frames in two reads: two frames and a half, and the other half. */
const FRAMES = [1, 2, 3].map((number) => frame({ payload: `number ${number}` }))
const STREAM = Buffer.concat(FRAMES)
const HALF = STREAM.length - 5
const READS = [STREAM.subarray(0, HALF), STREAM.subarray(HALF)]

type Decode = (onText: (text: string) => void) => (bytes: Buffer) => void

const decoded = (name: string, decode: Decode): Side => ({
  name,
  async play({ note }: Recorder) {
    const take = decode((text) => note('server', `has: ${text}`, 'read', Number(text.split(' ')[1])))
    for (const number of [1, 2, 3]) note('client', `sends number ${number}`, 'sent', number)
    for (const bytes of READS) {
      note('network', `brings ${bytes.length} bytes`)
      try {
        take(bytes)
      } catch (error) {
        note('server', `fails: ${(error as Error).message}`)
      }
    }
  },
})

export const mergedFrames: Demonstration = {
  name: 'merged-frames',
  script: 'A client sends three frames. The network brings them in two reads, cut within the third.',
  defect: { collection: 'museum', name: 'read-is-a-frame' },
  broken: decoded('one read is one frame', (onText) => (bytes) => {
    const taken = takeFrame(bytes, new Set(['read-is-a-frame']))
    if (taken) onText(String(taken.frame.payload))
  }),
  sound: decoded('keeps what is not whole', (onText) => {
    const ignore = () => {}
    const handlers = {
      onMessage: (_opcode: number, payload: Uint8Array) => onText(String(Buffer.from(payload))),
      ...{ onPing: ignore, onPong: ignore, onClose: ignore },
    }
    const parser = new FrameParser(handlers, { masked: true, maxMessage: 1_000, maxFragments: 10 })
    return (bytes) => parser.take(bytes)
  }),
  judge(recording) {
    const lost = missing(valuesOf(recording, 'sent'), valuesOf(recording, 'read'))
    return lost.length > 0
      ? { isBroken: true, words: `came with the reads and not found in them: ${numbersInWords(lost)}` }
      : { isBroken: false, words: 'every frame is found, however the network cuts them' }
  },
}

/** Three lines of JSON, cut within the second. */
const LINES = [1, 2, 3].map((number) => `${JSON.stringify({ number })}\n`)
const CHUNKS = [LINES.join('').slice(0, 20), LINES.join('').slice(20)]

type Read = (body: ReadableStream<Uint8Array>) => AsyncIterable<string>

const chunked = (name: string, read: Read): Side => ({
  name,
  async play({ note }: Recorder) {
    for (const number of [1, 2, 3]) note('server', `writes number ${number}`, 'sent', number)
    for (const chunk of CHUNKS) note('network', `brings ${JSON.stringify(chunk)}`)
    try {
      for await (const line of read(bodyOf(...CHUNKS))) {
        const { number } = JSON.parse(line) as { number: number }
        note('reader', `gets number ${number}`, 'read', number)
      }
    } catch (error) {
      note('reader', `throws: ${(error as Error).message}`)
    }
  },
})

export const chunkIsAnEvent: Demonstration = {
  name: 'chunk-is-a-message',
  script: 'A server writes three lines. The network brings them in two chunks.',
  defect: { collection: 'contract', name: 'a chunk is taken for an event' },
  broken: chunked('JSON.parse of each chunk', async function* (body) {
    const decoder = new TextDecoder()
    for await (const chunk of body) yield decoder.decode(chunk)
  }),
  sound: chunked('splits at line ends', (body) => readLines(body)),
  judge: (recording) => {
    const lost = missing(valuesOf(recording, 'sent'), valuesOf(recording, 'read'))
    return lost.length > 0
      ? { isBroken: true, words: `came and not read: ${numbersInWords(lost)}` }
      : { isBroken: false, words: 'every line is read, however it is cut' }
  },
}

const CHUNK = 'x'.repeat(512 * 1024)
/** 16 MiB of one line. */
const MANY = 32
/** Some more than the longest line that the lab reads, in characters. */
const BOUND = 5_000_000

const fed = (name: string, read: Read): Side => ({
  name,
  async play({ note }: Recorder) {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === MANY) return controller.close()
        sent++
        controller.enqueue(Buffer.from(CHUNK))
        // What has been sent and has not ended in a line can only lie in the reader’s memory.
        const held = sent * CHUNK.length
        note('server', `has sent ${(held / 1e6).toFixed(1)} million characters, no line end`, 'held', held)
      },
    })
    try {
      for await (const _line of read(body)) void _line
    } catch (error) {
      note('reader', `gives up: ${(error as Error).message}`)
    }
  },
})

export const unboundedLine: Demonstration = {
  name: 'unbounded-line',
  script: 'A server sends a line and never ends it.',
  defect: { collection: 'show', name: 'a line without a bound' },
  broken: fed('keeps the line until it ends', async function* (body) {
    const decoder = new TextDecoder()
    let line = ''
    for await (const chunk of body) line += decoder.decode(chunk, { stream: true })
    yield line
  }),
  sound: fed('has a longest line', (body) => readLines(body)),
  judge(recording) {
    const most = Math.max(0, ...valuesOf(recording, 'held')) / 1e6
    return {
      isBroken: most * 1e6 > BOUND,
      words: `the reader has held ${most.toFixed(1)} million characters${most * 1e6 > BOUND ? ', and would hold all that comes' : ', and gave the stream up'}`,
    }
  },
}
