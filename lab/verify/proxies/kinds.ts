/** The three proxies: what of each published file is about a machine, and how each is started and reloaded. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { find } from './programs.ts'
import type { ProxyKind } from './proxy.ts'

const run = promisify(execFile)

export const nginx: ProxyKind = {
  program: 'nginx',
  file: 'docs/deploy/nginx.conf',
  places: ({ ports, folder, certificate }) => [
    ['/run/nginx.pid', `${folder}/nginx.pid`],
    ['/var/log/nginx/error.log', 'stderr'],
    ['/var/log/nginx/access.log', `${folder}/access.log`],
    ['server 127.0.0.1:3000', `server 127.0.0.1:${ports.lab}`],
    ['    listen 80;', `    listen 127.0.0.1:${ports.http};`],
    ['    listen [::]:80;', ''],
    ['    listen 443', `    listen 127.0.0.1:${ports.https}`],
    ['    listen [::]:443 ssl http2;', ''],
    ['/etc/ssl/chat.example/fullchain.pem', certificate.chain],
    ['/etc/ssl/chat.example/key.pem', certificate.key],
    // Where Debian's nginx keeps bodies that are large, only root may write.
    ['http {\n', `http {\n${SPOOLS.map((name) => `  ${name}_temp_path ${folder}/${name};\n`).join('')}`],
  ],
  start: (config, { folder }) => [find('nginx') ?? 'nginx', '-p', folder, '-c', config, '-g', 'daemon off;'],
  reload: async (running) => void running.kill('SIGHUP'),
  idleLimit: (seconds) => [['proxy_read_timeout 75s', `proxy_read_timeout ${seconds}s`]],
  drainLimit: (seconds) => [['worker_shutdown_timeout 30s', `worker_shutdown_timeout ${seconds}s`]],
}

const SPOOLS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

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
    // A name that is nobody's gets no certificate from outside: it is handed one.
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
