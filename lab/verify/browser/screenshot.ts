/**
 * `npm run screenshots -- [FOLDER]`: pictures of the lab page at work, for the README and docs/reference/views.md.
 *
 * The people are made up; the traffic, the figures and the chart are what this machine did meanwhile.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { onEnding } from '../../command/ending.ts'
import { writingAt } from '../../command/folder-error.ts'
import { runCommandLine } from '../../command/options/command-line.ts'
import { complain, leave, say } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import { chromiumPath, launch, NO_BROWSER, openPage, startLab } from './browser.ts'
import { takeCluster } from './screenshot-cluster.ts'
import { LINE } from './screenshot-options.ts'
import { pictureOf, VIEWS } from './screenshot-views.ts'

const IMAGES = join(import.meta.dirname, '../../../docs/images')

/** How long a process that was told to end waits for its last words to be read. */
const LAST_WORDS_MS = 200
/** The chart shows half a minute. */
const FILL_MS = 28_000
/** Longer than a poll's interval, so that each reaches every lane before the next. */
const BETWEEN_MS = 1_300

/** A third of the bytes of a PNG, and letters are still sharp. */
const SMALL = { format: 'webp', quality: 80 } as const

const TALK = [
  ['Grace', 'Is anybody reading this in another lane?'],
  ['Edsger', 'In all of them. In the first it came late: it had to wait for the next question.'],
  ['Grace', 'Здравствуйте, γειά σου, <b>this is text</b>'],
  ['Ada', 'And this one cost no request at all.'],
] as const

async function takePictures(operands: readonly string[]): Promise<number> {
  const [name = IMAGES, ...more] = operands
  if (more.length > 0) throw new UsageError(`one folder at a time: what is ${JSON.stringify(more[0])}?`)
  const folder = resolve(name)
  // Before the browser: its pictures take minutes.
  const probe = join(folder, `.writable-${process.pid}`)
  writingAt(
    folder,
    () => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(probe, '')
      rmSync(probe)
    },
    'name another: npm run screenshots -- FOLDER',
  )
  if (!chromiumPath) throw new UsageError(NO_BROWSER)
  const browser = await launch()
  onEnding(({ exitCode }) => void browser.close().finally(() => leave(exitCode, LAST_WORDS_MS)))
  try {
    for (const colorScheme of ['light', 'dark'] as const) await takePicture(browser, folder, colorScheme)
    await takeViews(browser, folder)
    const lacking = await takeCluster(browser, join(folder, 'cluster.webp'), SMALL)
    if (lacking) complain(`There is no ${lacking}: cluster.webp stays as it was.`)
  } finally {
    await browser.close()
  }
  say(
    `${join(folder, 'lab-light.png')}, lab-dark.png, and ${VIEWS.map(({ name }) => `${name}.webp`).join(', ')}`,
  )
  return 0
}

async function takeViews(browser: Browser, folder: string): Promise<void> {
  const lab = await startLab({ wired: true })
  try {
    for (const view of VIEWS) {
      const bytes = await pictureOf(browser, lab.url, view, { colorScheme: 'light' }, SMALL)
      writeFileSync(join(folder, `${view.name}.webp`), bytes)
    }
  } finally {
    await lab.close()
  }
}

async function takePicture(browser: Browser, folder: string, colorScheme: 'light' | 'dark'): Promise<void> {
  const lab = await startLab({ wired: true }) // with a wire for each lane, as `npm start` has it: they make the timeline
  try {
    const viewport = { width: 1440, height: 900 }
    const { page, close } = await openPage(browser, `${lab.url}/?room=lobby&name=Ada&rate=1`, {
      colorScheme,
      viewport,
    })
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
    await page.screenshot({ path: join(folder, `lab-${colorScheme}.png`) })
    await close()
  } finally {
    await lab.close()
  }
}

await runCommandLine(LINE, ({ operands }) => takePictures(operands))
