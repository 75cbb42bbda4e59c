/** The proxies: what of each published file is about a machine, and how each is started and reloaded. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { nginxCommand, nginxFolders } from '../../cluster/front/nginx.ts'
import { find } from './programs.ts'
import type { ProxyKind } from './proxy.ts'

const run = promisify(execFile)

export const nginx: ProxyKind = {
  program: 'nginx',
  file: 'docs/deploy/nginx.conf',
  places: ({ ports, folder, certificate }) => [
    ...nginxFolders(folder),
    ['server 127.0.0.1:3000', `server 127.0.0.1:${ports.lab}`],
    ['    listen 80;', `    listen 127.0.0.1:${ports.http};`],
    ['    listen [::]:80;', ''],
    ['    listen 443', `    listen 127.0.0.1:${ports.https}`],
    ['    listen [::]:443 ssl http2;', ''],
    ['/etc/ssl/chat.example/fullchain.pem', certificate.chain],
    ['/etc/ssl/chat.example/key.pem', certificate.key],
  ],
  start: (config, { folder }) => nginxCommand(find('nginx') ?? 'nginx', folder, config),
  reload: async (running) => void running.kill('SIGHUP'),
  idleLimit: (seconds) => [['proxy_read_timeout 75s', `proxy_read_timeout ${seconds}s`]],
  drainLimit: (seconds) => [['worker_shutdown_timeout 30s', `worker_shutdown_timeout ${seconds}s`]],
}

export const haproxy: ProxyKind = {
  program: 'haproxy',
  file: 'docs/deploy/haproxy.cfg',
  places: ({ ports, certificate }) => [
    ['server lab 127.0.0.1:3000', `server lab 127.0.0.1:${ports.lab}`],
    // As many as a container's limit on open files allows.
    ['maxconn 16000', 'maxconn 500'],
    ['bind :::80 v4v6', `bind 127.0.0.1:${ports.http}`],
    ['bind :::443 v4v6', `bind 127.0.0.1:${ports.https}`],
    ['/etc/haproxy/chat.example.pem', certificate.both],
  ],
  start: (config) => [find('haproxy') ?? 'haproxy', '-W', '-f', config],
  reload: async (running) => void running.kill('SIGUSR2'),
  idleLimit: (seconds) =>
    ['client', 'server', 'tunnel'].map((side) => [`timeout ${side} 75s`, `timeout ${side} ${seconds}s`]),
  drainLimit: (seconds) => [['hard-stop-after 30s', `hard-stop-after ${seconds}s`]],
}

export const caddy: ProxyKind = {
  program: 'caddy',
  file: 'docs/deploy/Caddyfile',
  places: ({ ports, folder, certificate }) => [
    // No authority certifies a name that is not registered: Caddy is handed a certificate.
    ['\nchat.example {\n', `\nchat.example {\n\ttls ${certificate.chain} ${certificate.key}\n`],
    [
      '\n{\n',
      `\n{\n\tadmin localhost:${ports.admin}\n\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n` +
        `\tdefault_bind 127.0.0.1\n\tstorage file_system ${folder}/storage\n`,
    ],
    ['127.0.0.1:3000', `127.0.0.1:${ports.lab}`],
  ],
  start: (config) => [find('caddy') ?? 'caddy', 'run', '--config', config, '--adapter', 'caddyfile'],
  async reload(_running, config, { ports }) {
    const where = ['--config', config, '--adapter', 'caddyfile', '--address', `localhost:${ports.admin}`]
    await run(find('caddy') ?? 'caddy', ['reload', '--force', ...where]) // even if the file is what it was
  },
  idleLimit: (seconds) => [['read_timeout 75s', `read_timeout ${seconds}s`]],
  drainLimit: (seconds) => [['grace_period 30s', `grace_period ${seconds}s`]],
}

export const KINDS = [nginx, haproxy, caddy]

/** How much later than its reader's hanging up the lab is told of it. */
export type Notice = 'at once' | 'at the next write' | 'with the answer'

/** One whose own ways the test has to know. */
export interface OtherKind extends ProxyKind {
  /** Debian's packages that have it, and what must be there besides the program. */
  readonly packages: string
  readonly needs?: string
  /** When the lab is told that a reader has hung up. */
  readonly notice: { readonly sse: Notice; readonly longPolling: Notice }
  /** How many streams it lets into one connection of HTTP/2, if that is fewer than a page of many lanes needs. */
  readonly streamsPerConnection?: number
}

