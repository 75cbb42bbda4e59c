/**
 * Three proxies, each broken in one way that real ones are broken. Chapter 11 asks which is which.
 *
 *     node docs/examples/wire/puzzle.mjs a      then ask localhost:3101 in place of localhost:3000
 */
import { createServer, request } from 'node:http'
import { createGzip } from 'node:zlib'

const BUFFER_BYTES = 4_096

/** Collects until there is a bufferful, or the end: few large writes in place of many small ones. */
function a(response, answer) {
  const kept = []
  const pass = () => answer.write(Buffer.concat(kept.splice(0)))
  answer.writeHead(response.statusCode, response.headers)
  response.on('data', (bytes) => {
    kept.push(bytes)
    if (kept.reduce((sum, { length }) => sum + length, 0) >= BUFFER_BYTES) pass()
  })
  response.on('end', () => answer.end(Buffer.concat(kept)))
}

/** Compresses for a client that can take it, as well as can be. */
function b(response, answer) {
  const { 'content-length': _, ...headers } = response.headers
  const takesGzip = /\bgzip\b/.test(answer.req.headers['accept-encoding'] ?? '')
  if (!takesGzip) return response.pipe(answer.writeHead(response.statusCode, response.headers))
  answer.writeHead(response.statusCode, { ...headers, 'content-encoding': 'gzip' })
  response.pipe(createGzip()).pipe(answer)
}

/** Gives every answer so long, and no longer. */
function c(response, answer, limitMs) {
  const timer = setTimeout(() => answer.destroy(), limitMs)
  answer.on('close', () => clearTimeout(timer))
  response.pipe(answer.writeHead(response.statusCode, response.headers))
}

/** @param limitMs of proxy c; a test has less time than a reader */
export function createPuzzle(name, lab = 'http://localhost:3000', limitMs = 60_000) {
  const spoil = { a, b, c }[name]
  if (!spoil) throw new RangeError('which proxy? a, b or c')
  const { host } = new URL(lab)
  return createServer((asked, answer) => {
    const { method, headers, url } = asked
    const options = { method, headers: { ...headers, host }, agent: false }
    const onward = request(lab + url, options, (response) => {
      response.on('error', () => answer.destroy())
      spoil(response, answer, limitMs)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
}

if (process.argv[1] === import.meta.filename) {
  createPuzzle(process.argv[2]).listen(3101, 'localhost', () => console.log('http://localhost:3101'))
}
