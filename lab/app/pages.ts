/** The pages for people, and what a browser is allowed to do with them. */
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { buildFolder } from '../command/build-folder.ts'
import type { Lanes } from '../server/wires/lanes.ts'
import { HASHED_FILE } from './bundle.ts'

/**
 * Only our own files, and no script or style written into a page: what a user types into
 * the chat cannot become either, even if a bug showed it as markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** The lanes that the pages may connect to (lab/server/wires/lanes.ts); none unless given. */
export interface PageLanes {
  readonly lanes?: Pick<Lanes, 'sourcesFor'> | undefined
}

export interface PagesOptions extends PageLanes {
  /** Of the benchmark, served at /bench/; where `npm run bench` leaves them unless given. */
  readonly runs?: string
}

/** @param folder of the built pages, served at / */
export async function servePages(
  app: FastifyInstance,
  folder: string,
  { runs = join(buildFolder(), 'bench'), lanes }: PagesOptions = {},
): Promise<void> {
  await app.register(fastifyStatic, {
    ...COMMON,
    root: folder,
    preCompressed: true, // by precompress.ts
    setHeaders: (reply, path) => setHeaders(reply, withLanes(reply, lanes), path),
  })
  app.get('/choose', (_request, reply) => reply.sendFile('choose.html'))
  app.get('/choose/', ({ url }, reply) => reply.redirect(url.replace('/choose/', '/choose'), 301))
  mkdirSync(runs, { recursive: true }) // before the first run there is none
  await app.register(fastifyStatic, {
    ...COMMON,
    root: runs,
    prefix: '/bench/',
    decorateReply: false,
    index: false,
    list: { format: 'json', names: ['index.json'] }, // the page /choose looks which runs there are
    setHeaders: (reply, path) => setHeaders(reply, path.endsWith('.html') ? policyOfReport(path) : POLICY),
  })
}

export interface DocsOptions extends PageLanes {
  /**
   * Resolves when it is there: with null, or with what was wrong. An older site may lie in the folder then; it is not
   * shown, since no reader could tell that it differs from the documents. It is there already unless given.
   */
  readonly built?: Promise<Error | null>
}

/**
 * The course, at /docs/. Who asks before it has been built waits for it.
 *
 * @param folder of its site (docs/site/build.ts)
 */
export async function serveDocs(
  app: FastifyInstance,
  folder: string,
  { built = Promise.resolve(null), lanes }: DocsOptions = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true }) // before the first build there is none
  await app.register(async (docs) => {
    docs.addHook('onRequest', async (_request, reply) => {
      const wrong = await built
      if (!wrong) return
      setHeaders(reply, POLICY)
      return reply.code(503).type('text/html; charset=utf-8').send(pageOn(wrong))
    })
    await docs.register(fastifyStatic, {
      ...COMMON,
      root: folder,
      prefix: '/docs/',
      decorateReply: false,
      preCompressed: true,
      setHeaders: (reply, path) => setHeaders(reply, withLanes(reply, lanes), path),
    })
    docs.get('/docs', (_request, reply) => reply.redirect('/docs/', 301))
  })
}

/** In the place of the course, when a document is broken: what is wrong with it. */
function pageOn({ message }: Error): string {
  const lines = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').split('\n')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The course could not be built</title>
<main>
<h1>The course could not be built</h1>
<p>Something in its documents is wrong. Mend it, and start the lab again:</p>
<ul>
${lines.map((line) => `<li><code>${line}</code></li>`).join('\n')}
</ul>
<p><a href="/">The lab itself is open.</a></p>
</main>
</html>
`
}

/** Files that begin with a dot are not pages: the response is that of a missing file. */
const COMMON = { cacheControl: false, dotfiles: 'ignore' } as const

function setHeaders(reply: Pick<SetHeadersResponse, 'header'>, policy: string, path = ''): void {
  reply.header('content-security-policy', policy)
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'no-referrer')
  // What is named by its contents never changes: a year, the most that is understood (RFC 8246 §2).
  // For all else, ask each time, by ETag: the files change as you learn.
  const isHashed = HASHED_FILE.test(basename(path))
  reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}

/** The policy, and the lanes as a page of this host reaches them: exact ports, since a page may read what it connects to. */
function withLanes(reply: SetHeadersResponse, lanes: PageLanes['lanes']): string {
  const sources = lanes?.sourcesFor((reply as FastifyReply).request) ?? ''
  return sources === '' ? POLICY : POLICY.replace("connect-src 'self'", `connect-src 'self' ${sources}`)
}

type SetHeadersResponse = Parameters<NonNullable<FastifyStaticOptions['setHeaders']>>[0]

/** A report carries its script and its style in itself, and names each by its hash in a policy of its own. */
const REPORT_POLICY =
  /content="(default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none')"/
/** The policy stands in the first lines: a policy only holds for what follows it. */
const HEAD_BYTES = 1_024

/**
 * The report's own policy, if it is of exactly that form: one script, one style, nothing fetched. Whatever
 * else lies in that folder gets the policy of all pages, and so no inline script.
 */
function policyOfReport(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const length = readSync(file, head, 0, HEAD_BYTES, 0)
    const own = REPORT_POLICY.exec(head.toString('latin1', 0, length))?.[1]
    return own ? `${own}; frame-ancestors 'self'` : POLICY
  } finally {
    closeSync(file)
  }
}
