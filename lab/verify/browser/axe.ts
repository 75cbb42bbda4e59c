/** What axe finds wrong with a page, each by its rule and where. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Fails unless axe has looked at the colours too, which it does only where it can see them. */
export async function violationsOn(page: Page) {
  await page.evaluate(axe)
  const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults
  expect(passes.map(({ id }) => id)).toContain('color-contrast')
  return violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map(({ target, failureSummary }) => [target, failureSummary]),
  }))
}
