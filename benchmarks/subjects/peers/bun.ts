/**
 * Bun's own WebSocket server, written in native code, as its documentation broadcasts: each socket subscribes to a topic. It is
 * a runtime of its own, so it is a program of its own; what it shall carry comes to it by lines on its standard input.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { upgradeRequest } from '../../../lab/client/load/requests.ts'
import { createSocketReader } from '../../../lab/client/load/upgrade.ts'
import { chatMessage } from '../message.ts'
import { absentPackage, folderOf, versionIn } from '../peers-folder.ts'
import { CAN_MEASURE_PROGRAMS, startProgram } from '../program.ts'
import type { Subject } from '../subject.ts'

const bun: Subject = {
  name: 'bun',
  title: 'Bun’s WebSocket server',
  kind: 'peer',
  resumes: false,
  asks: [],
  roomPath: '',
  absent: () =>
    CAN_MEASURE_PROGRAMS ? absentPackage('bun') : 'measured on Linux only, with setpriv (util-linux)',

  versions: () => versionIn('bun'),

  async serve() {
    const { pid, stdin, stdout, stop } = startProgram(executable(), ['-e', `(${serveInBun})()`])
    const say = (line: string) => void stdin.write(`${line}\n`)
    const port = await new Promise<number>((resolve) => {
      stdout.once('data', (line: Buffer) => resolve(Number(line.toString())))
    })
    let count = 0
    return {
      server: { port, pid, publishers: 0, collect: () => say('collect'), stop },
      publish(text, number) {
        count++
        say(JSON.stringify(chatMessage(text, number)))
      },
      place: () => String(count),
    }
  },

  read(talk) {
    const socket = createSocketReader(talk, talk.ready, () => {})
    return {
      begin() {
        socket.begin()
        talk.ask(upgradeRequest(talk, `/?since=${talk.since}`))
      },
      take: socket.take,
    }
  },
}

export default bun

/** Where the package has put the program: in its own folder by a script, or in that of this machine's kind without one. */
function executable(): string {
  const kinds = join(folderOf('@oven'))
  const places = [
    join(folderOf('bun'), 'bin/bun.exe'),
    ...(existsSync(kinds) ? readdirSync(kinds) : []).map((kind) => join(kinds, kind, 'bin/bun')),
  ]
  return places.findLast((place) => existsSync(place)) ?? 'bun'
}

/** Of Bun's global, what is used here. */
declare const Bun: {
  serve(options: {
    hostname: string
    port: number
    fetch(request: { url: string }, server: BunServer): unknown
    websocket: { open(socket: BunSocket): void; message(): void }
  }): BunServer
  gc(force: boolean): void
  readonly stdout: object
  write(to: object, text: string): Promise<number>
}
interface BunServer {
  readonly port: number
  upgrade(request: unknown, options: { data: string }): boolean
  publish(topic: string, word: string): void
}
interface BunSocket {
  readonly data: string
  subscribe(topic: string): void
  send(word: string): void
}

/**
 * Runs in Bun, which is given its text: nothing of this file is there but itself. So it has methods and no named arrow
 * functions, round which a loader (tsx) would put a helper that Bun has not.
 */
function serveInBun(): void {
  let last = ''
  let count = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, own) {
      return own.upgrade(request, { data: request.url }) ? undefined : new Response('', { status: 426 })
    },
    websocket: {
      open(socket) {
        const since = new URL(socket.data).searchParams.get('since')
        if (last !== '' && since !== null && Number(since) < count) socket.send(last)
        socket.subscribe('bench')
      },
      message() {},
    },
  })
  let rest = ''
  process.stdin.setEncoding('utf8').on('data', (text: unknown) => {
    const lines = (rest + String(text)).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (line === 'collect') Bun.gc(true)
      else {
        count++
        last = line
        server.publish('bench', line)
      }
    }
  })
  void Bun.write(Bun.stdout, `${server.port}\n`)
}
