/**
 * Whose word counts for where a request comes from.
 *
 * Behind a proxy, every connection is the proxy's, and it says in `X-Forwarded-For` for whom it asks. Any
 * client may do so too: it is a header. So no peer is believed without `--trust-proxy`, and then only the
 * hops that are trusted, from our end on. Each proxy adds its peer's address at the right. We go from the
 * right to the left for as long as we trust who wrote it: the first address that is not a trusted proxy's
 * is the client's. What stands left of it, the client may have written itself.
 */
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { UsageError } from '../../command/usage-error.ts'
import { withoutMapping } from './addresses.ts'

/**
 * Whether the proxy at this address may be believed.
 *
 * @param hop how many are between it and us: 0 for the one that has connected
 */
export type Trust = (address: string, hop: number) => boolean

export const trustNone: Trust = () => false

/**
 * @param values of `--trust-proxy`: addresses and networks (`10.0.0.0/8`), or one number of hops
 * @throws UsageError
 */
export function trustFrom(values: readonly string[]): Trust {
  const parts = values.flatMap((value) => value.split(','))
  if (parts.length === 0) return trustNone
  const [first = '', ...others] = parts
  if (/^\d{1,2}$/.test(first) && others.length === 0) {
    const hops = Number(first)
    return (_address, hop) => hop < hops
  }
  const list = new BlockList() // of those whom we trust: a list of addresses is all that it is
  for (const part of parts) addTo(list, part)
  return (address) => {
    const plain = withoutMapping(address)
    return isIP(plain) > 0 && list.check(plain, familyOf(plain))
  }
}

function addTo(list: BlockList, text: string): void {
  const [address = '', prefix, ...rest] = text.split('/')
  const most = isIPv6(address) ? 128 : 32
  const isNetwork = prefix !== undefined
  if (
    !isIP(address) ||
    rest.length > 0 ||
    (isNetwork && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= most))
  ) {
    throw new UsageError(
      `--trust-proxy must be a number of hops, or addresses such as 10.0.0.1 or 10.0.0.0/8, not ${JSON.stringify(text)}`,
    )
  }
  if (isNetwork) list.addSubnet(address, Number(prefix), familyOf(address))
  else list.addAddress(address, familyOf(address))
}

/**
 * The address of the client, as far as trusted proxies can tell; the peer's own where they said none.
 *
 * `request.ip` is what Fastify finds by the rule above (lab/server/http/build-app.ts hands it our trust). Some
 * proxies write a port behind the address, and one that is trusted by mistake lets through whatever the
 * client wrote: what is not an address is not taken for one.
 */
export function clientAddress({ ip, raw }: FastifyRequest): string {
  const peer = raw.socket.remoteAddress ?? ''
  return ip === peer ? peer : (addressIn(ip) ?? peer)
}

/** The address in what a proxy wrote, a port behind it or not; null when there is none. */
export function addressIn(text: string | undefined): string | null {
  if (isIP(text ?? '')) return text!
  const bare = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(text ?? '')
  const address = bare?.[1] ?? bare?.[2] ?? ''
  return isIP(address) ? address : null
}

/** The name that a trusted proxy says the client has asked for; undefined when none does. */
export function forwardedHost(request: FastifyRequest, trust: Trust): string | undefined {
  const said = request.headers['x-forwarded-host']
  return said !== undefined && trust(request.raw.socket.remoteAddress ?? '', 0) ? request.host : undefined
}

/** 127.0.0.0/8 and ::1: this machine (RFC 6890 §2.2.2, RFC 4291 §2.5.3). */
export function isLoopback(address: string): boolean {
  const plain = withoutMapping(address)
  return isIP(plain) > 0 && LOOPBACK.check(plain, familyOf(plain))
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')
