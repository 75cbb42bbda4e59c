/** The card of the transport that a browser cannot open: it says so, and how to talk to it all the same. */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { inBrowser } from './browser-bench.ts'
import { laneAt, TIMEOUT, textsIn, whenAllAreOpen } from './lab-page.ts'

inBrowser('the card of a transport that a browser cannot open', (bench) => {
  test('says how to make it listen, while it does not', async () => {
    const page = await bench.open('/?room=card')
    await page.locator('socket-card').evaluate((card) => card.scrollIntoView()) // it asks when it is near
    const card = page.getByRole('region', { name: 'A socket, bare' })
    await expect.poll(() => card.textContent(), TIMEOUT).toContain('A browser cannot open it.')
    expect(await card.locator('code').textContent()).toBe('npm start -- --listen tcp=4000')
  })

  test('names its address when it listens; what is typed there comes in every lane, and goes back', async () => {
    await bench.lab.stop()
    await bench.lab.start({ listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }] })
    const page = await bench.open('/?room=card', { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.locator('socket-card').evaluate((card) => card.scrollIntoView()) // it asks when it is near
    const card = page.getByRole('region', { name: 'A socket, bare' })
    await expect.poll(() => card.locator('code').textContent(), TIMEOUT).toMatch(/^nc localhost \d+$/)
    await card.getByRole('button', { name: 'Copy' }).click()
    await expect.poll(() => card.getByRole('button').textContent(), TIMEOUT).toContain('Copied')
    const copied = await page.evaluate(() => navigator.clipboard.readText())

    await whenAllAreOpen(page)
    const socket = connect(Number(copied.split(' ')[2]), '127.0.0.1')
    const seen: string[] = []
    createInterface(socket).on('line', (line) => seen.push(line))
    try {
      socket.write('Ada\ncard\nfrom a socket\n')
      const first = laneAt(page, 0)
      await expect.poll(() => textsIn(first), TIMEOUT).toEqual(['from a socket'])
      await first.getByRole('textbox').first().fill('and back')
      await first.getByRole('textbox').first().press('Enter')
      await expect.poll(() => seen.join('\n'), TIMEOUT).toMatch(/: and back$/m)
    } finally {
      socket.destroy()
    }
  })
})
