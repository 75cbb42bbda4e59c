import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { syntheticRun } from '../../../benchmarks/calculator/synthetic-run.ts'
import { writeReport } from '../../../benchmarks/report/html.ts'
import type { RunFile } from '../../../benchmarks/run-file.ts'
import { servePages } from '../../app/pages.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { chromiumPath, launch, openPage, testPages, type WatchedPage } from './browser.ts'
import { skipLoudly } from './browser-bench.ts'
import { TIMEOUT } from './lab-page.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What was told in `told`, now twice as dear. */
const slower: RunFile = (() => {
  const run = syntheticRun(0.01, { startedAt: '2026-02-03T04:05:06.000Z' })
  const twice = (figure: RunFile['figures'][number]) => ({
    ...figure,
    median: figure.median * 2,
    samples: figure.samples.map((sample) => sample * 2),
    spread: [figure.spread[0] * 2, figure.spread[1] * 2] as const,
  })
  return {
    ...run,
    figures: run.figures.map((figure) => (figure.subject === 'told' ? twice(figure) : figure)),
  }
})()

if (!chromiumPath) skipLoudly('the report')
else describe('the report', tests)

function tests(): void {
  let browser: Browser
  let folder: string
  let pages: WatchedPage[] = []

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'transport-lab-report-'))
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    const complaints = pages.flatMap((page) => page.complaints)
    await Promise.all(pages.map((page) => page.close()))
    pages = []
    expect(complaints, 'what the browser complained about').toEqual([])
  })

  async function visit(url: string, options?: BrowserContextOptions): Promise<Page> {
    const opened = await openPage(browser, url, options)
    pages.push(opened)
    return opened.page
  }

  async function open(run: RunFile, options?: BrowserContextOptions, baseline?: RunFile): Promise<Page> {
    const file = join(folder, `${pages.length}.html`)
    await writeReport(run, file, { baseline: baseline ?? null })
    return visit(pathToFileURL(file).href, options)
  }

  async function save(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }

  test('opens from disk, and draws every chart', async () => {
    const page = await open(syntheticRun(0.1))
    await expect.poll(() => page.locator('line-plot').count(), TIMEOUT).toBeGreaterThan(5)
    await expect.poll(async () => (await page.evaluate(undrawnLines)).flat(), TIMEOUT).toEqual([])
    expect(await page.locator('figure').count()).toBe(await page.locator('figure:has(line-plot)').count())
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(
      expect.arrayContaining([
        'At a glance',
        'Latency: publish to receive',
        'Which one for me?',
        'Settings and versions',
      ]),
    )
    expect(await page.locator('#settings').textContent()).toContain('pollMs')
    expect(await page.locator('#trust').textContent()).toContain('a note about this run')
  })

  test('says what was not measured, and that it was stopped before its end', async () => {
    const run = syntheticRun()
    const page = await open({
      ...run,
      interrupted: true,
      figures: run.figures.filter(({ scenario }) => scenario === 'wire'),
      distributions: [],
      selfCheck: [],
    })
    await expect(page.locator('.notice').textContent()).resolves.toContain('stopped before its end')
    for (const scenario of ['latency', 'connect', 'idle', 'fan-out', 'request', 'storm']) {
      const section = page.locator(`#${scenario}`)
      expect(await section.locator('.absent').textContent()).toContain(`--scenario ${scenario}`)
      expect(await section.locator('line-plot, table').count()).toBe(0)
    }
    expect(await page.locator('#wire line-plot').count()).toBe(1)
    await page.locator('transport-chooser summary').first().click()
    const calculator = page.locator('transport-chooser')
    expect(await calculator.locator('tbody').first().textContent()).toContain('--scenario fan-out')
  })

  test('is there even when nothing had been measured', async () => {
    const page = await open({
      ...syntheticRun(),
      figures: [],
      distributions: [],
      subjects: [],
      selfCheck: [],
    })
    await expect(page.getByText('Nothing had been measured').textContent()).resolves.toBeTruthy()
    expect(await page.locator('line-plot').count()).toBe(0)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing: ${colorScheme}`, async () => {
      const page = await open(
        syntheticRun(0.1),
        { colorScheme, viewport: { width: 1024, height: 900 } },
        slower,
      )
      await page.locator('transport-chooser summary').first().click()
      await page.locator('transport-chooser summary', { hasText: 'How each number' }).click()
      const { violations, passes } = await audit(page)
      expect(violations).toEqual([])
      expect(passes).toContain('color-contrast')
    }, 90_000)
  }

  test.each([360, 768, 1440])('nothing sticks out to the side at %i px', async (width) => {
    const page = await open(syntheticRun(0.1), { viewport: { width, height: 800 } }, slower)
    await expect.poll(() => page.locator('line-plot').count(), TIMEOUT).toBeGreaterThan(5)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  })

  test('lays a second run over the first, and takes it away again', async () => {
    const page = await open(syntheticRun(0.01))
    expect(await page.locator('.change').count()).toBe(0)
    const input = page.getByLabel('Its JSON file')
    await input.setInputFiles(await save('slower.json', JSON.stringify(slower)))
    await expect
      .poll(() => page.locator('.compare [role=status]').textContent(), TIMEOUT)
      .toContain('February 3, 2026')
    const row = page.locator('#idle tr', { hasText: 'RSS per idle connection' })
    expect(await row.locator('.change').allTextContents()).toEqual([
      'was 8,000 B: −50 %, better',
      'was 5,000 B: no difference',
      'was 13.0 kB: no difference',
    ])
    expect(await page.evaluate(linesOfFirstPlot)).toEqual({ own: 4, other: 4 })
    await page.getByRole('button', { name: 'Remove the other run' }).click()
    await expect.poll(() => page.locator('.change').count(), TIMEOUT).toBe(0)
    expect(await page.evaluate(linesOfFirstPlot)).toEqual({ own: 4, other: 0 })
  })

  test('refuses a foreign file with a line, and keeps what it shows', async () => {
    const page = await open(syntheticRun(), {}, slower)
    const changes = await page.locator('.change').count()
    expect(changes).toBeGreaterThan(0)
    const input = page.getByLabel('Its JSON file')
    await input.setInputFiles(await save('package.json', '{"name":"something"}'))
    await expect
      .poll(() => page.getByRole('alert').first().textContent(), TIMEOUT)
      .toContain('package.json is not a run of this benchmark')
    await input.setInputFiles(await save('photo.json', '\u0000\u0001'))
    await expect
      .poll(() => page.getByRole('alert').first().textContent(), TIMEOUT)
      .toContain('photo.json is not JSON')
    expect(await page.locator('.change').count()).toBe(changes)
  })

  test('compares only ratios with a run of another machine', async () => {
    const elsewhere = { ...slower, machine: { ...slower.machine, cpu: 'Another' } }
    const page = await open(syntheticRun(0.01), {}, elsewhere)
    expect(await page.locator('.compare [role=status]').textContent()).toContain('2 × Another')
    expect(await page.locator('#wire .change', { hasText: 'was ×' }).count()).toBeGreaterThan(0)
    expect(await page.locator('.change', { hasText: ' B:' }).count()).toBe(0)
  })

  test('is printed on white paper, whatever the screen was', async () => {
    const page = await open(syntheticRun(0.1), { colorScheme: 'dark' })
    await page.evaluate(() => {
      addEventListener('beforeprint', () => {
        document.title = getComputedStyle(document.querySelector('h1')!).color
      })
    })
    const ink = () => page.evaluate(() => getComputedStyle(document.querySelector('h1')!).color)
    const onScreen = await ink()
    await page.pdf()
    expect(await page.title()).toBe('rgb(28, 34, 38)')
    expect(await ink()).toBe(onScreen)
    expect(onScreen).not.toBe('rgb(28, 34, 38)')
  })

  test('the calculator works by keyboard, and names what cannot be used', async () => {
    const page = await open(syntheticRun())
    await page.locator('transport-chooser summary').first().click()
    const told = page.locator('transport-chooser tbody').first().locator('tr', { hasText: 'Told' })
    await page.getByRole('spinbutton', { name: 'Clients' }).focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('100')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('60')
    // 100 clients × 1 message a second × 200 B, for an hour
    await expect.poll(() => told.textContent(), TIMEOUT).toContain('72 MB')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('0')
    await expect
      .poll(() => page.locator('transport-chooser').getByRole('alert').textContent(), TIMEOUT)
      .toContain('Message: a whole number from 1 to 65,536')
    expect(
      await page.getByRole('spinbutton', { name: 'Message', exact: true }).getAttribute('aria-invalid'),
    ).toBe('true')
    expect(await told.textContent()).toContain('72 MB')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('220')
    await expect.poll(() => told.textContent(), TIMEOUT).toContain('108 MB')
    expect(
      await page.getByRole('spinbutton', { name: 'Message', exact: true }).getAttribute('aria-invalid'),
    ).toBe('false')
    expect(await page.locator('transport-chooser').textContent()).toBeDefined()
    expect(
      await page
        .locator('transport-chooser .charts li', { hasText: 'Told costs fewer bytes than By the clock' })
        .count(),
    ).toBe(1)
  })

  describe('in the lab', () => {
    let server: TestServer
    let runs: string
    let url: string

    beforeAll(async () => {
      runs = await mkdtemp(join(tmpdir(), 'transport-lab-runs-'))
      const pages = await testPages()
      server = await startTestServer({}, (app) => servePages(app, pages, { runs }))
      url = server.url
    }, 60_000)
    afterAll(async () => {
      await server?.close()
      await rm(runs, { recursive: true, force: true })
    })

    test('the calculator asks for a run where there is none, and then shows it and its report', async () => {
      const before = await visit(`${url}/choose`)
      const committed = (await (await fetch(`${url}/project-run.json`)).json()) as RunFile | null
      const words = committed ? 'the project’s machine' : 'Nothing has been measured on this machine yet'
      await expect.poll(() => before.locator('main > .source').textContent(), TIMEOUT).toContain(words)
      expect(await before.locator('main > .source').textContent()).toContain('npm run bench')

      await writeFile(join(runs, 'latest.json'), JSON.stringify(syntheticRun()))
      await writeReport(syntheticRun(), join(runs, 'latest.html'))
      const after = await visit(`${url}/choose`)
      await expect
        .poll(() => after.locator('main > .source').textContent(), TIMEOUT)
        .toMatch(/Measured on this machine\s+\(2 × Synthetic\).*January 2, 2026.*commit synthetic/s)
      await after.locator('transport-chooser summary').first().click()
      await expect.poll(() => after.locator('transport-chooser line-plot').count(), TIMEOUT).toBe(3)
      expect((await audit(after)).violations).toEqual([])
      await after.getByRole('link', { name: 'The whole report' }).click()
      await expect.poll(() => after.locator('#glance table').count(), TIMEOUT).toBe(1)
      await expect.poll(async () => (await after.evaluate(undrawnLines)).flat(), TIMEOUT).toEqual([])
    }, 90_000)

    test('a report may run its own script and no other', async () => {
      await writeReport(syntheticRun(), join(runs, 'a.html'))
      const own = (await fetch(`${url}/bench/a.html`)).headers.get('content-security-policy')!
      expect(own).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/)
      expect(own).toContain("frame-ancestors 'self'")

      const usual = (await fetch(`${url}/`)).headers.get('content-security-policy')
      for (const loose of ['default-src *', "script-src 'unsafe-inline'", '']) {
        await writeFile(
          join(runs, 'b.html'),
          `<meta http-equiv="Content-Security-Policy" content="${loose}"><script></script>`,
        )
        const given = (await fetch(`${url}/bench/b.html`)).headers.get('content-security-policy')
        expect(given).toBe(usual)
      }
    })

    test.each(['../package.json', '%2e%2e/package.json', '..%2fpackage.json', 'nothing.json'])(
      'nothing outside of the runs is served: %s',
      async (path) => {
        expect((await fetch(`${url}/bench/${path}`)).status).toBeGreaterThanOrEqual(400)
      },
    )
  })
}

async function audit(page: Page, part = 'body') {
  await page.evaluate(axe)
  const { violations, passes } = (await page.evaluate(`axe.run('${part}')`)) as AxeResults
  return {
    violations: violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
    })),
    passes: passes.map(({ id }) => id),
  }
}

/** Runs in the page: of each chart, shadow roots included, the lines whose colour is nowhere on its canvas. */
function undrawnLines(): string[][] {
  type Plot = HTMLElement & { lines: readonly { name: string; symbol: { hue: string } }[] }
  const plots = [...document.querySelectorAll('line-plot, transport-chooser')].flatMap((element) =>
    element.localName === 'line-plot'
      ? [element]
      : [...(element.shadowRoot?.querySelectorAll('line-plot') ?? [])],
  ) as Plot[]
  return plots.map(({ lines, shadowRoot }) => {
    const canvas = shadowRoot?.querySelector('canvas')
    if (!canvas?.width || !canvas.height) return ['no canvas']
    // Read from a copy: a canvas that is often read from is taken off the graphics card, with a warning.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {
      willReadFrequently: true,
    })!
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
    const rounded = (parts: ArrayLike<number>) =>
      [parts[0]!, parts[1]!, parts[2]!].map((part) => part >> 4).join()
    const seen = new Set<string>()
    for (let i = 0; i < data.length; i += 4) {
      // The edge of a line is its colour, thinned: below this, rounding has changed it.
      if (data[i + 3]! > 100) seen.add(rounded(data.subarray(i, i + 3)))
    }
    return lines
      .filter(({ symbol }) => {
        const probe = shadowRoot!.querySelector(`[data-hue="${symbol.hue}"]`)
        if (!probe) return true
        // A style sheet may name a colour in any space; a canvas knows its red, green and blue.
        const dab = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
        dab.fillStyle = getComputedStyle(probe).color
        dab.fillRect(0, 0, 1, 1)
        return !seen.has(rounded(dab.getImageData(0, 0, 1, 1).data))
      })
      .map(({ name }) => name)
  })
}

/** Runs in the page. */
function linesOfFirstPlot(): { own: number; other: number } {
  const { lines } = document.querySelector('line-plot') as HTMLElement & {
    lines: readonly { other?: boolean }[]
  }
  const other = lines.filter((line) => line.other).length
  return { own: lines.length - other, other }
}
