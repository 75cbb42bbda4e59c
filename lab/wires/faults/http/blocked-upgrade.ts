/**
 * A blocked upgrade: a proxy that knows only requests and responses takes `Upgrade` for a header of its own connection and
 * drops it, as it must with what it does not know (RFC 9110 §7.6.1). The server then sees an ordinary GET.
 */
import type { Fault } from '../fault.ts'
import { createFirstHead } from './first-head.ts'

export const blockedUpgrade: Fault = {
  about: {
    name: 'blocked-upgrade',
    title: 'Blocked upgrade',
    models:
      'A proxy that knows no WebSocket: the handshake arrives as a plain GET, and the client is told no more than 1006.',
    report: 'https://github.com/whatwg/html/issues/2401',
    settings: [],
    scope: 'wire',
    isOnce: false,
    readsHttp: true,
  },
  begin: () => ({
    touch(line, isNewcomer) {
      if (!isNewcomer) return undefined
      return line.toServer.add((next) => createFirstHead(next, withoutUpgrade))
    },
  }),
}

function withoutUpgrade(head: string): string {
  if (!/\r\nupgrade:/i.test(head)) return head
  const lines = head.split('\r\n').filter((line) => !/^(upgrade|connection):/i.test(line))
  return lines.join('\r\n')
}
