/**
 * The back/forward cache of the whole browser, since the headless shell has none. Chromium keeps no page there that a
 * debugger looks at, so none does here: the page drives itself by a script of the test's, and reports by requests.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { servePages } from '../../app/pages.ts'
import { temporaryFolder } from '../../command/temporary.ts'
import { startTestServer } from '../kit/test-server.ts'
import { CHROMIUM_ARGS, testPages, wholeChromiumPath } from './browser.ts'
import { skipLoudly } from './browser-bench.ts'

const ROOM = 'lobby'
const SLOW = { timeout: 90_000, interval: 50 }

interface Report {
  readonly at: 'open' | 'pagehide' | 'pageshow' | 'came back'
  /** Of `pagehide` and `pageshow`: whether the browser keeps the page, or took it from its cache. */
  readonly persisted?: boolean
  /** Of `came back`: how often each lane shows what was said while the page was away. */
  readonly shown?: readonly number[]
}

/** Runs in the page. Every lane open: leave. Back again, and every lane open again: report what it shows. */
const DRIVE = `
const tell = (report) => navigator.sendBeacon('/told', JSON.stringify(report))
const lanes = () => [...document.querySelectorAll('chat-lane')]
const textOf = (root) => [...root.querySelectorAll('*')].reduce((text, element) => text + (element.shadowRoot ? textOf(element.shadowRoot) : ''), root.textContent)
const isOpen = (lane) => /\\bopen\\b/.test(lane.shadowRoot?.querySelector('lane-state')?.shadowRoot?.textContent ?? '')
const shown = () => lanes().map((lane) => lane.shadowRoot.querySelectorAll('*').length && textOf(lane.shadowRoot).split('while away').length - 1)
const when = (isSo, then) => { const look = setInterval(() => { if (isSo()) { clearInterval(look); then() } }, 50) }
const allOpen = () => lanes().length > 1 && lanes().every(isOpen)
addEventListener('pagehide', ({ persisted }) => tell({ at: 'pagehide', persisted }))
addEventListener('pageshow', ({ persisted }) => {
  tell({ at: 'pageshow', persisted })
  if (persisted) when(() => allOpen() && shown().every((times) => times > 0), () => tell({ at: 'came back', shown: shown() }))
  else when(allOpen, () => { tell({ at: 'open' }); location.href = '/elsewhere' })
})
`
const GO_BACK = "fetch('/may-go-back').then(() => history.back())"

if (!wholeChromiumPath) skipLoudly('the back/forward cache')
else
  describe('a page in the back/forward cache of Chromium', () => {
    const ends: (() => unknown)[] = []
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end()
    })

    test('is kept there, counts as gone meanwhile, and comes back open with what was said, once', {
      timeout: 120_000,
    }, async () => {
      const folder = temporaryFolder('transport-lab-back-forward')
      ends.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
      const pages = await testPages()
      const reports: Report[] = []
      let letBack: () => void = () => {}
      const mayGoBack = new Promise<void>((resolve) => (letBack = resolve))
      const server = await startTestServer({}, async (app) => {
        await servePages(app, pages)
        serveDriven(app, readFileSync(join(pages, 'index.html'), 'utf8'), mayGoBack, (report) =>
          reports.push(report),
        )
      })
      ends.push(() => server.close())
      const browser = spawn(
        wholeChromiumPath as string,
        [
          ...CHROMIUM_ARGS,
          '--headless=new',
          '--enable-features=BackForwardCache',
          `--user-data-dir=${join(folder, 'profile')}`,
          `${server.url}/driven?name=Ada&room=${ROOM}`,
        ],
        { stdio: 'ignore' },
      )
      const gone = new Promise((resolve) => browser.once('exit', resolve))
      ends.push(() => {
        browser.kill('SIGKILL')
        return gone
      })
      const last = (at: Report['at']) => reports.findLast((report) => report.at === at)

      await expect.poll(() => last('open'), SLOW).toBeDefined()
      await expect.poll(() => last('pagehide'), SLOW).toEqual({ at: 'pagehide', persisted: true })
      await expect.poll(() => server.hub.followers, SLOW).toBe(0)
      server.say(ROOM, 'while away')
      letBack()
      await expect.poll(() => last('pageshow'), SLOW).toEqual({ at: 'pageshow', persisted: true })
      await expect.poll(() => last('came back'), SLOW).toEqual({ at: 'came back', shown: LANES.map(() => 1) })
    })
  })

/** The lab page with the script above in it, the page that it goes to, and where it reports. */
function serveDriven(
  app: FastifyInstance,
  index: string,
  mayGoBack: Promise<void>,
  told: (report: Report) => void,
): void {
  const driven = index.replace('</head>', '<script type="module" src="/drive.js"></script></head>')
  const elsewhere = '<!doctype html><title>Elsewhere</title><script src="/back.js"></script>'
  app.get('/driven', (_request, reply) => reply.type('text/html').send(driven))
  app.get('/drive.js', (_request, reply) => reply.type('text/javascript').send(DRIVE))
  app.get('/elsewhere', (_request, reply) => reply.type('text/html').send(elsewhere))
  app.get('/back.js', (_request, reply) => reply.type('text/javascript').send(GO_BACK))
  app.get('/may-go-back', async (_request, reply) => {
    await mayGoBack
    return reply.code(204).send()
  })
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.post('/told', (request, reply) => {
    told(JSON.parse(request.body as string) as Report)
    return reply.code(204).send()
  })
}
