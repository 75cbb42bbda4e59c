/** Where a file of browser tests plays: one browser, one server, and no complaint in any console. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  chromiumPath,
  launch,
  NO_BROWSER,
  openPage,
  type RunningLab,
  type Served,
  startLab,
  type WatchedPage,
} from './browser.ts'

export interface BrowserBench {
  readonly lab: RunningLab
  /** Opens the lab page; `path` begins with a slash. It is closed, and its console looked at, after the test. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>
  /**
   * From now on in this test, lines of the console that match are expected. Only for those that the
   * browser itself writes, for a request that failed: no script can keep it from that.
   */
  expectInConsole(lines: RegExp): void
}

export function inBrowser(what: string, define: (bench: BrowserBench) => void, served: Served = {}): void {
  if (!chromiumPath) {
    skipLoudly(what)
    return
  }
  describe(what, { timeout: 120_000 }, () => {
    let browser: Browser
    let lab: RunningLab
    let pages: WatchedPage[] = []
    let expected: RegExp | null = null

    beforeAll(async () => {
      ;[browser, lab] = await Promise.all([launch(), startLab(served)])
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await lab?.close()
    })
    afterEach(async () => {
      const complaints = pages.flatMap((page) => page.complaints)
      await Promise.all(pages.map((page) => page.close()))
      pages = []
      const unexpected = complaints.filter((line) => !expected?.test(line))
      expected = null
      expect(unexpected, 'what the browser complained about').toEqual([])
    })

    define({
      get lab() {
        return lab
      },
      async open(path = '/', options) {
        const opened = await openPage(browser, new URL(path, lab.url).href, options)
        pages.push(opened)
        return opened.page
      },
      expectInConsole(lines) {
        expected = lines
      },
    })
  })
}

/** A test that did not run has shown nothing: it must not pass in silence, and in CI not at all. */
export function skipLoudly(what: string): void {
  console.warn(`\n*** NOT TESTED: ${what}.\n*** ${NO_BROWSER}\n`)
  if (process.env.CI) test(what, () => expect.fail(NO_BROWSER))
  else test.skip(`${what} (no browser)`)
}
