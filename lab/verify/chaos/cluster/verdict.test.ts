/** The verdict over a cluster, by histories that were made up: what is ours, and what is the engine's. */
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../../wire/message.ts'
import { draftIn, type EngineRecord } from './server/recorder.ts'
import type { ServerState } from './state.ts'
import { type ClusterHistory, judgeCluster } from './verdict.ts'

const said = (seq: number): ChatMessage => ({
  ...{ seq, publishedAt: seq, author: 'ada', draftId: `d${seq}`, text: `${seq}` },
})
const ALL = [1, 2, 3].map(said)
const LOBBY = 'lobby'

const state = (name: string, log = ALL, epoch = 'e'): ServerState => ({
  ...{ name, records: ['person p {"name":"Ben"}'], trouble: null },
  rooms: new Map([[LOBBY, { epoch, log }]]),
  privateWords: new Map([['~r', ['Ben was here']]]),
})

const record = (about: Partial<EngineRecord> = {}): EngineRecord => ({
  tried: new Map(
    ALL.map(({ seq, ...rest }) => [`i${seq}`, { digest: `x${seq}`, drafts: [draftIn(LOBBY, rest)] }]),
  ),
  acknowledged: ALL.map(({ seq }) => ({ id: `i${seq}`, position: seq })),
  got: ALL.map(({ seq }) => ({ position: seq, digest: `x${seq}` })),
  ended: null,
  ...about,
})

const entry = (position: number, of = position) => ({ position, id: `i${of}`, digest: `x${of}` })

const reader = (shown = ALL) => ({ name: 'hopper', shown, gaps: [], repeated: 0, epoch: 'e' })

const history = (about: Partial<ClusterHistory> = {}): ClusterHistory => ({
  rooms: new Map([
    [
      LOBBY,
      {
        published: ALL.map(({ draftId, author, text }) => ({ draftId, author, text })),
        acknowledged: ALL,
        readers: [reader()],
      },
    ],
  ]),
  told: { names: ['Ben'], words: new Map([['~r', 'Ben was here']]) },
  servers: [state('server 1'), state('server 2')],
  witness: state('the witness'),
  entries: [entry(1), entry(2), entry(3)],
  records: [record()],
  isOver: true,
  ...about,
})

const kinds = (about: Partial<ClusterHistory>) => {
  const { ours, engine } = judgeCluster(history(about))
  return { ours: ours.map(({ kind }) => kind), engine: engine.map(({ kind }) => kind) }
}
const words = (about: Partial<ClusterHistory>) =>
  judgeCluster(history(about))
    .ours.map(({ what }) => what)
    .join('\n')

describe('a cluster', () => {
  it('that keeps its promises is blamed for nothing', () => {
    expect(judgeCluster(history())).toEqual({ ours: [], engine: [] })
  })

  it('has lost what one server does not have', () => {
    expect(words({ servers: [state('server 1'), state('server 2', ALL.slice(0, 2))] })).toMatch(
      /server 2 has not 1 messages of the log, the first of which is 3/,
    )
  })

  it('has reordered what one server has at another time', () => {
    const other = [said(1), { ...said(2), publishedAt: 9 }, said(3)]
    expect(words({ servers: [state('server 1', other)] })).toMatch(
      /server 1 has d2 of 9 as 2, and the log has d2 of 2/,
    )
  })

  it('has doubled what one server has twice', () => {
    const twice = [...ALL, { ...said(1), seq: 4 }]
    expect(kinds({ servers: [state('server 1', twice)] }).ours).toContain('duplicated')
  })

  it('has another epoch at one server', () => {
    expect(words({ servers: [state('server 1', ALL, 'f')] })).toMatch(/a cursor of one is a gap at the other/)
  })

  it('has lost a person whom one server does not know, and what they said', () => {
    const without = { ...state('server 2'), records: [], privateWords: new Map() }
    const found = words({ servers: [without] })
    expect(found).toMatch(/server 2 does not know Ben/)
    expect(found).toMatch(/server 2 has “Ben was here” 0 times/)
  })

  it('has a server that comes to no end', () => {
    expect(
      words({ servers: [{ ...state('server 1'), trouble: 'it does not come to the end of the log' }] }),
    ).toBe('server 1: it does not come to the end of the log')
  })

  it('has appended an entry twice that is there under two ids', () => {
    const entries = [entry(1), entry(2), entry(3), { ...entry(4, 3), id: 'i3-again' }]
    expect(kinds({ entries })).toEqual({ ours: ['duplicated'], engine: [] })
  })
})

describe('an engine', () => {
  it('that has not what it acknowledged has lost it, and the lab has not', () => {
    const log = ALL.slice(0, 2)
    const lost = {
      entries: [entry(1), entry(2)],
      servers: [state('server 1', log), state('server 2', log)],
      witness: state('the witness', log),
      records: [record({ got: [] })],
    }
    expect(kinds(lost)).toEqual({ ours: [], engine: ['lost'] })
  })

  it('that has lost nothing excuses nothing: a message that was acknowledged and never appended is ours', () => {
    const log = ALL.slice(0, 2)
    const lost = {
      entries: [entry(1), entry(2)],
      servers: [state('server 1', log), state('server 2', log)],
      witness: state('the witness', log),
      records: [record({ tried: new Map(), acknowledged: [], got: [] })],
    }
    const found = kinds(lost)
    expect(found.engine).toEqual([])
    expect(found.ours).toContain('lost')
  })

  it('that gave two servers different entries at one place is blamed once, and nothing is said of what came after', () => {
    const other = [said(1), { ...said(3), seq: 2 }, { ...said(2), seq: 3 }]
    const found = kinds({
      servers: [state('server 1', other)],
      records: [
        record({ got: [{ position: 2, digest: 'x3' }] }),
        record({ got: [{ position: 2, digest: 'x3' }] }),
      ],
      rooms: new Map([
        [
          LOBBY,
          { ...history().rooms.get(LOBBY)!, readers: [reader([said(1), { ...said(3), seq: 2 }, said(2)])] },
        ],
      ]),
    })
    expect(found).toEqual({ ours: [], engine: ['lost'] })
  })

  it('is not an excuse for what was wrong before it lost anything', () => {
    const found = kinds({
      entries: [entry(1), entry(2)],
      records: [record({ got: [] })],
      rooms: new Map([[LOBBY, { ...history().rooms.get(LOBBY)!, readers: [reader([said(2), said(3)])] }]]),
    })
    expect(found.engine).toEqual(['lost'])
    expect(found.ours).toContain('lost')
  })

  it('whose log was trimmed has lost nothing by that', () => {
    expect(kinds({ entries: [entry(3)] })).toEqual({ ours: [], engine: [] })
    const other = record({ got: [{ position: 1, digest: 'x2' }] })
    expect(kinds({ entries: [entry(3)], records: [record(), other] }).engine).toEqual(['lost'])
  })

  it('that has one id twice has doubled it', () => {
    expect(kinds({ entries: [entry(1), entry(2), entry(3), entry(4, 3)] }).engine).toEqual(['duplicated'])
  })
})
