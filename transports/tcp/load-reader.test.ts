/** The benchmark's reader of plain TCP, fed by hand. */
import { expect, it } from 'vitest'
import type { ReaderContext } from '../../lab/client/load/reader.ts'
import read from './load-reader.ts'
import { GREETING } from './server-person.ts'

/** What the reader says to these pieces of a connection's beginning. */
function said(...pieces: readonly string[]): readonly string[] {
  const all: string[] = []
  const context = {
    ...{ since: 'epoch:0', resume: true },
    ask: () => {},
    write: (line: string) => void all.push(line),
    ready: () => void all.push('ready'),
    fail: (why: string) => void all.push(why),
  } as unknown as ReaderContext
  const reader = read(context, '/transports/tcp/rooms/bench/')
  reader.begin()
  for (const piece of pieces) reader.take(Buffer.from(piece))
  return all
}

it('the benchmark’s reader over TCP passes over a greeting that a busy server sent before it saw the hello', () => {
  const open = '{"type":"open"}\n'
  expect(said(open)).toEqual(['ready'])
  expect(said(GREETING + open)).toEqual(['ready'])
  expect(said(GREETING, open)).toEqual(['ready'])
  expect(said(...GREETING, ...open)).toEqual(['ready'])
  expect(said('{"type":"error","code":"at-capacity"}\n')[0]).toMatch(/^the connection began {"type":"error"/)
})

it('the benchmark’s reader over TCP answers each heartbeat, however it is cut', () => {
  const open = '{"type":"open"}\n'
  const beat = '{"type":"heartbeat"}\n'
  const here = '{"type":"here"}\n'
  expect(said(open, beat, 'x'.repeat(100), beat)).toEqual(['ready', here, here])
  expect(said(open + beat)).toEqual(['ready', here])
  for (let at = 1; at < beat.length; at++)
    expect(said(open, `page\n${beat.slice(0, at)}`, `${beat.slice(at)}page\n`)).toEqual(['ready', here])
  expect(said(open, ...beat, ...beat)).toEqual(['ready', here, here])
})
