import { expect, it } from 'vitest'
import { createManualClock } from '../../lab/client/manual-clock.ts'
import { ANSWER_MS, ASK_EVERY_MS, createTabs, MOST_TABS, type Tabs, type TabWord } from './tabs.ts'

/** A browser whose tabs hear each other at once. */
function createBrowser() {
  const clock = createManualClock()
  const all = new Map<string, { tabs: Tabs; hidden: boolean; isDeaf: boolean }>()
  let time = 0

  function open(id: string) {
    const tab = { tabs: undefined as unknown as Tabs, hidden: false, isDeaf: false }
    const waiting: TabWord[] = []
    const post = (word: TabWord) => {
      if (!tab.tabs) waiting.push(word)
      else for (const [other, { tabs, isDeaf }] of all) if (other !== id && !isDeaf) tabs.hear(word)
    }
    tab.tabs = createTabs({
      ...{ id, clock, post, now: () => ++time },
      isHidden: () => tab.hidden,
      onChange: () => {},
    })
    all.set(id, tab)
    waiting.forEach(post)
    return {
      ...tab.tabs,
      get waitsFor() {
        return tab.tabs.waitsFor
      },
      show(visible: boolean) {
        tab.hidden = !visible
        if (visible) tab.tabs.use()
        else tab.tabs.look()
      },
      crash() {
        tab.isDeaf = true
      },
    }
  }
  return { clock, open }
}

it('two tabs have enough connections, and neither waits', () => {
  const { open } = createBrowser()
  const tabs = [open('a'), open('b')]
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0])
})

it('of four tabs, the two that were opened last are connected, and the others wait for them', () => {
  const { open } = createBrowser()
  const tabs = ['d', 'b', 'c', 'a'].map(open)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([MOST_TABS, MOST_TABS, 0, 0])
})

it('a tab that is used again takes the place of the one that was not used for longest', () => {
  const { open } = createBrowser()
  const tabs = ['a', 'b', 'c'].map(open)
  tabs[0]!.use()
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, MOST_TABS, 0])
})

it('a tab in view comes before one that is hidden, however long ago it was used', () => {
  const { open } = createBrowser()
  const tabs = ['a', 'b', 'c'].map(open)
  tabs[2]!.show(false)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0, MOST_TABS])
  tabs[2]!.show(true)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([MOST_TABS, 0, 0])
})

it('a tab that is closed makes place at once', () => {
  const { open, clock } = createBrowser()
  const tabs = ['a', 'b', 'c'].map(open)
  tabs[1]!.leave()
  expect(tabs[0]!.waitsFor).toBe(0)
  expect(clock.alarms).toBe(0)
})

it('a tab that crashed makes place when it has not answered', async () => {
  const { open, clock } = createBrowser()
  const tabs = ['a', 'b', 'c'].map(open)
  tabs[2]!.crash()
  await clock.pass(ASK_EVERY_MS + ANSWER_MS - 1)
  expect(tabs[0]!.waitsFor).toBe(MOST_TABS)
  await clock.pass(1)
  expect(tabs[0]!.waitsFor).toBe(0)
  expect(clock.alarms).toBe(0)
})

it('two tabs that were used in the same instant agree on who comes first', () => {
  const words: TabWord[] = []
  const make = (id: string) =>
    createTabs({
      ...{ id, clock: createManualClock(), now: () => 7, isHidden: () => false, onChange: () => {} },
      post: (word) => void words.push(word),
    })
  const tabs = ['a', 'b', 'c'].map(make)
  for (const word of words.slice()) for (const tab of tabs) tab.hear(word)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0, MOST_TABS])
})

it.each([
  null,
  'here',
  {},
  { type: 'here', id: 'x' },
  { type: 'here', id: 'x', usedAt: Number.NaN, hidden: false, ask: true },
])('what is not a word of this page is not heard: %j', (word) => {
  const { open } = createBrowser()
  const tabs = ['a', 'b'].map(open)
  tabs[0]!.hear(word)
  expect(tabs[0]!.waitsFor).toBe(0)
})
