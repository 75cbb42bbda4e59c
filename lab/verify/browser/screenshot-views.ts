/** The views of the lab page that have a picture of their own: how a reader comes to each, and what of it is in the picture. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { openPage } from './browser.ts'

/** A page at the lab's address, with this query. */
export type OpenView = (query: string) => Promise<Page>

export interface View {
  /** Of the file. */
  readonly name: string
  /** In pixels; a laptop's unless given. */
  readonly size?: readonly [width: number, height: number]
  /** Brings it about. @returns what is in the picture; null for all that is in the window */
  readonly show: (open: OpenView) => Promise<Locator | null>
}

/** In milliseconds: a fault has bitten by then, a timeline has something in it, or an answer has come. */
const A_WHILE_MS = 6_000

export const LAPTOP = [1440, 900] as const

/** So that a lane whose line is silent says so while a picture is taken, and not after half a minute. */
const QUICK = 'silence=3&hold=2&interval=1&name=Ada'

const panelOf = (page: Page, id: string) => page.locator(`details#${id}`)

async function openPanel(page: Page, id: string): Promise<Locator> {
  const panel = panelOf(page, id)
  if ((await panel.getAttribute('open')) === null) await panel.locator('> summary').click()
  return panel
}

async function say(page: Page, lane: string, text: string): Promise<void> {
  const box = page.locator(`chat-lane:has-text("${lane}")`).first().getByRole('textbox')
  await box.fill(text)
  await box.press('Enter')
}

export const VIEWS: readonly View[] = [
  {
    name: 'bytes',
    async show(open) {
      const page = await open(`room=bytes&zoom=5&${QUICK}`)
      await say(page, 'WebSocket', 'Every byte of this')
      await page.waitForTimeout(2_000)
      const timeline = page.locator('lab-timeline')
      await timeline.getByRole('checkbox', { name: 'table' }).check()
      const row = timeline.locator('tbody tr', { hasText: 'Every byte' }).filter({ hasText: 'WebSocket' })
      await row
        .first()
        .getByRole('button', { name: /^Open the bytes/ })
        .click()
      await timeline.getByRole('checkbox', { name: 'table' }).uncheck()
      await page.locator('lab-inspector .hex').waitFor()
      return page.locator('every-byte')
    },
  },
  {
    name: 'table',
    async show(open) {
      const page = await open(`room=table&zoom=5&${QUICK}`)
      await say(page, 'WebSocket', 'The same in every lane')
      await page.waitForTimeout(2_000)
      await page.locator('lab-timeline').getByRole('checkbox', { name: 'table' }).check()
      await page.locator('lab-timeline tbody tr').first().waitFor()
      return page.locator('every-byte')
    },
  },
  {
    name: 'faults',
    async show(open) {
      const page = await open(`room=faults&rate=2&${QUICK}`)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      await page.waitForTimeout(A_WHILE_MS)
      await openPanel(page, 'break')
      await page.locator('break-panel button[data-fault="silence"]').click()
      await page.getByRole('button', { name: 'Break it' }).click()
      await page.waitForTimeout(A_WHILE_MS)
      return null
    },
  },
  {
    name: 'ledger',
    async show(open) {
      const page = await open(`room=ledger&rate=2&${QUICK}`)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      await openPanel(page, 'ledger')
      await openPanel(page, 'break')
      await page.locator('break-panel button[data-fault="cut"]').click()
      await page.getByRole('button', { name: 'Break it' }).click()
      await page.locator('lane-ledger').scrollIntoViewIfNeeded()
      await page.waitForTimeout(A_WHILE_MS)
      return panelOf(page, 'ledger')
    },
  },
  {
    name: 'scenario-running',
    async show(open) {
      const page = await open(`room=running&${QUICK}`)
      const list = await chooseScenario(page, 'Game positions')
      await page.waitForTimeout(A_WHILE_MS)
      await list.scrollIntoViewIfNeeded()
      return panelOf(page, 'scenarios')
    },
  },
  {
    name: 'scenario',
    async show(open) {
      const page = await open(`room=scenario&${QUICK}`)
      const list = await chooseScenario(page, 'Live prices')
      await list.locator('.verdict').waitFor()
      return panelOf(page, 'scenarios')
    },
  },
  {
    name: 'composer',
    async show(open) {
      const page = await open(`room=composer&${QUICK}`)
      const panel = await openPanel(page, 'compose')
      const mask = panel.getByRole('group', { name: 'Piece 2' }).getByRole('checkbox', { name: 'MASK' })
      await mask.uncheck()
      await panel.getByRole('button', { name: 'Send', exact: true }).click()
      await panel.locator('.marks button').last().waitFor()
      return panel
    },
  },
  {
    name: 'pitfalls',
    async show(open) {
      const page = await open(`room=pitfalls&${QUICK}`)
      const panel = await openPanel(page, 'pitfalls')
      await panel.locator('button[data-pitfall="no-cursor"]').click()
      await panel.getByRole('button', { name: 'Switch it on' }).click()
      await page.locator('lane-pitfall').first().waitFor()
      await page.waitForTimeout(2_000)
      return panel
    },
  },
  {
    name: 'class',
    async show(open) {
      const page = await open(`room=physics&${QUICK}`)
      await (await openPanel(page, 'scenarios')).getByRole('button', { name: 'A proxy that buffers' }).click()
      const panel = await openPanel(page, 'class')
      await panel.getByRole('button', { name: 'Give the class this page’s setting' }).click()
      const learner = await open('room=physics&class=1&name=Grace')
      await learner
        .getByRole('group', { name: 'Class' })
        .getByRole('button', { name: 'Join the class' })
        .click()
      await panel.locator('tbody tr').first().waitFor()
      await page.bringToFront()
      await page.waitForTimeout(2_000)
      return panel
    },
  },
  {
    name: 'present',
    size: [1280, 720],
    async show(open) {
      const page = await open(`room=present&rate=2&present=1&${QUICK}`)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      await page.waitForTimeout(2 * A_WHILE_MS)
      return null
    },
  },
  {
    name: 'phone',
    size: [360, 740],
    async show(open) {
      const page = await open(`room=phone&rate=2&${QUICK}`)
      await page.getByRole('button', { name: 'Start traffic' }).click()
      await page.waitForTimeout(2 * A_WHILE_MS)
      await page.evaluate(() => scrollTo(0, 0))
      return null
    },
  },
]

