/** Interception: a box on the way answers in the server's place, and the server never hears of the request. */
import type { Fault } from '../fault.ts'
import { createFirstHead } from './first-head.ts'

const PAGE = '<!doctype html><title>Sign in to this network</title><p>Sign in to this network first.'

/** RFC 6585 §6. A browser's fetch sees a response of another origin, without leave to read it. */
const RESPONSE = [
  'HTTP/1.1 511 Network Authentication Required',
  'Content-Type: text/html',
  `Content-Length: ${PAGE.length}`,
  'Cache-Control: no-store',
  'Connection: close',
  '',
  PAGE,
].join('\r\n')

export const interception: Fault = {
  about: {
    name: 'interception',
    title: 'Captive portal',
    models:
      'A hotel’s network that answers each new request with a page of its own, until the guest has signed in.',
    report: 'https://github.com/dpskvn/express-sse/issues/26',
    settings: [],
    scope: 'wire',
    isOnce: false,
    readsHttp: true,
  },
  begin: () => ({
    touch(line, isNewcomer) {
      if (!isNewcomer) return undefined
      return line.toServer.add((next) =>
        createFirstHead(next, () => {
          line.answer(RESPONSE)
          return null
        }),
      )
    },
  }),
}
