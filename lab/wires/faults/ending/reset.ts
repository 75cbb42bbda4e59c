/** A reset: the connection is gone, and with it whatever was still on its way (RFC 9293 §3.10.7.4). */
import type { Fault } from '../fault.ts'

export const reset: Fault = {
  about: {
    name: 'reset',
    title: 'Reset',
    models:
      'A firewall or a crashed peer: both ends are told by RST that there is no such connection, and unread bytes are lost.',
    report: 'https://github.com/nodejs/node/issues/20256',
    settings: [],
    scope: 'wire',
    isOnce: true,
  },
  begin: () => ({
    touch(line) {
      line.drop('reset')
      return undefined
    },
  }),
}