async function chooseScenario(page: Page, title: string): Promise<Locator> {
  const panel = await openPanel(page, 'scenarios')
  const list = panel.locator('scenario-list')
  await list.getByRole('button', { name: title }).click()
  await list.getByRole('radio').first().check()
  await list.getByRole('button', { name: 'Run it' }).click()
  return list
}

/** @returns the bytes of a file in that format */
export async function pictureOf(
  browser: Browser,
  url: string,
  { size = LAPTOP, show }: View,
  options: BrowserContextOptions,
  format: { readonly format: 'png' } | { readonly format: 'webp'; readonly quality: number },
): Promise<Buffer> {
  const [width, height] = size
  const opened: { page: Page; close(): Promise<void> }[] = []
  try {
    const shown = await show(async (query) => {
      const one = await openPage(browser, `${url}/?${query}`, { viewport: { width, height }, ...options })
      opened.push(one)
      await one.page.locator('lane-state').last().getByText('open', { exact: true }).waitFor()
      return one.page
    })
    const { page } = opened[0]!
    await shown?.scrollIntoViewIfNeeded()
    const box = await shown?.boundingBox()
    const top = await page.evaluate(() => scrollY)
    const session = await page.context().newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', {
      ...format,
      captureBeyondViewport: box !== undefined,
      ...(box && { clip: { ...box, y: box.y + top, scale: 1 } }),
    })
    return Buffer.from(data, 'base64')
  } finally {
    for (const { close } of opened) await close()
  }
}
