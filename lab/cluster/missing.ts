/** Which programs of other makers a cluster wants, and how to get one that is not there. */

const HOW = {
  'nats-server':
    'nats-server (2.9 or newer) is not installed, or not in PATH. Debian: apt-get install nats-server. Or take it from https://github.com/nats-io/nats-server/releases, and give --nats FILE',
  nginx:
    'nginx is not installed, or not in PATH. Debian: apt-get install nginx-light. macOS: brew install nginx',
} as const

/**
 * @param found the path of each; null for one that is not there
 * @returns a line for each that is not there
 */
export const missing = (found: Readonly<Record<keyof typeof HOW, string | null>>): string[] =>
  (Object.keys(HOW) as (keyof typeof HOW)[]).filter((name) => found[name] === null).map((name) => HOW[name])
