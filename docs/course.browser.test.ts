/** Every chapter in a real browser: its live parts run, nothing complains, everybody can use it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { inBrowser } from '../lab/verify/browser/browser-bench.ts'
import { stateOf, TIMEOUT } from '../lab/verify/browser/lab-page.ts'
import { CHAPTERS, fileOf } from './course.ts'
import { urlOf } from './site/urls.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const chapters = CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? []).map(urlOf)
const pages = [
  '/docs/',
  '/docs/reference/protocol.html',
  '/docs/reference/errors.html',
  '/docs/exercises/03-parse-a-stream/README.html',
  '/docs/lab/hub/room.ts.html',
  ...chapters,
]

const startButtons = (page: Page) => page.getByRole('button', { name: 'Start this live part' })

async function findings(page: Page): Promise<unknown> {
  await page.evaluate(axe)
  const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults
  expect(passes.map(({ id }) => id)).toContain('color-contrast')
  return violations.map(({ id, nodes }) => [
    id,
    nodes.map(({ target, failureSummary }) => [target, failureSummary]),
  ])
}

inBrowser(
  'the course',
  (bench) => {
    test.each(chapters)(
      '%s: each live part carries messages, and each prediction is revealed',
      async (url) => {
        const page = await bench.open(url)
        await expect
          .poll(() => startButtons(page).count(), TIMEOUT)
          .toBe(await page.locator('live-lab').count())
        for (const live of await page.locator('live-lab').all()) {
          await live.getByRole('button', { name: 'Start this live part' }).click()
          const lanes = (await live.getAttribute('data-transports'))!.split(',').length
          await expect
            .poll(() => live.locator('lane-state').getByText('open', { exact: true }).count(), TIMEOUT)
            .toBe(lanes)
          const text = `hello from ${Math.random()}`
          await live.getByRole('textbox').first().fill(text)
          await live.getByRole('textbox').first().press('Enter')
          for (const lane of await live.locator('chat-lane').all())
            await expect
              .poll(() => lane.locator('.line:not(.pending)').getByText(text).count(), TIMEOUT)
              .toBe(1)
          if ((await live.getAttribute('data-ledger')) !== null) {
            const delivered = live.locator('lane-ledger [data-lane] td:nth-of-type(2)')
            await expect
              .poll(async () => [...new Set(await delivered.allTextContents())], TIMEOUT)
              .toEqual([expect.stringMatching(/^([1-9]\d*) of \1$/)])
          }
          expect(await live.evaluate(partsThatStickOut)).toEqual([])
          if ((await live.getAttribute('data-traffic')) !== null) {
            await live.getByRole('button', { name: 'Start traffic' }).click()
            await expect
              .poll(async () => Number(await live.locator('.counts b').first().textContent()), TIMEOUT)
              .toBeGreaterThan(0)
          }
          await live.getByRole('button', { name: 'Stop this live part' }).click()
          await expect.poll(() => live.locator('chat-lane').count(), TIMEOUT).toBe(0)
        }
        for (const picture of await page.locator('step-through').all()) {
          const count = await picture.locator('.step').count()
          await picture.getByRole('button', { name: 'Next' }).press('End')
          expect(await picture.getByRole('status').textContent()).toMatch(
            new RegExp(`^${count} of ${count}\\. [A-Z]`),
          )
          expect(await picture.getByRole('img').count()).toBe(1)
        }
        for (const prediction of await page.locator('predict-reveal').all()) {
          const answer = prediction.locator('details p').first()
          expect(await answer.isVisible()).toBe(false)
          const commit = prediction.getByRole('button')
          expect(await commit.isDisabled()).toBe(true)
          await prediction.getByRole('radio').first().focus()
          await page.keyboard.press('Space')
          await page.keyboard.press('Enter') // as in any form
          await expect.poll(() => answer.isVisible(), TIMEOUT).toBe(true)
          expect(await prediction.locator('summary').evaluate((one) => one === document.activeElement)).toBe(
            true,
          )
          expect(await prediction.getByRole('status').textContent()).toMatch(
            /^So it is|^You said 1\. It is [2-9]\.$/,
          )
        }
      },
    )

    test('a lane says what to watch only when all predictions of its chapter are made', async () => {
      const page = await bench.open(urlOf('docs/chapters/03-long-polling.md'))
      await startButtons(page).first().click()
      const lanes = page.locator('chat-lane')
      await expect.poll(() => lanes.locator('.idea').count(), TIMEOUT).toBe(2)
      const hints = lanes.locator('.watch')
      expect(await hints.count()).toBe(0)
      const predictions = await page.locator('predict-reveal').all()
      expect(predictions.length).toBeGreaterThan(1)
      for (const prediction of predictions) {
        expect(await hints.count()).toBe(0)
        await prediction.getByRole('radio').first().check()
        await prediction.getByRole('button').click()
      }
      await expect.poll(() => hints.count(), TIMEOUT).toBe(2)
    })

    test('a live part breaks its own lanes by the faults of its chapter, and heals them', async () => {
      const page = await bench.open(urlOf('docs/chapters/11-when-the-network-misbehaves.md'))
      const live = page.locator('live-lab[data-faults="silence,reset"]')
      await live.getByRole('button', { name: 'Start this live part' }).click()
      await expect
        .poll(() => live.locator('lane-state').getByText('open', { exact: true }).count(), TIMEOUT)
        .toBe(2)
      const faults = live.getByRole('group', { name: 'Faults' }).getByRole('button')
      expect(await faults.allTextContents()).toEqual(['Reset', 'Silence'])
      await live.getByRole('button', { name: 'Silence', exact: true }).click()
      await live.getByRole('button', { name: 'Break it' }).click()
      await expect.poll(() => live.locator('chat-lane .active').count(), TIMEOUT).toBe(2)
      await live.locator('break-panel').getByRole('button', { name: 'Heal Silence' }).click()
      await expect.poll(() => live.locator('chat-lane .active').count(), TIMEOUT).toBe(0)
    })

    for (const width of [1440, 360]) {
      test(`two servers of a live part: one is killed, its lanes go on at the other and lose nothing, the log stops, and axe finds nothing: ${width}`, async () => {
        const page = await bench.open(urlOf('docs/chapters/13-growing-to-many-servers.md'), {
          ...{ viewport: { width, height: 900 }, colorScheme: width === 360 ? 'dark' : 'light' },
        })
        // Connections that are cut without a word, and at the end servers that are gone.
        bench.expectInConsole(
          /ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)|404 .*\/wires\/servers\)/,
        )
        const live = page.locator('live-lab[data-servers]')
        await live.getByRole('button', { name: 'Start this live part' }).click()
        const row = (name: string) => live.locator(`servers-card li[data-name="${name}"]`)
        const status = (name: string) => row(name).getAttribute('data-status')
        const press = (what: string) => live.getByRole('button', { name: what }).press('Enter')
        const lanes = live.locator('chat-lane')
        const at = async () =>
          (await lanes.locator('lane-server p').allTextContents()).map((one) => one.trim())
        const write = async (text: string) => {
          await live.getByRole('textbox').last().fill(text)
          await live.getByRole('textbox').last().press('Enter')
        }
        const expectAtAll = (text: string) =>
          expect.poll(() => lanes.locator('.line:not(.pending)').getByText(text).count(), TIMEOUT).toBe(4)
        await expect.poll(at, TIMEOUT).toEqual(Array(4).fill(expect.stringMatching(/^at (left|right)$/)))
        await write('before')
        await expectAtAll('before')

        await press('Kill: left')
        await expect.poll(() => status('left'), TIMEOUT).toBe('down')
        await expect.poll(at, TIMEOUT).toEqual(Array(4).fill('at right'))
        await write('from the right')
        await expectAtAll('from the right')
        await press('Start: left')
        await expect.poll(() => row('left').locator('.figures').textContent(), TIMEOUT).toBe('entry 2')

        await press('Hold back: left')
        await press('Kill: right')
        await expect.poll(at, TIMEOUT).toEqual(Array(4).fill('at left'))
        await press('Start: right')
        await expect.poll(() => status('right'), TIMEOUT).toBe('alive')
        await live.getByRole('button', { name: 'Step' }).click()
        await live.getByRole('button', { name: 'Step' }).click() // one of the two goes to the right
        await expect
          .poll(() => row('left').locator('.figures').textContent(), TIMEOUT)
          .toMatch(/^entry 2, [12] behind$/)
        await press('Go on: left')
        await expect.poll(() => row('left').locator('.figures').textContent(), TIMEOUT).toBe('entry 4')

        await press('Stop: log')
        await expect.poll(() => status('log'), TIMEOUT).toBe('stopped')
        await write('waits')
        await expect.poll(() => lanes.locator('.line.pending').getByText('waits').count(), TIMEOUT).toBe(1)
        expect(await findings(page)).toEqual([])
        await press('Go on: log')
        await expectAtAll('waits')
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        const lost = lanes.locator('lane-figures dl > div', { hasText: 'lost' }).locator('dd')
        expect(await lost.allTextContents()).toEqual(Array(4).fill('0'))
        await live.getByRole('button', { name: 'Stop this live part' }).click()
        await expect
          .poll(() => page.evaluate(async () => (await fetch('/wires/servers')).status), TIMEOUT)
          .toBe(404)
      })
    }

    for (const colorScheme of ['light', 'dark'] as const) {
      test.each(pages)(`axe finds nothing in %s: ${colorScheme}`, async (url) => {
        const page = await bench.open(url, { colorScheme })
        await page.getByRole('searchbox').waitFor()
        const prediction = page.locator('predict-reveal').first()
        if (await prediction.count()) {
          await prediction.getByRole('radio').first().check()
          await prediction.getByRole('button').click()
        }
        expect(await findings(page)).toEqual([])
      })
    }

    test.each(pages)('nothing of %s sticks out at 360 px, and axe finds nothing there', async (url) => {
      const page = await bench.open(url, { viewport: { width: 360, height: 740 } })
      await page.getByRole('searchbox').waitFor()
      if (await startButtons(page).count()) {
        await startButtons(page).first().click()
        await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBeGreaterThan(0)
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      expect(await findings(page)).toEqual([])
    })

    test('pictures are stepped by button and by key, without motion for a reader who wants none, and all are there on paper and without a script', async () => {
      const url = urlOf('docs/chapters/03-long-polling.md')
      const page = await bench.open(url, { reducedMotion: 'reduce' })
      const element = page.locator('step-through')
      const [back, next] = ['Back', 'Next'].map((name) => element.getByRole('button', { name }))
      const captions = (await element.locator('figcaption').allTextContents()).map((one) => one.trim())
      const count = captions.length
      expect(count).toBe(7)
      const expectStep = async (step: number) => {
        expect(await element.getByRole('img').count()).toBe(1) // the others are hidden from every reader
        expect(await element.getByRole('img').getAttribute('aria-label')).toMatch(
          new RegExp(`^.+, picture ${step} of ${count}$`),
        )
        expect(await element.getByRole('status').textContent()).toBe(
          `${step} of ${count}. ${captions[step - 1]}`,
        )
        expect(await motionIn(element)).toBe(0)
      }
      const height = async () => (await element.boundingBox())!.height
      await expectStep(1)
      const tall = await height()
      await back!.press('Enter') // there is nothing before the first
      await expectStep(1)
      await next!.click()
      await expectStep(2)
      await next!.focus()
      for (let step = 3; step <= count; step++) {
        await page.keyboard.press('Enter')
        await expectStep(step)
        expect(await height()).toBe(tall)
      }
      await page.keyboard.press('Enter')
      await expectStep(count)
      expect(await next!.evaluate((button) => button === document.activeElement)).toBe(true)
      await page.keyboard.press('ArrowLeft')
      await expectStep(count - 1)
      await page.keyboard.press('Home')
      await expectStep(1)
      expect(await element.getByRole('button', { name: 'Play' }).count()).toBe(0)

      const expectAll = async (of: Page) => {
        const steps = of.locator('step-through .step')
        for (const [index, caption] of captions.entries()) {
          expect(await steps.nth(index).getByRole('img').isVisible()).toBe(true)
          expect(await steps.nth(index).getByText(caption).isVisible()).toBe(true)
        }
        const tops = await steps.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))
        expect(tops).toEqual([...tops].sort((a, b) => a - b))
        expect(new Set(tops).size).toBe(count)
      }
      await page.emulateMedia({ media: 'print' })
      await expectAll(page)
      expect(await next!.isVisible()).toBe(false)
      await expectAll(await bench.open(url, { javaScriptEnabled: false }))
    })

    test('a picture is played to its end, pauses when it is told, and stops when its reader wants no motion', async () => {
      const page = await bench.open('about:blank', { reducedMotion: 'no-preference' })
      await page.clock.install()
      // Counted and not looked at: a slow machine would look when it is over.
      await page.addInitScript(() => {
        const { animate } = Element.prototype
        Element.prototype.animate = function (...how) {
          document.documentElement.dataset.moved = 'yes'
          return animate.apply(this, how)
        }
      })
      await page.goto(new URL(urlOf('docs/chapters/03-long-polling.md'), bench.lab.url).href)
      const element = page.locator('step-through')
      const count = await element.locator('.step').count()
      const place = () => element.locator('.step-count').textContent()
      const play = element.getByRole('button', { name: 'Play' })
      await play.click()
      expect(await place()).toBe(`2 of ${count}. `)
      expect(await page.locator('html').getAttribute('data-moved')).toBe('yes')
      await page.clock.runFor(20_000)
      expect(await place()).not.toBe(`2 of ${count}. `)
      await element.getByRole('button', { name: 'Pause' }).click()
      const paused = await place()
      await page.clock.runFor(120_000)
      expect(await place()).toBe(paused)
      await play.click()
      await page.clock.runFor(240_000)
      expect(await place()).toBe(`${count} of ${count}. `)
      await play.click() // from the beginning again
      expect(await place()).toBe(`1 of ${count}. `)
      await page.emulateMedia({ reducedMotion: 'reduce' })
      await expect.poll(() => element.getByRole('button', { name: /Play|Pause/ }).count(), TIMEOUT).toBe(0)
      await page.clock.runFor(240_000)
      expect(await place()).toBe(`1 of ${count}. `)
      expect(await motionIn(element)).toBe(0)
    })

    test('a live part takes files as the lab page does: dropped, pasted or chosen, and says what became of them', async () => {
      const page = await bench.open(urlOf('docs/chapters/01-sockets-tcp-http.md'))
      await startButtons(page).first().click()
      const lane = page.locator('chat-lane').first()
      await expect.poll(() => lane.getByRole('button', { name: /^Attach files/ }).count(), TIMEOUT).toBe(1)
      await lane.evaluate((element) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
        const how = { bubbles: true, cancelable: true, composed: true }
        element.dispatchEvent(new DragEvent('drop', { dataTransfer, ...how }))
      })
      await lane.getByRole('textbox').evaluate((box) => {
        const clipboardData = new DataTransfer()
        clipboardData.items.add(new File(['pasted'], 'pasted.txt', { type: 'text/plain' }))
        const how = { bubbles: true, cancelable: true, composed: true }
        box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, ...how }))
      })
      const chosen = { mimeType: 'text/plain', buffer: Buffer.from('chosen') }
      await lane.locator('input[type=file]').setInputFiles({ name: 'chosen.txt', ...chosen })
      const wanted = ['chosen.txt', 'dropped.txt', 'pasted.txt']
      for (const one of await page.locator('chat-lane').all())
        await expect
          .poll(async () => (await one.locator('.file').allTextContents()).sort(), TIMEOUT)
          .toEqual(wanted)
      await lane
        .locator('input[type=file]')
        .setInputFiles({ name: 'page.html', ...chosen, mimeType: 'text/html' })
      await expect
        .poll(() => page.locator('.live-news').textContent(), TIMEOUT)
        .toMatch(/Not sent: page\.html: only PNG/)
      await page.locator('.live-news').getByRole('button', { name: 'Dismiss' }).click()
      expect(await page.locator('.live-news .notice').count()).toBe(0)
      // Beside the lanes, a file goes nowhere; above all it does not take the page's place.
      const isRefused = await page.locator('h1').evaluate((heading) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File(['x'], 'x.txt', { type: 'text/plain' }))
        const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
        return !heading.dispatchEvent(event)
      })
      expect(isRefused).toBe(true)
    })

    test('four lanes of a live part stand abreast in one screen of 1440 by 900, and on a phone below each other, with its figures in a row', async () => {
      const lanesOf = (page: Page) => page.locator('.live').first().locator('chat-lane')
      const boxes = async (page: Page) => {
        await startButtons(page).first().click()
        await expect.poll(() => lanesOf(page).locator('lane-figures dd').count(), TIMEOUT).toBe(4 * 2)
        const all = await lanesOf(page).all()
        return Promise.all(all.map(async (lane) => (await lane.boundingBox())!))
      }
      const wide = await bench.open(chapters[0]!, { viewport: { width: 1440, height: 900 } })
      const edge = (await wide.locator('.live').first().boundingBox())!
      const abreast = await boxes(wide)
      expect(new Set(abreast.map(({ y }) => Math.round(y))).size).toBe(1)
      const running = (await wide.locator('.live').first().boundingBox())!
      expect(running.width).toBeGreaterThan(edge.width + 200) // it breaks out of the column
      expect(running.x + running.width).toBeLessThanOrEqual(1440)
      expect(running.height).toBeLessThanOrEqual(900)
      expect(await lanesOf(wide).first().locator('dt').allTextContents()).toEqual([
        'last latency',
        'requests',
      ])
      const phone = await bench.open(chapters[0]!, { viewport: { width: 360, height: 740 } })
      const rows = await boxes(phone)
      expect(new Set(rows.map(({ x }) => Math.round(x))).size).toBe(1)
      for (const { height } of rows) expect(height).toBeLessThan(740 / 2)
      const figures = await lanesOf(phone).first().locator('lane-figures dl > div').all()
      const tops = await Promise.all(figures.map(async (one) => (await one.boundingBox())!.y))
      expect(new Set(tops).size).toBe(1)
    })

    test('what is read has one right edge, figures stand by their decimal points, and what can be pushed sideways shows it', async () => {
      const page = await bench.open(urlOf('docs/chapters/12-measuring-honestly.md'), {
        viewport: { width: 1440, height: 900 },
      })
      await page.getByRole('searchbox').waitFor()
      const edges = await page
        .locator('article > :is(h2, .code, .picture, .predict, .live, .table)')
        .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().right)))
      expect(edges.length).toBeGreaterThan(10)
      expect(new Set(edges).size).toBe(1)
      for (const kind of ['live', 'predict']) {
        const title = page.locator(`.${kind} > .part-title`).first()
        expect(await title.isVisible()).toBe(true)
        expect(await page.locator(`.${kind}`).first().getAttribute('aria-label')).toBe(
          await title.textContent(),
        )
      }
      // A point, or the place where it would be: the end of what stands before it.
      const points = await page.locator('.table').evaluateAll((tables) =>
        tables.flatMap((table) => {
          const rows = [...table.querySelectorAll('tbody tr')]
          const columns = rows[0]?.children.length ?? 0
          return Array.from({ length: columns }, (_, column) =>
            rows.flatMap((row) => {
              const cell = row.children[column]
              const fraction = cell?.querySelector('.fraction')
              return fraction ? [Math.round(fraction.getBoundingClientRect().left)] : []
            }),
          )
        }),
      )
      const columns = points.filter((column) => column.length > 1)
      expect(columns.length).toBeGreaterThan(3)
      for (const column of columns) expect(Math.max(...column) - Math.min(...column)).toBeLessThanOrEqual(1)

      const narrow = await bench.open(urlOf('docs/chapters/12-measuring-honestly.md'), {
        viewport: { width: 360, height: 740 },
      })
      await narrow.getByRole('searchbox').waitFor()
      const pushed = await narrow
        .locator('article :is(pre, .table)')
        .evaluateAll((all) =>
          all
            .filter((one) => one.scrollWidth > one.clientWidth + 1)
            .map((one) => [
              (one as HTMLElement).tabIndex,
              getComputedStyle(one).backgroundAttachment.includes('local, local, scroll, scroll'),
            ]),
        )
      expect(pushed.length).toBeGreaterThan(2)
      expect(pushed.filter(([stop, isShown]) => stop !== 0 || !isShown)).toEqual([])
    })

    test('one live part runs at a time: a browser has six connections for all of them', async () => {
      const page = await bench.open(urlOf('docs/chapters/01-sockets-tcp-http.md'))
      await startButtons(page).first().click()
      await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(2)
      // The browser itself would complain of a socket that is closed before it has opened.
      for (const lane of await page.locator('chat-lane').all())
        await expect.poll(() => stateOf(lane), TIMEOUT).toMatch(/: open$/)
      // The chapter has one more; the first one's own button goes as its lanes come.
      await expect.poll(() => startButtons(page).count(), TIMEOUT).toBe(1)
      await startButtons(page).click()
      await expect
        .poll(() => page.getByRole('button', { name: 'Stop this live part' }).count(), TIMEOUT)
        .toBe(1)
      await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(2)
    })

    test('a lane whose code cannot be loaded says so', async () => {
      bench.expectInConsole(/net::ERR_FAILED/)
      const page = await bench.open('about:blank')
      await page.route(/client-[A-Z0-9]+\.js$/, (route) => route.abort())
      await page.goto(new URL(urlOf('docs/chapters/04-server-sent-events.md'), bench.lab.url).href)
      await startButtons(page).first().click(TIMEOUT)
      const lane = page.locator('chat-lane').first()
      await expect.poll(() => lane.getByRole('alert').textContent(), TIMEOUT).toMatch(/could not be loaded/)
    })

    test('without JavaScript all is there but the live parts', async () => {
      const page = await bench.open(chapters[2]!, { javaScriptEnabled: false })
      expect(
        await page.getByRole('navigation', { name: 'Course' }).getByRole('link').count(),
      ).toBeGreaterThan(5)
      const details = page.locator('.predict details').first()
      await details.locator('summary').click()
      expect(await details.locator('p').first().isVisible()).toBe(true)
      expect(await page.getByText('That part needs JavaScript').first().isVisible()).toBe(true)
    })

    test('the lab page leads to the course, and the course back', async () => {
      const page = await bench.open('/')
      await page.getByRole('link', { name: 'The course' }).click()
      await page.waitForURL(/\/docs\/$/, TIMEOUT)
      await page.getByRole('link', { name: 'Start here' }).first().click()
      await page.getByRole('link', { name: 'Open the lab' }).click()
      await expect.poll(() => page.locator('lab-page').count(), TIMEOUT).toBe(1)
    })

    test('the search finds a section, and the keyboard opens it', async () => {
      const page = await bench.open('/docs/')
      await page.getByRole('searchbox').fill('lost wake-up')
      await expect.poll(() => page.locator('.search .result').count(), TIMEOUT).toBeGreaterThan(0)
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL(/03-long-polling\.html#/, TIMEOUT)
      await page.getByRole('searchbox').fill('zebrafish')
      await expect
        .poll(() => page.locator('.results').textContent(), TIMEOUT)
        .toContain('Nothing is said about')
      await page.keyboard.press('Escape')
      expect(await page.locator('.results').isVisible()).toBe(false)
    })

    test.each([360, 768])('what the search finds lies within a window of %i px', async (width) => {
      const page = await bench.open('/docs/', { viewport: { width, height: 740 } })
      await page.getByRole('searchbox').fill('half-open')
      await page.locator('.result').first().waitFor()
      const box = (await page.locator('.results').boundingBox())!
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width)
    })

    test('what is done is remembered', async () => {
      const page = await bench.open(chapters[0]!)
      await page.getByRole('checkbox', { name: 'I have done this chapter' }).check()
      await page.goto(new URL(chapters[1]!, bench.lab.url).href)
      await expect.poll(() => page.locator('.is-done').textContent(), TIMEOUT).toMatch(/Start here, done/)
      expect(await page.getByRole('checkbox').isChecked()).toBe(false)
    })

    test('commands talk to the lab that serves the page', async () => {
      const page = await bench.open(chapters[2]!)
      await page.getByRole('searchbox').waitFor()
      const commands = await page.locator('code.language-sh').allTextContents()
      const { host } = new URL(bench.lab.url)
      expect(commands.join('\n')).toContain(`curl -s http://${host}/transports/short-polling/`)
      expect(commands.join('\n')).not.toContain('localhost:3000')
    })

    test('code can be copied', async () => {
      const page = await bench.open(chapters[2]!, { permissions: ['clipboard-read', 'clipboard-write'] })
      const block = page.locator('.code').first()
      await block.hover()
      await block.getByRole('button', { name: 'Copy' }).click()
      await expect.poll(() => block.getByRole('button').textContent(), TIMEOUT).toBe('Copied')
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        await block.locator('pre').textContent(),
      )
    })
  },
  { course: true, wired: true },
)

/** How many parts of a picture are under way. */
const motionIn = (picture: Locator): Promise<number> =>
  picture.evaluate((one) => one.getAnimations({ subtree: true }).length)

/** Runs in the page: what of a live part reaches over the edge of the element that it belongs to. */
function partsThatStickOut(live: Element): string[] {
  return [...live.querySelectorAll('*')]
    .filter(({ shadowRoot }) => shadowRoot !== null)
    .flatMap((host) => {
      const { right } = host.getBoundingClientRect()
      const parts = [...host.shadowRoot!.querySelectorAll('section *')]
      return parts
        .filter((part) => part.getBoundingClientRect().right > right + 1)
        .map((part) => `${host.localName} ${part.localName}.${part.className}`)
    })
}
