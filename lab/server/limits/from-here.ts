/** Whether a request is from this machine: what may be shown, or done, to the person at it and to no other. */
import type { FastifyRequest } from 'fastify'
import { addressIn, clientAddress, isLoopback, type Trust, trustNone } from './trust.ts'

/**
 * A proxy on this machine has a loopback address, and asks for the whole world. One that we trust tells for whom,
 * by an address in `X-Forwarded-For`; one that we don't trust, or that names no client, gives itself away by the headers
 * that proxies add.
 */
export function isFromHere(request: FastifyRequest, trust: Trust = trustNone): boolean {
  const { raw, ip } = request
  if (!isForwarded(request)) return isLoopback(clientAddress(request))
  if (!trust(raw.socket.remoteAddress ?? '', 0)) return false
  // Forwarded, and the proxy does not say for whom: the peer's own address is the proxy's, and says nothing.
  const isSaid = /\S/.test(String(request.headers['x-forwarded-for'] ?? ''))
  return isSaid && isLoopback(addressIn(ip) ?? '')
}

/** Whether a header stands there that a proxy adds, and a program on this machine has no reason to. */
const isForwarded = ({ headers }: FastifyRequest) =>
  Object.keys(headers).some((name) => OF_PROXIES.test(name))

const OF_PROXIES =
  /^(forwarded(-for)?|via|x-forwarded(-.*)?|x-(original|cluster)-.*|x-real-ip|(x-|true-|cf-)?(client|connecting)-ip|x-(varnish|proxy.*|scheme)|cdn-loop)$/
