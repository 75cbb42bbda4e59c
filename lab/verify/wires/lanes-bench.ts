/** A server with lanes in the test's own process, and visitors who read what passes on theirs. */
import { LANES } from '../../../transports/descriptors.ts'
import type { LabOptions } from '../../app/build-lab.ts'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { createLanes, type Lanes, type LanesOptions } from '../../server/wires/lanes.ts'
import { createTeacher, type Teacher } from '../../server/wires/teacher.ts'
import type { Direction, WireRecord } from '../../wires/records.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'

export interface LanesBench {
  readonly server: TestServer
  readonly lanes: Lanes
  readonly teacher: Teacher
  portOf(name: string): number
  /** The origin of a lane. */
  laneOf(name: string): string
  /** A browser as far as the wires can tell: the cookie by which it is known. */
  visitor(): Promise<string>
  /** Reads a visitor's records from now on. */
  read(cookie: string): Promise<RecordsReader>
  close(): Promise<void>
}

export interface RecordsReader {
  readonly all: readonly WireRecord[]
  /** What has passed in one direction, over all connections, as Latin-1. */
  text(direction: Direction): string
  /** Whether the server has ended the stream. */
  readonly isOver: boolean
  stop(): void
}

export async function startWithLanes(
  options: Partial<LanesOptions> = {},
  lab: LabOptions = {},
): Promise<LanesBench> {
  const lanes = createLanes({ names: LANES, firstPort: 0, ...options })
  const teacher = createTeacher(undefined)
  const server = await startTestServer({ lanes, teacher, pitfalls: PITFALLS, ...lab })
  await lanes.open()
  const readers: RecordsReader[] = []
  const portOf = (name: string) => {
    const lane = lanes.at.find((one) => one.name === name)
    if (!lane) throw new Error(`there is no lane ${name}`)
    return lane.port
  }
  return {
    ...{ server, lanes, teacher, portOf },
    laneOf: (name) => `http://127.0.0.1:${portOf(name)}`,
    async visitor() {
      const response = await fetch(`${server.url}/wires`)
      return response.headers.get('set-cookie')!.split(';')[0]!
    },
    async read(cookie) {
      const reader = await readRecords(server.url, cookie)
      readers.push(reader)
      return reader
    },
    async close() {
      for (const reader of readers) reader.stop()
      await server.close()
    },
  }
}

async function readRecords(url: string, cookie: string): Promise<RecordsReader> {
  const stop = new AbortController()
  const response = await fetch(`${url}/wires/records`, { headers: { cookie }, signal: stop.signal })
  if (response.status !== 200) throw new Error(`refused: ${response.status} ${await response.text()}`)
  const all: WireRecord[] = []
  let isOver = false
  const reading = async () => {
    let rest = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      all.push(...lines.map((line) => JSON.parse(line) as WireRecord))
    }
    isOver = true
  }
  reading().catch(() => {})
  return {
    all,
    text: (direction) =>
      all
        .flatMap((record) =>
          record.kind === 'bytes' && record.direction === direction
            ? Buffer.from(record.bytes, 'base64').toString('latin1')
            : [],
        )
        .join(''),
    get isOver() {
      return isOver
    },
    stop: () => stop.abort(),
  }
}
