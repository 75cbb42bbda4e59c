/** Adds to the log, by HTTP. */
import { text } from 'node:stream/consumers'
import { draftIn } from './draft.mjs'
import { publish } from './log.mjs'

export async function write(request, response) {
  const draft = draftIn(await bodyOf(request))
  const message = draft && publish(draft)
  response.writeHead(message ? 201 : 400).end(JSON.stringify(message))
}

async function bodyOf(request) {
  const { 'content-type': type, 'content-length': length } = request.headers
  // A form can send no JSON, and a script of another origin must ask first (CORS): it gets no permission here.
  if (type !== 'application/json' || !(length <= 8_192)) return ''
  return text(request).catch(() => '') // cut off
}
