/** A link carries the whole setting of a page to another reader, and breaks nothing by being opened. */
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { violationsOn } from './axe.ts'
import { inBrowser } from './browser-bench.ts'
import { laneAt, openPanel, stateOf, TIMEOUT, whenAllAreOpen } from './lab-page.ts'

inBrowser(
  'the link to the page as it is set',
  (bench) => {
    test('shows a second reader the same lanes, panels, timeline, scenario and switches, and breaks nothing', async () => {
      const one = await bench.open('/?room=handed-on&name=Ada&rate=5')
      await whenAllAreOpen(one)
      for (const name of ['Short polling', 'Auto'])
        await one.locator('lane-bar fieldset').getByLabel(name).uncheck()
      await one.getByRole('button', { name: 'Zoom in' }).click()
      await one.getByRole('checkbox', { name: 'table' }).check()
      await openPanel(one, 'scenarios')
      await one.locator('scenario-list').getByRole('button', { name: 'A proxy that buffers' }).click()
      await openPanel(one, 'break')
      const panel = one.locator('break-panel')
      await panel.getByRole('button', { name: 'Latency' }).click()
      await panel.getByRole('checkbox', { name: 'Long polling' }).uncheck()
      await one.getByRole('button', { name: 'Copy link' }).click()
      const card = one.locator('#link-card')
      await expect
        .poll(() => card.innerText(), TIMEOUT)
        .toMatch(/(Copied|Selected: press Ctrl-C)\. In it: the room handed-on; /)
      expect(await card.innerText()).toContain('a fault, which its reader sets by a button')
      expect(await card.innerText()).toContain('Your name is not in it.')
      const link = await card.locator('code').innerText()
      expect(new URL(link).searchParams.has('name')).toBe(false)
      expect(await violationsOn(one)).toEqual([])

      const two = await bench.open('about:blank')
      await two.goto(link)
      const lanes = two.locator('chat-lane')
      await expect.poll(() => lanes.count(), TIMEOUT).toBe(LANES.length - 2)
      const linked = two.getByRole('group', { name: 'Faults of the link' })
      await expect.poll(() => linked.count(), TIMEOUT).toBe(1)
      expect(await two.locator('lab-timeline .pair').first().innerText()).toContain('5 s')
      expect(await two.getByRole('checkbox', { name: 'table' }).isChecked()).toBe(true)
      const chosen = two.locator('scenario-list button[aria-expanded=true]')
      await expect.poll(() => chosen.allInnerTexts(), TIMEOUT).toEqual(['A proxy that buffers'])
      expect(await two.getByRole('slider', { name: 'Rate' }).getAttribute('aria-valuetext')).toBe(
        '5 per second',
      )

      const on = two.locator('break-panel .active')
      expect(await on.count(), 'faults that are on because a link was opened').toBe(0)
      expect(await linked.innerText()).toContain('It breaks nothing until you say so.')
      await linked.getByRole('button', { name: 'Break it so' }).click()
      await expect.poll(() => on.count(), TIMEOUT).toBe(1)
      expect(await on.innerText()).toMatch(/^Latency\s+on Short polling, .*SSE/)
      expect(await on.innerText()).not.toContain('Long polling')
      await linked.getByRole('button', { name: 'Take it out of the link' }).click()
      await on.getByRole('button', { name: 'Heal' }).click()
      await expect.poll(() => new URL(two.url()).searchParams.has('fault'), TIMEOUT).toBe(false)
    })

    test('from another version says in one line what is not known, and keeps it in the link', async () => {
      const query = `lanes=${LANES[2]},telegraph&sound=loud&fault=gremlins&open=ledger&scenario=flood`
      const page = await bench.open(`/?room=older&${query}`)
      await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(1)
      expect(await page.locator('.complaint').allInnerTexts()).toEqual([
        'In the address: sound, lanes=telegraph: not known to this version of the lab; left as it is, and all else is used.',
      ])
      const linked = page.getByRole('group', { name: 'Faults of the link' })
      await expect.poll(() => linked.count(), TIMEOUT).toBe(1)
      expect(await linked.innerText()).toContain('This lab knows no fault “gremlins”.')
      expect(await linked.getByRole('button', { name: 'Break it so' }).isDisabled()).toBe(true)
      await openPanel(page, 'scenarios')
      await expect
        .poll(() => page.locator('scenario-list .note').innerText(), TIMEOUT)
        .toContain('This version of the lab has no scenario “flood”.')
      const { searchParams } = new URL(page.url())
      expect(Object.fromEntries(searchParams)).toMatchObject({
        sound: 'loud',
        fault: 'gremlins;for:10',
        scenario: 'flood',
      })
      expect(searchParams.getAll('lanes')).toEqual([LANES[2], 'telegraph'])
      await expect.poll(() => stateOf(laneAt(page, 0)), TIMEOUT).toMatch(/: open$/)
    })
  },
  { wired: true },
)
