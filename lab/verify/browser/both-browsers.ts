/** What is tried in Chromium and in Firefox alike: what a course says of “the browser” must hold in both. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { firefoxPath, launchFirefox } from '../clients/firefox.ts'
import { skipLoudly as skipProgram } from '../proxies/programs.ts'
import { launch, wholeChromiumPath } from './browser.ts'
import { skipLoudly as skipChromium } from './browser-bench.ts'

/** A page of either browser: as much as both drivers have. */
export interface Tab {
  goto(url: string): Promise<unknown>
  /** Runs `act` in the page; what it is given and what it returns travel as JSON. */
  evaluate<Arg, T>(act: (arg: Arg) => T | Promise<T>, arg: Arg): Promise<T>
  close(): Promise<void>
}

/** Opens a tab that shares cookies with no other one. */
type OpenTab = () => Promise<Tab>

/** @param define declares the tests, once for each browser that is installed */
export function inBothBrowsers(what: string, define: (open: OpenTab, name: string) => void): void {
  const browsers = [
    { name: 'Chromium', path: wholeChromiumPath, start: startChromium, skip: () => skipChromium(what) },
    {
      name: 'Firefox',
      path: firefoxPath,
      start: startFirefox,
      skip: () => skipProgram('Firefox', 'firefox-esr'),
    },
  ]
  for (const { name, path, start, skip } of browsers) {
    if (!path) {
      skip()
      continue
    }
    describe(`${what}, in ${name}`, { timeout: 120_000 }, () => {
      let browser: { open: OpenTab; close: () => Promise<void> }
      beforeAll(async () => {
        browser = await start()
      }, 90_000)
      afterAll(() => browser?.close())
      define(() => browser.open(), name)
    })
  }
}

async function startChromium() {
  const browser = await launch(wholeChromiumPath) // the shell has other rules for the cookies of another site
  return {
    async open(): Promise<Tab> {
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      return { ...tabOf(await context.newPage()), close: () => context.close() }
    },
    close: () => browser.close(),
  }
}

/** A page of Chromium as a tab. */
export const tabOf = (page: Page): Tab => ({
  goto: (url) => page.goto(url),
  // The driver's own types take its handles apart, which are never given here.
  evaluate: (act, arg) => page.evaluate(act as never, arg as never) as never,
  close: () => page.close(),
})

async function startFirefox() {
  const browser = await launchFirefox()
  return {
    async open(): Promise<Tab> {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      return {
        goto: (url) => page.goto(url),
        evaluate: (act, arg) => page.evaluate(act as never, arg as never) as never,
        close: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}
