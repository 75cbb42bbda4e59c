/**
 * A folder that cannot be used, whatever is wrong with it, is one clear line: on the terminal, on the page and in the
 * rules. The others go on.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LANES } from '../../../transports/descriptors.ts'
import { chromiumPath, launch, openPage } from '../browser/browser.ts'
import { skipLoudly } from '../browser/browser-bench.ts'
import { type Change, type Copy, copyWith, type RunningCopy } from './copy.ts'

const LIMIT_MS = 300_000
const TIMEOUT = { timeout: 60_000, interval: 50 }

interface BrokenFolder {
  readonly change: Change
  /** The line, from the name of the file on. */
  readonly line: RegExp
}

const without =
  (file: string): Change =>
  (files) =>
    void files.delete(file)
const withText =
  (file: string, text: string): Change =>
  (files) =>
    void files.set(file, text)

const BROKEN: Readonly<Record<string, BrokenFolder>> = {
  'no-descriptor': { change: without('transport.ts'), line: /^transport\.ts is missing\.$/ },
  'no-title': {
    change: (files) =>
      void files.set('transport.ts', files.get('transport.ts')!.replace(/title: '.*'/, "title: ''")),
    line: /^transport\.ts must have a text as its title\.$/,
  },
  'not-a-descriptor': {
    change: withText('transport.ts', 'export default 1\n'),
    line: /^transport\.ts must export a descriptor by default\.$/,
  },
  'half-a-descriptor': {
    change: withText('transport.ts', 'export default {\n'),
    line: /^transport\.ts could not be loaded \(line \d: \S.*\)\.$/,
  },
  'throwing-descriptor': {
    change: withText('transport.ts', "throw new Error('not today')\nexport default 1\n"),
    line: /^transport\.ts could not be loaded \(not today\)\.$/,
  },
  'no-server': { change: without('server.ts'), line: /^server\.ts is missing\.$/ },
  'half-a-server': {
    change: withText('server.ts', 'export default {\n'),
    line: /^server\.ts could not be loaded \(line \d: \S.*\)\.$/,
  },
  'server-without-export': {
    change: withText('server.ts', 'export const server = 1\n'),
    line: /^server\.ts must export its server half by default\.$/,
  },
  'no-client': { change: without('client.ts'), line: /^client\.ts is missing\.$/ },
  'half-a-client': {
    change: withText('client.ts', 'export default {\n'),
    line: /^client\.ts could not be built \(line \d: \S.*\)\.$/,
  },
}
const NAMES = Object.keys(BROKEN)
const startOf = (name: string) => `The transport ${name} is left out: transports/${name}/`

let copy: Copy
let lab: RunningCopy
beforeAll(async () => {
  copy = await copyWith(
    Object.fromEntries(Object.entries(BROKEN).map(([name, { change }]) => [name, change])),
  )
  lab = await copy.start()
}, LIMIT_MS)
afterAll(async () => {
  await lab?.stop()
  await copy?.remove()
})

/** The end of the one line that names this folder. */
function lineOn(name: string, lines: readonly string[]): string {
  const found = lines.map((line) => line.trim()).filter((line) => line.includes(startOf(name)))
  expect(found, lines.join('\n')).toHaveLength(1)
  return found[0]!.slice(found[0]!.indexOf(startOf(name)) + startOf(name).length)
}

describe('the terminal of npm start', () => {
  it.each(NAMES)('says in one line why %s is left out', (name) => {
    expect(lineOn(name, lab.said.split('\n'))).toMatch(BROKEN[name]!.line)
  })

  it('says nothing else of it: no stack, and no path of this machine', () => {
    const lines = lab.said.split('\n').filter((line) => line !== '')
    expect(lines.filter((line) => line.includes(copy.folder) || /^\s+at /.test(line))).toEqual([])
  })
})

if (!chromiumPath) skipLoudly('broken transports, on the page')
describe.skipIf(!chromiumPath)('the page', { timeout: LIMIT_MS }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  }, LIMIT_MS)
  afterAll(() => browser?.close())

  it('says the same lines, has no lane for those, and the other lanes work', async () => {
    const { page, complaints, close } = await openPage(browser, `${lab.url}/?room=broken`)
    const lanes = page.locator('chat-lane')
    await expect.poll(() => lanes.count(), TIMEOUT).toBe(LANES.length)
    const states = () => page.locator('chat-lane lane-state [role=status]').allTextContents()
    await expect.poll(states, TIMEOUT).toEqual(LANES.map(() => expect.stringMatching(/: open$/)))
    await lanes.first().getByRole('textbox').focus()
    await page.keyboard.insertText('all the same')
    await page.keyboard.press('Enter')
    for (let at = 0; at < LANES.length; at++)
      await expect
        .poll(() => lanes.nth(at).locator('.line:not(.pending) .text').allTextContents(), TIMEOUT)
        .toEqual(['all the same'])

    const said = await page.locator('lab-page').innerText()
    for (const name of NAMES) expect(lineOn(name, said.split('\n'))).toMatch(BROKEN[name]!.line)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the rules', { timeout: LIMIT_MS }, () => {
  it('fail, and say of each folder which file is wrong', async () => {
    const { code, said } = await copy.program(
      ...(['vitest', 'run', 'lab/verify/rules', '--project', 'unit', '--maxWorkers=1'] as const),
    )
    expect(code).toBe(1)
    // The client halves are for the type check and for the page's build: the rules only ask whether they are there.
    for (const name of NAMES.filter((one) => one !== 'half-a-client'))
      expect(said).toContain(`transports/${name}/${/^\^(\w+)/.exec(BROKEN[name]!.line.source)![1]}.ts`)
  })
})
