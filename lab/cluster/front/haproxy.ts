/**
 * HAProxy in front, with the files that docs/deploy publishes: the one for a single lab, with the backend of the one for several in the place of
 * its own. Only what is of a machine is otherwise: ports, and plain HTTP, since no authority vouches for a name on loopback.
 */
import { CLUSTER_MARK } from '../control/words.ts'
import { type Change, published } from '../machine/published.ts'
import type { FrontPlaces } from './places.ts'

const FILE = 'docs/deploy/haproxy.cfg'
const SEVERAL = 'docs/deploy/haproxy-several.cfg'

/** In the foreground, and one process. */
export const haproxyCommand = (haproxy: string, config: string): string[] => [haproxy, '-db', '-f', config]

const BACKEND = `
backend transport_lab
  # A lab that is stopping says so here, and gets no new client.
  option httpchk GET /healthz
  server lab 127.0.0.1:3000 check inter 1s fall 2 rise 1
`

const OF_TLS: readonly Change[] = [
  ['  ssl-default-bind-options ssl-min-ver TLSv1.2\n', ''],
  ['  bind :::80 v4v6\n', ''],
  ["  # HTTP/2 to the browser: all of a page's streams share one connection.\n", ''],
  ['  http-request redirect prefix https://chat.example code 301 unless { ssl_fc }\n', ''],
  ['X-Forwarded-Proto https', 'X-Forwarded-Proto http'],
]

/** An ordinary user may not raise the limit on open files, of which each of these takes two. */
const OF_A_SITE: readonly Change[] = [['maxconn 16000', 'maxconn 1000']]

/** The page alone says that there is a control, by a header that no transport's figures count; the labs know nothing of it. */
const CONTROL = `  http-request set-var(txn.path) path
  http-response set-header Server-Timing ${CLUSTER_MARK} if { var(txn.path) -m str / }
  use_backend cluster_control if { path_beg /cluster/ }
`

/** The published files, for this machine. */
export function haproxyConfig({ port, servers, control }: Omit<FrontPlaces, 'folder'>): string {
  const lines = servers.map(
    (one, i) => `  server lab-${i + 1} 127.0.0.1:${one} check inter 1s fall 2 rise 1\n`,
  )
  const backend = published(SEVERAL, [
    [
      '  server lab-1 127.0.0.1:3001 check inter 1s fall 2 rise 1\n  server lab-2 127.0.0.1:3002 check inter 1s fall 2 rise 1\n',
      lines.join(''),
    ],
  ])
  return published(FILE, [
    ...OF_TLS,
    ...OF_A_SITE,
    [
      '  bind :::443 v4v6 ssl crt /etc/haproxy/chat.example.pem alpn h2,http/1.1\n',
      `  bind 127.0.0.1:${port}\n`,
    ],
    ['  default_backend transport_lab\n', `${CONTROL}  default_backend transport_lab\n`],
    [BACKEND, `\n${backend}\nbackend cluster_control\n  server control 127.0.0.1:${control}\n`],
  ])
}
