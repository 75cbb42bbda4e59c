/**
 * Firefox, as it is installed, for tests. It is spoken to by WebDriver BiDi, a standard that it has built in
 * (https://w3c.github.io/webdriver-bidi/); playwright would want a Firefox of its own making.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'puppeteer-core'
import puppeteer from 'puppeteer-core'
import { find } from '../proxies/programs.ts'

const ON_A_MAC = '/Applications/Firefox.app/Contents/MacOS/firefox'

/** `FIREFOX` in the environment comes first. */
export const firefoxPath: string | null =
  process.env.FIREFOX ?? find('firefox-esr') ?? find('firefox') ?? (existsSync(ON_A_MAC) ? ON_A_MAC : null)

export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath!,
    headless: true,
    acceptInsecureCerts: true, // the lab signs its own
    timeout: 60_000,
    // Nothing but our own server.
    extraPrefsFirefox: {
      'app.update.enabled': false,
      'browser.newtabpage.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'data:,#remote-settings-dummy/v1',
    },
  })
}

export interface Lane {
  readonly state: string
  readonly texts: readonly string[]
}

/** The lanes of an open lab page, as they are shown now. `>>>` looks into elements' own trees too. */
export async function lanesOf(page: Page): Promise<Lane[]> {
  const lanes = await page.$$('>>> chat-lane')
  return Promise.all(
    lanes.map(async (lane) => {
      const [state = ''] = await lane.$$eval('>>> [role=status]', (all) =>
        all.map((one) => one.textContent ?? ''),
      )
      const texts = await lane.$$eval('>>> .line:not(.pending) .text', (all) =>
        all.map((one) => one.textContent ?? ''),
      )
      return { state: state.trim(), texts }
    }),
  )
}

/** Types into a lane and presses Enter. */
export async function writeInto(page: Page, index: number, words: string): Promise<void> {
  const lane = (await page.$$('>>> chat-lane'))[index]
  const box = await lane?.$('>>> textarea')
  await box?.type(words)
  await page.keyboard.press('Enter')
}
