/** When a change takes effect, and when it was overtaken; what a decision has looked at; what an entry that cannot be kept leaves. */
import { describe, expect, it } from 'vitest'
import { createMemoryRecords } from '../../store/records.ts'
import { ChatError } from '../../wire/errors.ts'
import { createRecordsApplier } from './applier.ts'
import { keepShared, MAX_TRIES } from './keep-shared.ts'
import { type Condition, digestOf, outcomeOf, type RecordsChange } from './rule.ts'
import { createTables, type Kind } from './tables.ts'

interface Cat {
  readonly name: string
  readonly likes: readonly string[]
}
const CATS: Kind<Cat> = { kind: 'cat', keys: { name: ({ name }) => [name], likes: ({ likes }) => likes } }
const cat = (id: string, name: string, ...likes: string[]) => ({ kind: 'cat', id, value: { name, likes } })
const gone = (id: string) => ({ kind: 'cat', id, value: null })

function tablesWith(...changes: ReturnType<typeof cat>[]) {
  const tables = createTables(createMemoryRecords(), [CATS])
  tables.put(changes)
  return tables
}
const outcome = (tables: ReturnType<typeof tablesWith>, ...rests: Condition[]) =>
  outcomeOf({ kind: 'records', id: 'x', changes: [], rests }, tables).kind

describe('a change', () => {
  it('takes effect while a record is what it was, to the last character, and no longer', () => {
    const tables = tablesWith(cat('1', 'Tom', 'milk'))
    const rest: Condition = { kind: 'cat', id: '1', was: digestOf(tables.get('cat', '1')) }
    expect(outcome(tables, rest)).toBe('took')
    tables.put([cat('1', 'Tom', 'milk', 'fish')])
    expect(outcome(tables, rest)).toBe('overtaken')
    tables.put([gone('1')])
    expect(outcome(tables, rest)).toBe('overtaken')
    tables.put([cat('1', 'Tom', 'milk')])
    expect(outcome(tables, rest)).toBe('took')
  })

  it('takes effect while what was not there is not there', () => {
    const tables = tablesWith()
    const [record, name]: Condition[] = [
      { kind: 'cat', id: '1', was: null },
      { kind: 'cat', index: 'name', key: 'Tom', was: null },
    ]
    expect([outcome(tables, record!), outcome(tables, name!)]).toEqual(['took', 'took'])
    tables.put([cat('2', 'Tom')])
    expect([outcome(tables, record!), outcome(tables, name!)]).toEqual(['took', 'overtaken'])
    tables.put([cat('1', 'Kit')])
    expect(outcome(tables, record!)).toBe('overtaken')
  })

  it('takes effect while the same records are found by a key, in whichever order they came', () => {
    const rests = [tablesWith(cat('1', 'Tom', 'milk'), cat('2', 'Kit', 'milk'))].map(
      (tables) => tables.watch(() => tables.idsUnder(CATS, 'likes', 'milk')).rests[0]!,
    )
    expect(outcome(tablesWith(cat('2', 'Kit', 'milk'), cat('1', 'Tom', 'milk')), ...rests)).toBe('took')
    expect(outcome(tablesWith(cat('1', 'Tom', 'milk')), ...rests)).toBe('overtaken')
  })

  it('takes effect while there are fewer than so many, of a kind and by a key', () => {
    const tables = tablesWith(cat('1', 'Tom', 'milk'))
    const of = (below: number): Condition => ({ kind: 'cat', below })
    const by = (below: number): Condition => ({ kind: 'cat', index: 'likes', key: 'milk', below })
    expect([of(2), of(1), by(2), by(1)].map((one) => outcome(tables, one))).toEqual([
      ...['took', 'overtaken', 'took', 'overtaken'],
    ])
  })

  it('takes effect only when all of it stands', () => {
    const tables = tablesWith(cat('1', 'Tom'))
    expect(outcome(tables, { kind: 'cat', below: 9 }, { kind: 'cat', id: '1', was: null })).toBe('overtaken')
    expect(() => outcome(tables, { kind: 'dog', below: 9 })).toThrow('no records of the kind dog')
    expect(() => outcome(tables, { kind: 'cat', index: 'age', key: '', was: null })).toThrow('by their age')
  })
})

describe('tables', () => {
  it('know all that a decision looks at, once each, and nothing that is looked at outside', () => {
    const tables = tablesWith(cat('1', 'Tom'))
    tables.find(CATS, '9')
    const { decided, rests } = tables.watch(() => {
      tables.find(CATS, '1')
      tables.find(CATS, '1')
      tables.idsUnder(CATS, 'name', 'Kit')
      return [tables.isBelow(CATS, 2), tables.isBelow(CATS, 1)]
    })
    tables.find(CATS, '8')
    expect(decided).toEqual([true, false])
    expect(rests).toEqual([
      { kind: 'cat', id: '1', was: digestOf({ name: 'Tom', likes: [] }) },
      { kind: 'cat', index: 'name', key: 'Kit', was: null },
      { kind: 'cat', below: 2 },
    ])
    expect(() =>
      tables.watch(() => {
        throw new Error('refused')
      }),
    ).toThrow('refused')
    expect(tables.watch(() => 1).rests).toEqual([])
  })

  it('find a record by its keys of now, and as before when a change is taken back', () => {
    const tables = tablesWith(cat('1', 'Tom', 'milk', 'fish'), cat('2', 'Kit', 'milk'))
    const found = () => ['milk', 'fish', 'tuna'].map((key) => [...tables.under('cat', 'likes', key)].sort())
    const before = found()
    const effects = tables.put([cat('1', 'Tom', 'fish', 'tuna'), gone('2'), cat('2', 'Kat', 'tuna')])
    expect(found()).toEqual([[], ['1'], ['1', '2']])
    tables.takeBack(effects)
    expect(found()).toEqual(before)
    expect(tables.get('cat', '2')).toEqual({ name: 'Kit', likes: ['milk'] })
  })

  it('tell followers of a whole change before any of them tells others', () => {
    const tables = tablesWith()
    const told: string[] = []
    tables.follow(CATS, (id, value) => {
      told.push(`${id} ${value?.name ?? 'gone'}`)
      return () => void told.push(`others of ${id}`)
    })
    tables.tell(tables.put([cat('1', 'Tom'), cat('2', 'Kit'), gone('1')]))
    expect(told).toEqual(['1 Tom', '2 Kit', '1 gone', 'others of 1', 'others of 2', 'others of 1'])
  })
})

