/** The raw composer as a reader uses it: one bit of a real frame is cleared, and the server says what it thinks of that. */
import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { laneAt, openPanel, TIMEOUT, textsIn, whenAllAreOpen } from './lab-page.ts'

inBrowser(
  'the raw composer',
  (bench) => {
    test('sends a frame with its MASK bit cleared, and shows the close frame 1002 that it is answered with', async () => {
      const page = await bench.open('/?room=composed')
      await whenAllAreOpen(page)
      await page.locator('details#compose > summary').click()
      const composer = page.locator('raw-composer')
      const frame = composer.getByRole('group', { name: 'Piece 2' })
      await expect.poll(() => frame.getByRole('checkbox', { name: 'MASK' }).count(), TIMEOUT).toBe(1)
      await frame.getByRole('checkbox', { name: 'MASK' }).uncheck()
      await composer.getByRole('button', { name: 'Send', exact: true }).click()
      await expect
        .poll(() => composer.getByRole('status').innerText(), TIMEOUT)
        .toContain('The server closed the connection.')
      expect(await composer.locator('.marks button').allInnerTexts()).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^→ sent: GET/),
          expect.stringMatching(/^← came: close frame/),
        ]),
      )
      expect(await composer.locator('.notes').innerText()).toContain('1002')

      await composer.getByRole('button', { name: 'No protocol at all' }).click()
      await composer.getByRole('button', { name: 'Send', exact: true }).click()
      await expect.poll(() => composer.locator('.marks').innerText(), TIMEOUT).toMatch(/← came: 400/)

      await composer.getByRole('textbox', { name: 'Piece 1' }).fill('x'.repeat(70_000))
      await composer.getByRole('button', { name: 'Send', exact: true }).click()
      await expect.poll(() => composer.getByRole('alert').innerText(), TIMEOUT).toContain('at most 65,536')
    })

    test('writes to a TCP transport, which is no lane of the page, while it listens', async () => {
      await bench.lab.stop()
      await bench.lab.start({ listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }] })
      const page = await bench.open('/?room=composed')
      await whenAllAreOpen(page)
      await openPanel(page, 'compose')
      const composer = page.locator('raw-composer')
      const lanes = composer.getByLabel('Lane', { exact: false }).first()
      await expect.poll(() => lanes.locator('option[value="tcp"]').count(), TIMEOUT).toBe(1)
      await lanes.selectOption('tcp')
      await expect
        .poll(() => composer.getByRole('button', { name: 'A hello, and a line' }).count(), TIMEOUT)
        .toBe(1)
      expect(await composer.getByRole('button', { name: 'What this lane sends now' }).count()).toBe(0)
      await composer.getByRole('button', { name: 'Send', exact: true }).click()
      await expect.poll(() => composer.locator('.marks').innerText(), TIMEOUT).toContain('← came:')
      // What was composed is a message like any other: the lanes have it.
      await expect.poll(() => textsIn(laneAt(page, 'sse')), TIMEOUT).toContain('composed by hand')
    })
  },
  { wired: true },
)
