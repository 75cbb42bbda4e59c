/** Who is at the other end, as far as an address can tell. */
import { isIPv4, isIPv6 } from 'node:net'

/**
 * The part of an address that one customer is given: what caps and rates are counted by.
 *
 * Of IPv6 that is the first 64 bits. A client that has one address there has 2⁶⁴ of them (RFC 6177 §2), and
 * a count by whole addresses would stop no attacker. An IPv4 address that came over an IPv6 socket
 * (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) counts as what it is.
 */
export function subnetOf(address: string): string {
  const whole = withoutMapping(address)
  if (isIPv4(whole)) return whole
  const plain = address.replace(/%.*$/, '') // `fe80::1%eth0`: the zone is ours, not the peer's
  return isIPv6(plain) ? `${firstGroups(plain, 4).join(':')}::/64` : address
}

/** The first `count` of the eight groups, with those that `::` stands for (RFC 4291 §2.2). */
function firstGroups(address: string, count: number): string[] {
  const [before = '', after] = address.split('::')
  const head = before === '' ? [] : before.split(':')
  if (after === undefined) return head.slice(0, count)
  const tail =
    after === '' ? [] : after.split(':').flatMap((group) => (isIPv4(group) ? [group, group] : group))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, count)
}

/** `::ffff:192.0.2.1` is 192.0.2.1 (RFC 4291 §2.5.5.2); any other address is what it is. */
export function withoutMapping(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  return mapped && isIPv4(mapped) ? mapped : address
}
