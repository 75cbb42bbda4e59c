import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { RunFile } from '../run-file.ts'
import { forPage } from './for-page.ts'
import { measured } from './measured.ts'

const run = JSON.parse(readFileSync(new URL('../results/latest.json', import.meta.url), 'utf8')) as RunFile

it('the part that the page fetches tells the calculator the same of each subject as the whole run', () => {
  const part = forPage(run)
  for (const { name } of run.subjects) expect(measured(part, name), name).toEqual(measured(run, name))
  expect(JSON.stringify(part).length).toBeLessThan(JSON.stringify(run).length / 2)
})
