/**
 * Under which URLs people reach a server: what is printed when it starts. Each can be read at and written to,
 * since the guards (hosts.ts, origins.ts) let in what stands here.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { bracketed, withoutZone } from '../server/http/origins.ts'

export interface Listening {
  readonly address: string
  readonly port: number
}

/**
 * @param asked the host that was asked for: an address, or a name
 * @returns at least one URL; the first is good on this machine
 */
export async function ownUrls(
  { address, port }: Listening,
  scheme: 'http' | 'https',
  asked: string,
): Promise<string[]> {
  const hosts = isWildcard(address) ? await allHosts(address) : oneHost(address, asked)
  return [...new Set(hosts)].map((host) => `${scheme}://${bracketed(host)}:${port}`)
}

/** A server that listens on it listens on all addresses of the machine. No client can connect to it by that name. */
export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'

function oneHost(address: string, asked: string): string[] {
  const byName = isIP(withoutZone(asked)) ? [] : [asked]
  return address === '127.0.0.1' ? ['localhost', ...byName] : [...byName, withoutZone(address)]
}

/** `::` takes IPv4 too, as a rule; `0.0.0.0` takes nothing else. */
async function allHosts(wildcard: string): Promise<string[]> {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => !internal && (wildcard === '::' || family === 'IPv4'))
    .map(({ address }) => withoutZone(address))
    // An address of one link is good only with a zone, which no browser takes in a URL.
    .filter((address) => !/^fe[89ab]/i.test(address))
  return ['localhost', ...(await nameIfOneOf(own)), ...own]
}

/** The machine's name, if it leads to one of these addresses. Often no other machine can look it up. */
async function nameIfOneOf(addresses: readonly string[]): Promise<string[]> {
  const name = hostname().toLowerCase()
  try {
    const found = await lookup(name, { all: true })
    return found.some(({ address }) => addresses.includes(address)) ? [name] : []
  } catch {
    return []
  }
}
