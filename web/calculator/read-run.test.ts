import { describe, expect, it } from 'vitest'
import { ForeignFile, readRun } from './read-run.ts'
import { syntheticRun } from './synthetic-run.ts'

const run = syntheticRun()
const without = (key: string) => JSON.stringify({ ...run, [key]: undefined })
const withFigure = (change: object) => JSON.stringify({ ...run, figures: [{ ...run.figures[0], ...change }] })

describe('a run file', () => {
  it('is read', () => {
    expect(readRun(JSON.stringify(run), 'a.json')).toEqual(run)
  })

  it.each([
    ['not JSON', '{', 'a.json is not JSON'],
    ['nothing', 'null', 'not a run of this benchmark'],
    ['a list', '[]', 'not a run of this benchmark'],
    ['another program’s', '{"format":"vegeta"}', 'its format is not transport-lab-run/1'],
    ['without figures', without('figures'), 'it has no list of figures'],
    ['without a machine', without('machine'), 'it has no machine'],
    ['without a time', without('startedAt'), 'it does not say when it was made'],
    ['with a broken figure', withFigure({ median: 'fast' }), 'a figure in it cannot be read'],
    [
      'with a figure of nothing',
      JSON.stringify({ ...run, figures: [null] }),
      'a figure in it cannot be read',
    ],
    ['with half a ratio', withFigure({ ratio: { median: 1 } }), 'a figure in it cannot be read'],
    ['with a broken distribution', JSON.stringify({ ...run, distributions: [{}] }), 'a distribution in it'],
    [
      'with a figure of flags',
      JSON.stringify({ ...run, figures: ['🇩🇪'.repeat(30)] }),
      `a figure in it cannot be read: "${'🇩🇪'.repeat(19)}.`,
    ],
  ])('that is %s is refused, with the reason', (_what, text, reason) => {
    const read = () => readRun(text, 'a.json')
    expect(read).toThrow(ForeignFile)
    expect(read).toThrow(reason)
  })
})
