/** The files of the page. Only what lies in public/ and has a name of letters can be asked for. */
import { readFile } from 'node:fs/promises'

const TYPES = { html: 'text/html; charset=utf-8', mjs: 'text/javascript; charset=utf-8' }

export async function sendFile(request, response) {
  const path = request.url === '/' ? '/page.html' : request.url
  const [, name, kind] = /^\/([a-z]+\.(html|mjs))$/.exec(path) ?? []
  const body = name && (await readFile(new URL(`public/${name}`, import.meta.url)).catch(() => null))
  if (!body || request.method !== 'GET') return response.writeHead(404).end('There is nothing here.\n')
  response.writeHead(200, { 'Content-Type': TYPES[kind] }).end(body)
}
