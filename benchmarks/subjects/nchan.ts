/**
 * What the nchan peers share: nginx with the module nchan, as Debian packages both. It keeps a channel's messages and serves
 * all kinds of subscribers from a cursor, as the lab does; a program publishes by POST.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { temporaryFolder } from '../../lab/command/temporary.ts'
import { chatMessage } from './message.ts'
import { CAN_MEASURE_PROGRAMS, freePort, startProgram } from './program.ts'
import { BACKLOG, type Serving } from './subject.ts'

const NGINX = '/usr/sbin/nginx'
const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so'

export const absent = (): string | null =>
  CAN_MEASURE_PROGRAMS && existsSync(NGINX) && existsSync(MODULE)
    ? null
    : 'on Debian: apt-get install libnginx-mod-nchan'

/** As Debian counts them. */
export function versions(): Readonly<Record<string, string>> {
  const command = spawnSync('dpkg-query', ['--show', '--showformat', `\${Version}`, 'libnginx-mod-nchan'], {
    encoding: 'utf8',
  })
  return command.status === 0 ? { nchan: command.stdout } : {}
}

/** As many as a room of the lab remembers (lab/hub/hub.ts). */
const KEPT = 1_000
const CONNECTIONS = 20_000
const START_MS = 5_000
const LOOK_MS = 10

/** @param kind nchan's word for it, as `eventsource` */
export async function serveNchan(kind: 'websocket' | 'eventsource' | 'longpoll'): Promise<Serving> {
  const folder = temporaryFolder('bench-nchan')
  const file = join(folder, 'nginx.conf')
  const port = await freePort()
  writeFileSync(file, configuration(folder, port, kind))
  const { pid, stop } = startProgram(NGINX, ['-p', folder, '-c', file, '-e', 'stderr'])
  const publisher = await connected(port)
  // The cursor of each message is `SECONDS:NUMBER`; the answers to our POSTs tell the last one.
  let last = ''
  publisher.setEncoding('latin1').on('data', (answers: unknown) => {
    last = [...String(answers).matchAll(/"last_message_id": "([^"]+)"/g)].at(-1)?.[1] ?? last
  })
  post('{}') // before the first message there is no cursor to begin from
  while (last === '') await pause(LOOK_MS)

  return {
    server: { port, pid, publishers: 1, collect() {}, stop },
    publish: (text, number) => post(JSON.stringify(chatMessage(text, number))),
    place: () => last,
  }

  function post(body: string): void {
    const length = Buffer.byteLength(body)
    publisher.write(
      `POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/json\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
  }
}

/** One process, as each of the lab's servers is one; without a log of requests, as the lab is measured. */
const configuration = (folder: string, port: number, kind: string) => `
load_module ${MODULE};
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile ${CONNECTIONS};
pid ${folder}/nginx.pid;
events { worker_connections ${CONNECTIONS - 100}; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  server {
    listen 127.0.0.1:${port} backlog=${BACKLOG};
    nchan_channel_id bench;
    nchan_message_buffer_length ${KEPT};
    nchan_message_timeout 1h;
    location = /publish { nchan_publisher; }
    location = /subscribe { nchan_subscriber ${kind}; nchan_subscriber_last_message_id $arg_since; }
  }
}
`

/** The program says nothing when it is ready: it is when it takes a connection. */
async function connected(port: number): Promise<Socket> {
  const deadline = performance.now() + START_MS
  for (;;) {
    const socket = await new Promise<Socket | null>((resolve) => {
      const attempt = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(attempt))
      attempt.once('error', () => resolve(null))
    })
    if (socket) return socket
    if (performance.now() > deadline) throw new Error('nginx was started and takes no connections')
    await pause(LOOK_MS)
  }
}
