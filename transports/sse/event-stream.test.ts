import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_EVENT_LENGTH, readEventStream, type StreamEvent } from './event-stream.ts'

/** A body that arrives in pieces of the given sizes. */
function bodyOf(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): ReadableStream<Uint8Array> {
  let at = 0
  let piece = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      const size = sizes[piece++ % sizes.length]!
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

async function eventsIn(text: string, sizes?: readonly number[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of readEventStream(bodyOf(new TextEncoder().encode(text), sizes))) events.push(event)
  return events
}

describe('an event stream', () => {
  // The examples of WHATWG HTML §9.2.6, and the corners of its grammar.
  it.each([
    ['one event', 'data: hi\n\n', [{ id: '', data: 'hi' }]],
    [
      'several data lines are one text',
      'data: YHOO\ndata: +2\ndata: 10\n\n',
      [{ id: '', data: 'YHOO\n+2\n10' }],
    ],
    ['comments are nothing', ': test stream\n\ndata: a\n\n', [{ id: '', data: 'a' }]],
    [
      'an id stays until the next',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        { id: '1', data: 'a' },
        { id: '1', data: 'b' },
      ],
    ],
    [
      'an empty id resets',
      'id: 1\ndata: a\n\nid\ndata: b\n\n',
      [
        { id: '1', data: 'a' },
        { id: '', data: 'b' },
      ],
    ],
    ['an id with NUL is ignored', 'id: 1\0\ndata: a\n\n', [{ id: '', data: 'a' }]],
    [
      'one space after the colon belongs to the field',
      'data:a\n\ndata:  a\n\n',
      [
        { id: '', data: 'a' },
        { id: '', data: ' a' },
      ],
    ],
    [
      'data without a value is an empty line',
      'data\n\ndata\ndata\n\n',
      [
        { id: '', data: '' },
        { id: '', data: '\n' },
      ],
    ],
    [
      'CR, LF and CRLF all end a line',
      'data: a\r\rdata: b\n\ndata: c\r\n\r\n',
      ['a', 'b', 'c'].map((data) => ({ id: '', data })),
    ],
    ['an event without its empty line is not one', 'data: a\n\ndata: b\n', [{ id: '', data: 'a' }]],
    ['a byte order mark is not data', '\ufeffdata: a\n\n', [{ id: '', data: 'a' }]],
    ['unknown fields are nothing', 'retry: 5\nwhat: ever\ndata: a\n\n', [{ id: '', data: 'a' }]],
  ])('%s', async (_rule, text, events) => {
    expect(await eventsIn(text)).toEqual(events)
  })

  it('is the same however the network cuts it', async () => {
    const text = '\ufeffid: é\r\ndata: 𝄞 a\r\n\r\n:\r\ndata: b\rdata: c\n\ndata: \u2028\r\n\n'
    const whole = await eventsIn(text)
    expect(whole).toHaveLength(3)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 }),
        async (sizes) => {
          expect(await eventsIn(text, sizes)).toEqual(whole)
        },
      ),
    )
  })

  it('reads a megabyte in small pieces without doing the work of each piece again', async () => {
    const data = 'x'.repeat(1_000_000)
    expect((await eventsIn(`data: ${data}\n\n`, [16]))[0]!.data.length).toBe(data.length)
  })

  it.each([
    ['a line that never ends', 'data: ', 'x'.repeat(4096)],
    ['an event that never ends', '', `data: ${'x'.repeat(4000)}\n`],
    ['an event of empty lines of data', '', 'data\n'.repeat(1_000)],
  ])(
    'is given up with a clear error when it holds %s, and the stream is cancelled',
    async (_what, start, again) => {
      let sent = 0
      let isCancelled = false
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const text = sent === 0 ? start + again : again
          sent += text.length
          if (sent > 4 * MAX_EVENT_LENGTH) return controller.close() // a parser without a bound gets here
          controller.enqueue(new TextEncoder().encode(text))
        },
        cancel() {
          isCancelled = true
        },
      })
      const reading = (async () => {
        for await (const _ of readEventStream(body)) throw new Error('this is no event')
      })()
      await expect(reading).rejects.toMatchObject({
        code: 'bad-answer',
        message: expect.stringContaining('longer than'),
      })
      expect(sent).toBeLessThan(4 * MAX_EVENT_LENGTH)
      expect(isCancelled).toBe(true)
    },
  )

  it('has no bound on how many events and comments follow each other', async () => {
    const most = 'x'.repeat(MAX_EVENT_LENGTH / 4)
    const text = `: ${most}\n`.repeat(8) + `data: ${most}\n\n`.repeat(8)
    expect(await eventsIn(text, [65_536])).toHaveLength(8)
  })

  it('is a sign of life with every chunk, comments included', async () => {
    let onActivity = 0
    const body = bodyOf(new TextEncoder().encode(':\n\n:\n\n'), [3])
    for await (const _ of readEventStream(body, () => onActivity++)) throw new Error('a comment is no event')
    expect(onActivity).toBe(2)
  })
})
