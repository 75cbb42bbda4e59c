/**
 * `node --import tsx lab/verify/browser/screenshot.ts [FOLDER]`: pictures of the lab page at work, for the README.
 *
 * The people are made up; the traffic, the figures and the chart are what this machine did meanwhile.
 */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { launch, openPage, startLab } from './browser.ts'

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../../docs/images'))

/** The chart shows half a minute. */
const FILL_MS = 28_000
/** Longer than a poll's interval, so that each reaches every lane before the next. */
const BETWEEN_MS = 1_300

const TALK = [
  ['Grace', 'Is anybody reading this in another lane?'],
  ['Edsger', 'In all of them. In the first it came late: it had to wait for the next question.'],
  ['Grace', 'Здравствуйте, γειά σου, <b>this is text</b>'],
  ['Ada', 'And this one cost no request at all.'],
] as const

await mkdir(folder, { recursive: true })
const browser = await launch()
try {
  for (const colorScheme of ['light', 'dark'] as const) await takePicture(colorScheme)
} finally {
  await browser.close()
}

async function takePicture(colorScheme: 'light' | 'dark'): Promise<void> {
  const lab = await startLab()
  try {
    const viewport = { width: 1440, height: 1000 }
    const { page, close } = await openPage(browser, `${lab.url}/?name=Ada&rate=1`, { colorScheme, viewport })
    await page.locator('lane-state').last().getByText('open', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Start traffic' }).click()
    await pause(FILL_MS)
    for (const [index, [author, text]] of TALK.entries()) {
      const name = page.getByRole('textbox', { name: 'Your name' })
      await name.fill(author)
      await name.press('Enter')
      const box = page.locator('chat-lane').nth(index).getByRole('textbox')
      await box.fill(text)
      await box.press('Enter')
      await pause(BETWEEN_MS)
    }
    await page.getByRole('heading', { level: 1 }).click() // out of the last field, whose frame would catch the eye
    await page.screenshot({ path: join(folder, `lab-${colorScheme}.png`), fullPage: true })
    await close()
  } finally {
    await lab.close()
  }
}
