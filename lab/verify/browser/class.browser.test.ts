/** A class of two and its teacher: one setting for all who have joined, and what they tell of themselves. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { violationsOn } from './axe.ts'
import { inBrowser } from './browser-bench.ts'
import { openPanel, TIMEOUT, whenAllAreOpen, write } from './lab-page.ts'

// Three pages that wait for each other: on a slow machine it takes a minute.
inBrowser(
  'a class',
  (bench) => {
    test('has the setting that its teacher gives, tells its guesses and ledgers, and nothing before it has joined', {
      timeout: 240_000,
    }, async () => {
      const teacher = await bench.open('/?room=physics')
      await whenAllAreOpen(teacher)
      await teacher.locator('lane-bar fieldset').getByLabel('Auto').uncheck()
      await teacher.getByRole('button', { name: 'Zoom in' }).click()
      await openPanel(teacher, 'scenarios')
      await teacher.locator('scenario-list').getByRole('button', { name: 'A proxy that buffers' }).click()
      await openPanel(teacher, 'class')
      const panel = teacher.locator('class-panel')
      await panel.getByRole('button', { name: 'Give the class this page’s setting' }).click()
      await expect.poll(() => panel.getByRole('status').innerText(), TIMEOUT).toContain('0 learners')
      const link = await panel.locator('#link').innerText()

      const learn = async (name: string): Promise<Page> => {
        const page = await bench.open('about:blank')
        await page.goto(`${link}&name=${name}`)
        await whenAllAreOpen(page)
        const bar = page.getByRole('group', { name: 'Class' })
        await expect.poll(() => bar.innerText(), TIMEOUT).toContain(`under the name ${name}`)
        expect(await page.locator('chat-lane').count(), 'lanes before the learner has joined').toBe(
          LANES.length,
        )
        await bar.getByRole('button', { name: 'Join the class' }).click()
        await expect.poll(() => page.locator('chat-lane').count(), TIMEOUT).toBe(LANES.length - 1)
        expect(await page.locator('lab-timeline .pair').first().innerText()).toContain('5 s')
        expect(await page.getByRole('textbox', { name: 'Your name' }).inputValue()).toBe(name)
        return page
      }
      const ada = await learn('Ada')
      const grace = await learn('Grace')
      await write(grace.locator('chat-lane').first(), 'a word for the ledgers')
      await ada.locator('scenario-list').getByRole('radio').nth(1).check()
      const rows = panel.locator('tbody tr')
      await expect.poll(() => rows.count(), TIMEOUT).toBe(2)
      await expect
        .poll(() => rows.filter({ hasText: 'Ada' }).innerText(), TIMEOUT)
        .toMatch(/^Ada\s+A proxy that buffers: .+\s[1-9]\d* of [1-9]/)
      expect(await rows.filter({ hasText: 'Grace' }).innerText()).toMatch(/^Grace\s+–/)

      for (const page of [teacher, grace]) expect(await violationsOn(page)).toEqual([])
      await grace.getByRole('button', { name: 'Leave the class' }).click()
      await expect.poll(() => rows.count(), TIMEOUT).toBe(1)
      await teacher.getByRole('button', { name: 'Zoom out' }).click()
      await panel.getByRole('button', { name: 'Give the class this page’s setting' }).click()
      await expect
        .poll(() => ada.locator('lab-timeline .pair').first().innerText(), TIMEOUT)
        .toContain('10 s')
      expect(await grace.locator('lab-timeline .pair').first().innerText()).toContain('5 s')
      await panel.getByRole('button', { name: 'End the class' }).click()
      await expect
        .poll(() => ada.getByRole('group', { name: 'Class' }).innerText(), TIMEOUT)
        .toContain('No class is held in physics now.')
    })
  },
  { wired: true },
)