describe('an entry', () => {
  const change = (id: string, changes: RecordsChange['changes'], ...rests: Condition[]): RecordsChange => ({
    ...{ kind: 'records', id, changes, rests },
  })
  const free: Condition = { kind: 'cat', index: 'name', key: 'Tom', was: null }

  it('is applied one change after the other, and is told when it is kept', () => {
    const tables = tablesWith()
    const applier = createRecordsApplier(tables)
    const told: string[] = []
    tables.follow(CATS, (id) => {
      told.push(id)
      return undefined
    })
    const changes = ['1', '2'].map((id) => change(id, [cat(id, 'Tom')], free))
    expect(changes.map((one) => applier.decide(one).kind)).toEqual(['took', 'overtaken'])
    expect([applier.pending(), told]).toEqual([[cat('1', 'Tom')], []])
    applier.commit()
    expect([applier.pending(), told]).toEqual([[], ['1']])
  })

  it('that cannot be kept has changed nothing, and may come again', () => {
    const tables = tablesWith(cat('1', 'Kit'))
    const applier = createRecordsApplier(tables)
    const entry = [
      change('a', [cat('1', 'Tom')], free),
      change('b', [gone('1'), cat('2', 'Tom')], { kind: 'cat', below: 2 }),
    ]
    const decide = () => entry.map((one) => applier.decide(one).kind)
    expect(decide()).toEqual(['took', 'took'])
    applier.rollback()
    expect([tables.get('cat', '1'), tables.get('cat', '2'), applier.pending()]).toEqual([
      ...[{ name: 'Kit', likes: [] }, null, []],
    ])
    expect(tables.under('cat', 'name', 'Kit')).toEqual(['1'])
    expect(decide()).toEqual(['took', 'took'])
  })
})

describe('a decision', () => {
  it('is made again on what others have changed, and gives up when they never stop', async () => {
    const tables = tablesWith()
    let tries = 0
    const transactor = keepShared(tables, {
      change: async () => ({ kind: ++tries < 3 ? 'overtaken' : 'took' }),
      caughtUp: async () => {},
    })
    const decide = () => ({ changes: [cat('1', `Tom ${tries}`)], result: () => `try ${tries}` })
    expect(await transactor.change(decide)).toBe('try 3')
    const never = keepShared(tables, {
      change: async () => ({ kind: tries++ < 0 ? 'took' : 'overtaken' }),
      caughtUp: async () => {},
    })
    tries = 0
    await expect(never.change(decide)).rejects.toMatchObject({ code: 'not-stored', retryAfterS: 1 })
    expect(tries).toBe(MAX_TRIES)
  })

  it('that changes nothing, or refuses, puts nothing into the log', async () => {
    const transactor = keepShared(tablesWith(), {
      change: () => Promise.reject(new Error('this must not be asked')),
      caughtUp: async () => {},
    })
    expect(await transactor.change(() => ({ changes: [], result: () => 7 }))).toBe(7)
    const refuse = () => {
      throw new ChatError('name-taken', 'the name Tom is taken')
    }
    await expect(transactor.change(refuse)).rejects.toMatchObject({ code: 'name-taken' })
  })

  it('travels with what each record was that it replaces, whether it has read that or not', async () => {
    const tables = tablesWith(cat('1', 'Tom'))
    const travelled: RecordsChange[] = []
    const transactor = keepShared(tables, {
      async change(change) {
        travelled.push(change)
        return { kind: 'took' }
      },
      caughtUp: async () => {},
    })
    await transactor.change(() => ({ changes: [gone('1'), cat('2', 'Kit')], result() {} }))
    expect(travelled[0]).toMatchObject({
      kind: 'records',
      id: expect.stringMatching(/^[a-f0-9]{20}$/),
      rests: [
        { kind: 'cat', id: '1', was: digestOf({ name: 'Tom', likes: [] }) },
        { kind: 'cat', id: '2', was: null },
      ],
    })
  })

  it('waits for what others had changed when it was asked: one look for all who ask meanwhile', async () => {
    const looks: (() => void)[] = []
    const { caughtUp } = keepShared(tablesWith(), {
      change: async () => ({ kind: 'took' }),
      caughtUp: () => new Promise((resolve) => looks.push(resolve)),
    })
    const done: string[] = []
    const ask = (name: string) => void caughtUp!().then(() => done.push(name))
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    ask('first')
    await turn()
    ask('second')
    ask('third')
    await turn()
    expect([looks.length, done]).toEqual([1, []])
    looks[0]!()
    await turn()
    expect([looks.length, done]).toEqual([2, ['first']])
    looks[1]!()
    await turn()
    expect([looks.length, done]).toEqual([2, ['first', 'second', 'third']])
  })
})
