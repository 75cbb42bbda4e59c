/**
 * nginx in front, with the file that docs/deploy publishes, and so without sticky sessions: each request goes to
 * the next server. Only what is of a machine is otherwise: ports and folders, and plain HTTP, since no authority vouches for a
 * name on loopback.
 */
import { CLUSTER_MARK } from '../control/words.ts'
import { type Change, published } from '../machine/published.ts'
import type { FrontPlaces } from './places.ts'

const FILE = 'docs/deploy/nginx.conf'

const SPOOLS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** What every nginx that we start has in a folder of its own: where Debian's keeps it, only root may write. */
export const nginxFolders = (folder: string): readonly Change[] => [
  ['/run/nginx.pid', `${folder}/nginx.pid`],
  ['/var/log/nginx/error.log', 'stderr'],
  ['/var/log/nginx/access.log', `${folder}/access.log`],
  ['http {\n', `http {\n${SPOOLS.map((name) => `  ${name}_temp_path ${folder}/${name};\n`).join('')}`],
]

/** @returns what starts it, in the foreground */
export const nginxCommand = (nginx: string, folder: string, config: string): string[] => [
  ...[nginx, '-p', folder, '-c', config, '-g', 'daemon off;'],
]

/** The server that sends all to HTTPS, and what HTTPS takes in the other. */
const OF_TLS: readonly string[] = [
  `  server {
    listen 80;
    listen [::]:80;
    server_name chat.example;
    return 301 https://chat.example$request_uri;
  }

`,
  "    # HTTP/2 to the browser: all of a page's streams share one connection.\n",
  '    listen [::]:443 ssl http2;\n',
  '    ssl_certificate /etc/ssl/chat.example/fullchain.pem;\n',
  '    ssl_certificate_key /etc/ssl/chat.example/key.pem;\n',
  '    ssl_protocols TLSv1.2 TLSv1.3;\n',
  '    ssl_session_cache shared:tls:10m;\n',
]

/** One for a machine that runs all the rest too; and few files, since an ordinary user may not raise the limit. */
const OF_A_SITE: readonly Change[] = [
  ['worker_processes auto;', 'worker_processes 1;'],
  ['worker_rlimit_nofile 40000;\n', ''],
  ['worker_connections 16000;', 'worker_connections 4000;'],
]

/** The page alone says that there is a control, by a header that no transport's figures count; the labs know nothing of it. */
const MARK = `  map $uri $cluster_mark {
    /       ${CLUSTER_MARK};
    default '';
  }

`

const locationOf = (control: number) => `    location /cluster/ {
      proxy_pass http://127.0.0.1:${control};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $host;
    }

`

/** The published file, for this machine. */
export function nginxConfig({ folder, port, servers, control }: FrontPlaces): string {
  const upstream = servers.map((one) => `    server 127.0.0.1:${one};\n`).join('')
  return published(FILE, [
    ...OF_TLS.map((words): Change => [words, '']),
    ...OF_A_SITE,
    ['    server 127.0.0.1:3000;\n', upstream],
    ['  server {\n    listen 443 ssl http2;', `${MARK}  server {\n    listen 127.0.0.1:${port};`],
    ['server_name chat.example;', 'server_name localhost 127.0.0.1;'],
    [
      '    # What is answered at once:',
      `${locationOf(control)}    add_header Server-Timing $cluster_mark;\n\n    # What is answered at once:`,
    ],
    ...nginxFolders(folder),
  ])
}