export const apache: OtherKind = {
  program: 'apache2',
  packages: 'apache2',
  file: 'docs/deploy/apache.conf',
  places: ({ ports, folder, certificate }) => [
    ['ServerRoot /etc/apache2', `ServerRoot ${folder}\nDefaultRuntimeDir ${folder}`],
    ['/run/apache2/apache2.pid', `${folder}/apache2.pid`],
    // Only root may become another user, and Apache does not stay root.
    ...(process.getuid?.() === 0 ? [] : ([['User www-data\nGroup www-data\n', '']] as const)),
    ['/var/log/apache2/error.log', `${folder}/error.log`],
    ['/var/log/apache2/access.log', `${folder}/access.log`],
    ['Listen 80\n', `Listen 127.0.0.1:${ports.http}\n`],
    ['<VirtualHost *:80>', `<VirtualHost *:${ports.http}>`],
    ['Listen 443\n', `Listen 127.0.0.1:${ports.https}\n`],
    ['<VirtualHost *:443>', `<VirtualHost *:${ports.https}>`],
    ['/etc/ssl/chat.example/fullchain.pem', certificate.chain],
    ['/etc/ssl/chat.example/key.pem', certificate.key],
    ['http://127.0.0.1:3000/', `http://127.0.0.1:${ports.lab}/`],
  ],
  start: (config) => [find('apache2') ?? 'apache2', '-D', 'FOREGROUND', '-f', config],
  reload: async (running) => void running.kill('SIGUSR1'),
  idleLimit: (seconds) => [
    [' timeout=75', ` timeout=${seconds}`],
    ['  Timeout 75', `  Timeout ${seconds}`],
  ],
  drainLimit: () => [],
  notice: { sse: 'at the next write', longPolling: 'with the answer' },
  streamsPerConnection: 6,
}

export const lighttpd: OtherKind = {
  program: 'lighttpd',
  packages: 'lighttpd lighttpd-mod-openssl',
  needs: '/usr/lib/lighttpd/mod_openssl.so',
  file: 'docs/deploy/lighttpd.conf',
  places: ({ ports, folder, certificate }) => [
    // It opens its logs as the user that it becomes, and the folder is ours.
    ['server.username = "www-data"\nserver.groupname = "www-data"\n', ''],
    ['/run/lighttpd.pid', `${folder}/lighttpd.pid`],
    ['/var/log/lighttpd/error.log', `${folder}/error.log`],
    ['/var/log/lighttpd/access.log', `${folder}/access.log`],
    ['/var/empty', folder],
    ['server.max-fds = 40000\nserver.max-connections = 16000\n', ''],
    ['server.bind = "0.0.0.0"\nserver.port = 80', `server.bind = "127.0.0.1"\nserver.port = ${ports.http}`],
    ['"0.0.0.0:443"', `"127.0.0.1:${ports.https}"`],
    ['/etc/ssl/chat.example/fullchain.pem', certificate.chain],
    ['/etc/ssl/chat.example/key.pem', certificate.key],
    ['"port" => 3000', `"port" => ${ports.lab}`],
  ],
  start: (config) => [find('lighttpd') ?? 'lighttpd', '-D', '-f', config],
  reload: async (running) => void running.kill('SIGUSR1'),
  idleLimit: (seconds) => [['"read-timeout" => 75', `"read-timeout" => ${seconds}`]],
  drainLimit: (seconds) => [['timeout = 30', `timeout = ${seconds}`]],
  notice: { sse: 'at once', longPolling: 'with the answer' },
  streamsPerConnection: 8,
}

/** What Varnish compiles and calls each time it reads its file again. */
let versions = 0

export const varnish: OtherKind = {
  program: 'varnishd',
  packages: 'varnish gcc libc6-dev',
  needs: '/usr/bin/gcc', // it makes C of its file
  file: 'docs/deploy/varnish.vcl',
  hasTls: false,
  places: ({ ports }) => [['.port = "3000"', `.port = "${ports.lab}"`]],
  start: (config, { ports, folder }) => [
    find('varnishd') ?? 'varnishd',
    ...['-F', '-f', config, '-a', `127.0.0.1:${ports.http}`, '-n', `${folder}/varnish`, '-s', 'malloc,16m'],
    // As many threads as a container allows; each reader takes one.
    ...[
      '-p',
      'thread_pools=1',
      '-p',
      'thread_pool_min=40',
      '-p',
      'thread_pool_max=200',
      '-T',
      `127.0.0.1:${ports.admin}`,
    ],
  ],
  async reload(_running, config, { folder }) {
    const tell = (...words: string[]) =>
      run(find('varnishadm') ?? 'varnishadm', ['-n', `${folder}/varnish`, ...words])
    const version = `again${++versions}`
    await tell('vcl.load', version, config)
    await tell('vcl.use', version)
  },
  idleLimit: (seconds) => [['.between_bytes_timeout = 75s', `.between_bytes_timeout = ${seconds}s`]],
  drainLimit: () => [],
  notice: { sse: 'at the next write', longPolling: 'with the answer' },
}

const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so'

/** nginx that has loaded nchan's module, and publishes and subscribes by it beside the lab. */
export const nchan: OtherKind = {
  ...nginx,
  packages: 'libnginx-mod-nchan',
  needs: NCHAN,
  places: (at) => [
    ...nginx.places(at),
    ['user www-data;', `load_module ${NCHAN};\nuser www-data;`],
    ['    location / {', '    location /nchan { nchan_pubsub; nchan_channel_id news; }\n    location / {'],
  ],
  notice: { sse: 'at once', longPolling: 'at once' },
}

/** Whether this machine has it. */
export const installs = ({ program, needs }: OtherKind): boolean =>
  find(program) !== null && (needs === undefined || existsSync(needs))
