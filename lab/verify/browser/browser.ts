/** A real browser for tests, and the real server for it, in this process. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildDocs } from '../../../docs/site/build.ts'
import { LANES } from '../../../transports/descriptors.ts'
import type { LabOptions } from '../../app/build-lab.ts'
import { bundlePages } from '../../app/bundle.ts'
import { serveDocs, servePages } from '../../app/pages.ts'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { buildFolder } from '../../command/build-folder.ts'

import { temporaryFolder } from '../../command/temporary.ts'
import { Hub } from '../../hub/hub.ts'
import { createLanes, type Lanes } from '../../server/wires/lanes.ts'
import { startTestServer } from '../kit/test-server.ts'

/** The whole browser: some of what it does for people, the headless shell has not. */
const WHOLE = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const found = (places: readonly (string | undefined)[]): string | null =>
  places.find((place) => place && existsSync(place)) ?? null

/**
 * Where a Chromium is, or null. `CHROMIUM` in the environment comes first; then the headless shell, which draws no window
 * of its own that none looks at: the same tests take half the time with it.
 */
export const chromiumPath: string | null = found([
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  ...WHOLE,
])

/** Where a Chromium with all that belongs to it is, or null. */
export const wholeChromiumPath: string | null = found([process.env.CHROMIUM, ...WHOLE])

/** No sandbox, since in a container we are root; no talk with anybody but our own server. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @throws Error when there is no browser */
export function launch(path = chromiumPath): Promise<Browser> {
  if (!path) throw new Error(NO_BROWSER)
  return chromium.launch({ executablePath: path, args: CHROMIUM_ARGS })
}

export const NO_BROWSER =
  'No Chromium was found. Install one (Debian: apt-get install chromium), or name yours: CHROMIUM=/path/to/chrome'

export interface RunningLab {
  readonly url: string
  /** Stops the server as Ctrl-C does, and leaves its port free. */
  stop(): Promise<void>
  /** Starts it again on the same port. Its rooms are new and empty, as after any restart. */
  start(options?: LabOptions): Promise<void>
  /** Stops for good. */
  close(): Promise<void>
}

/** What to serve beside the lab page. */
export interface Served {
  readonly course?: boolean
  /** Each transport behind a port of its own, as `npm start` has it; all on one port unless given. */
  readonly wired?: boolean
  /** As {@link LabOptions} has it. */
  readonly heartbeatMs?: number
}

/**
 * The lab's pages, built once for all test files: those that build them at the same time write the same bytes, each file
 * in one step.
 */
export const testPages = (): Promise<string> => bundlePages(join(buildFolder(), 'checks', 'pages'))

export async function startLab({
  course = false,
  wired = false,
  heartbeatMs,
}: Served = {}): Promise<RunningLab> {
  // A folder of our own: other test files build the course at the same time.
  const folder = temporaryFolder('transport-lab-pages')
  const pages = await testPages()
  const docs = course ? await buildDocs(join(folder, 'docs')) : null
  let lanes: Lanes | undefined
  /** A server that is started again has ports of its own again: one that has closed opens none. */
  const newLanes = () => {
    lanes = wired ? createLanes({ names: LANES, firstPort: 0 }) : undefined
    return lanes ? { lanes, pitfalls: PITFALLS } : {}
  }
  const server = await startTestServer({ heartbeatMs, ...newLanes() }, async (app) => {
    await servePages(app, pages, { lanes })
    if (docs) await serveDocs(app, docs, { lanes })
  })
  await lanes?.open()
  return {
    get url() {
      return server.url
    },
    stop: server.stop,
    async start(options) {
      await server.start({ hub: new Hub(), ...newLanes(), ...options })
      await lanes?.open()
    },
    async close() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface WatchedPage {
  readonly page: Page
  /** Errors and warnings of the console, and uncaught exceptions. */
  readonly complaints: string[]
  close(): Promise<void>
}

/**
 * A page in a context of its own: a browser allows six connections to one server, of which each
 * lab page keeps three, so pages that are no longer needed must be closed.
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.name}: ${error.message} ${error.stack}`))
  await page.goto(url)
  return { page, complaints, close: () => context.close() }
}
