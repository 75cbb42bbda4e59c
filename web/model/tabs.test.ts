import { expect, it } from 'vitest'
import { createManualClock } from '../../lab/verify/kit/manual-clock.ts'
import { ANSWER_MS, ASK_EVERY_MS, createTabs, type Tabs, type TabWord } from './tabs.ts'

/** A browser whose tabs hear each other at once. */
function createBrowser() {
  const clock = createManualClock()
  const all = new Map<string, { tabs: Tabs; hidden: boolean; isDeaf: boolean }>()
  let time = 0

  /** @param holds connections; by default so many that two such tabs hold all that may be held */
  function open(id: string, holds = 2) {
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
    tab.tabs.hold(holds)
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
  const tabs = ['d', 'b', 'c', 'a'].map((id) => open(id))
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([2, 2, 0, 0])
})

it('a tab that is used again takes the place of the one that was not used for longest', () => {
  const { open } = createBrowser()
  const tabs = ['a', 'b', 'c'].map((id) => open(id))
  tabs[0]!.use()
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 2, 0])
})

it('a tab in view comes before one that is hidden, however long ago it was used', () => {
  const { open } = createBrowser()
  const tabs = ['a', 'b', 'c'].map((id) => open(id))
  tabs[2]!.show(false)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0, 2])
  tabs[2]!.show(true)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([2, 0, 0])
})

it('tabs that hold more are fewer: of two that hold three connections each, only one is connected', () => {
  const { open } = createBrowser()
  const tabs = [open('a', 3), open('b', 3)]
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([1, 0])
})

it('a tab that needs more than all that may be held is connected when it comes first', () => {
  const { open } = createBrowser()
  const tabs = [open('a', 1), open('b', 5)]
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([1, 0])
})

it('a tab that holds no connection waits for none, and makes none wait', () => {
  const { open } = createBrowser()
  const tabs = [open('a', 0), open('b', 2), open('c', 2), open('d', 0)]
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0, 0, 0])
})

it('a tab that fits into what is left is connected, although one before it does not fit', () => {
  const { open } = createBrowser()
  const tabs = [open('a', 1), open('b', 2), open('c', 3)]
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 1, 0])
})

it('a tab that comes to hold more parks one that was used before it', () => {
  const { open } = createBrowser()
  const tabs = [open('a', 2), open('b', 2)]
  tabs[1]!.hold(3)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([1, 0])
  tabs[1]!.hold(2)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0])
})

it('a tab that is closed makes place at once', () => {
  const { open, clock } = createBrowser()
  const tabs = ['a', 'b', 'c'].map((id) => open(id))
  tabs[1]!.leave()
  expect(tabs[0]!.waitsFor).toBe(0)
  expect(clock.alarms).toBe(0)
})

it('a tab that crashed makes place when it has not answered', async () => {
  const { open, clock } = createBrowser()
  const tabs = ['a', 'b', 'c'].map((id) => open(id))
  tabs[2]!.crash()
  await clock.pass(ASK_EVERY_MS + ANSWER_MS - 1)
  expect(tabs[0]!.waitsFor).toBe(2)
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
  for (const tab of tabs) tab.hold(2)
  for (const word of words.slice()) for (const tab of tabs) tab.hear(word)
  expect(tabs.map(({ waitsFor }) => waitsFor)).toEqual([0, 0, 2])
})

it.each([
  null,
  'here',
  {},
  { type: 'here', id: 'x' },
  { type: 'here', id: 'x', usedAt: Number.NaN, hidden: false, holds: 2, ask: true },
  { type: 'here', id: 'x', usedAt: 9, hidden: false, ask: true },
  { type: 'here', id: 'x', usedAt: 9, hidden: false, holds: '2', ask: true },
])('what is not a word of this page is not heard: %j', (word) => {
  const { open } = createBrowser()
  const tabs = ['a', 'b'].map((id) => open(id))
  tabs[0]!.hear(word)
  expect(tabs[0]!.waitsFor).toBe(0)
})
