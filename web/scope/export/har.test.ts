import { describe, expect, it } from 'vitest'
import { createCapture } from '../capture/capture.ts'
import { oneMessage } from '../capture/simulated-wires.ts'
import { save } from './save.ts'

function har(connection: number | null = null) {
  const capture = createCapture()
  for (const record of oneMessage()) capture.take(record)
  const { bytes } = save(capture, { format: 'har', connection, showsSecrets: false })
  return JSON.parse(new TextDecoder().decode(bytes)) as { log: { version: string; entries: HarEntry[] } }
}
interface HarEntry {
  readonly startedDateTime: string
  readonly time: number
  readonly request: {
    method: string
    url: string
    headers: { name: string }[]
    headersSize: number
    bodySize: number
  }
  readonly response: {
    status: number
    headersSize: number
    bodySize: number
    content: { text: string; mimeType: string }
  }
  readonly timings: { send: number; wait: number; receive: number }
  readonly _webSocketMessages?: { type: string; time: number; opcode: number; data: string }[]
}

describe('a capture as HAR', () => {
  it('has an entry for each request that was answered, in order of time, with how long each part took', () => {
    const { log } = har()
    expect(log.version).toBe('1.2')
    expect(
      log.entries.map(({ request, response }) => `${request.method} ${request.url} ${response.status}`),
    ).toEqual([
      'GET http://lab/a/events 200',
      'GET http://lab/a/socket 101',
      'GET http://lab/a/messages?since=x:0&wait=25 200',
      'GET http://lab/a/messages?since=x:0 200',
      'GET http://lab/a/messages?since=x:0 200',
    ])
    for (const { time, timings } of log.entries)
      expect(time).toBe(timings.send + timings.wait + timings.receive)
    expect(log.entries[2]!.timings).toEqual({ send: 0, wait: 22, receive: 0 })
    expect(log.entries[0]!.startedDateTime).toBe(new Date(12).toISOString())
  })

  it('has the content of a stream without its chunks, and its size with them', () => {
    const [stream] = har(1).log.entries
    expect(stream!.response.content.text).toMatch(/^id: x:1\ndata: \{"messages".*\}\n\n:\n$/)
    expect(stream!.response.bodySize).toBeGreaterThan(stream!.response.content.text.length)
    expect(stream!.request).toMatchObject({
      bodySize: 0,
      headersSize: 'GET /a/events HTTP/1.1\r\nHost: lab\r\n\r\n'.length,
    })
  })

  it('has the frames of a socket, unmasked, as developer tools write them', () => {
    const [socket] = har(2).log.entries
    expect(
      socket!._webSocketMessages!.map(({ type, opcode, data }) => [type, opcode, data.slice(0, 14)]),
    ).toEqual([
      ['send', 1, '{"type":"send"'],
      ['receive', 1, '{"type":"page"'],
      ['receive', 1, '{"type":"heart'],
    ])
  })
})
