/** Which programs of other makers a cluster wants, and how to get one that is not there. */

const HOW = {
  'nats-server':
    'nats-server (2.9 or newer) is not installed, or not in PATH. Debian: apt-get install nats-server. Or take it from https://github.com/nats-io/nats-server/releases, and give --nats FILE',
  etcd: 'etcd (3.4 or newer) is not installed, or not in PATH. Debian: apt-get install etcd-server. Or take it from https://github.com/etcd-io/etcd/releases, and give --etcd FILE',
  nginx:
    'nginx is not installed, or not in PATH. Debian: apt-get install nginx-light. macOS: brew install nginx',
  haproxy:
    'haproxy is not installed, or not in PATH. Debian: apt-get install haproxy. macOS: brew install haproxy',
} as const

export type Wanted = keyof typeof HOW

/**
 * @param found the path of each that is wanted; null for one that is not there
 * @returns a line for each that is not there
 */
export const missing = (found: Readonly<Partial<Record<Wanted, string | null>>>): string[] =>
  (Object.keys(found) as Wanted[]).filter((name) => found[name] === null).map((name) => HOW[name])
