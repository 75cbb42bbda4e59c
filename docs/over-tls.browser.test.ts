/** The course on a lab that speaks TLS: its pages in a real browser name that lab, and say what its certificate takes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { ownCertificate } from '../lab/server/certificates.ts'
import { PATIENCE } from '../web/browser/lab-page.ts'
import { inBrowser } from '../web/browser/suite.ts'
import { CHAPTERS, fileOf } from './course.ts'
import { urlOf } from './site/urls.ts'

const pages = [
  ...CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? []),
  ...['docs/README.md', 'README.md', 'docs/reference/protocol.md', 'docs/reference/errors.md'],
  ...['docs/reference/from-a-backend.md', 'docs/clients/README.md', 'docs/exercises/README.md'],
].map(urlOf)

const NAMES = ['localhost', '127.0.0.1']
const untrusting = { ignoreHTTPSErrors: true }

/** What a reader sees, commands and running text. */
const textOf = (page: Page) => page.locator('article').innerText()
const noteOf = (page: Page) => page.getByRole('note')

inBrowser(
  'the course over TLS',
  (stage) => {
    const folders: string[] = []
    afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))
    async function restart(isKept: boolean): Promise<string | undefined> {
      const folder = isKept ? await mkdtemp(join(tmpdir(), 'transport-lab-')) : null
      if (folder) folders.push(folder)
      const tls = await ownCertificate(folder, NAMES)
      await stage.lab.stop()
      await stage.lab.start({ tls })
      return tls.file
    }

    test('every page names the lab that serves it, in commands and in running text', async () => {
      const file = (await restart(true))!
      const { host } = new URL(stage.lab.url)
      const page = await stage.open('/docs/', untrusting)
      for (const url of pages) {
        await page.goto(new URL(url, stage.lab.url).href)
        await expect.poll(() => textOf(page), { ...PATIENCE, message: url }).not.toMatch(/localhost:3000/)
        const text = await textOf(page)
        expect(text, url).not.toContain(`http://${host}`)
        expect(text, url).not.toContain(`ws://${host}`)
        for (const command of await page.locator('pre code.language-sh').allTextContents()) {
          if (!command.includes(host)) continue
          expect(command, url).toMatch(/curl --cacert \S+ |NODE_EXTRA_CA_CERTS=\S+ node /)
          expect(command, url).toContain(file)
        }
      }
    })

    test('without a file on this machine, the certificate can be saved from the page', async () => {
      await restart(false)
      const page = await stage.open(urlOf('docs/chapters/05-websocket.md'), untrusting)
      await noteOf(page).waitFor()
      const command = await page.locator('pre code.language-sh').first().textContent()
      expect(command).toMatch(/^curl --cacert lab-certificate\.pem -s .* https:\/\/127\.0\.0\.1:/)
      const downloading = page.waitForEvent('download')
      await noteOf(page).getByRole('link', { name: 'Save its certificate' }).click()
      expect((await downloading).suggestedFilename()).toBe('lab-certificate.pem')
    })

    test('the command of the lab page is told of the certificate too', async () => {
      const file = await restart(true)
      const page = await stage.open('/', untrusting)
      await expect
        .poll(() => page.locator('#curl').textContent(), PATIENCE)
        .toContain(`curl --cacert '${file}' -H`)
    })

    test('nothing is said of certificates over plain HTTP', async () => {
      await stage.lab.stop()
      await stage.lab.start()
      const page = await stage.open(urlOf('docs/chapters/05-websocket.md'))
      const { host } = new URL(stage.lab.url)
      await expect.poll(() => textOf(page), PATIENCE).toContain(`http://${host}/transports/websocket/`)
      expect(await noteOf(page).count()).toBe(0)
      expect(await textOf(page)).not.toMatch(/--cacert|NODE_EXTRA/)
    })
  },
  { course: true },
)
