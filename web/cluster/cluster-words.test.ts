/** What the card says of a cluster: who leads, what can be written, and which buttons can be pressed. */
import { describe, expect, it } from 'vitest'
import type { ClusterState, EngineState, ServerState } from '../../lab/cluster/control/words.ts'
import { mayBe, nodeInWords, placeInWords, serverInWords, sumInWords } from './cluster-words.ts'

const server = (status: ServerState['status'], more: Partial<ServerState> = {}): ServerState => ({
  ...{ name: 'server-1', port: 1, pid: 1, status, applied: 7, lag: 0, readers: null, tabs: [], problem: '' },
  ...more,
})
const node = (status: EngineState['status'], leads: boolean | null): EngineState => ({
  ...{ name: `engine-${leads ? 'first' : 'other'}`, port: 2, pid: 2, status, leads },
  ...{ position: 7, lag: 0, problem: '' },
})
const cluster = (servers: ServerState[], engines: EngineState[]): ClusterState => ({
  ...{ now: 0, servers, engines, quorum: Math.floor(engines.length / 2) + 1 },
})

describe('the sentence on a cluster', () => {
  it.each([
    [
      [node('alive', true), node('alive', false), node('down', false)],
      'engine-first leads. 1 of 2 servers serve. The front still asks server-1, and waits for its answer.',
    ],
    [
      [node('alive', null), node('alive', null), node('frozen', null)],
      'No engine node leads now: what is written waits; reading goes on. 1 of 2 servers serve. The front still asks server-1, and waits for its answer.',
    ],
    [
      [node('alive', null), node('down', null), node('frozen', null)],
      'No majority: 1 of 3 engine nodes answers, and 2 must. Nothing can be written; reading goes on. 1 of 2 servers serve. The front still asks server-1, and waits for its answer.',
    ],
    [
      [node('down', null)],
      'No majority: 0 of 1 engine nodes answer, and 1 must. Nothing can be written; reading goes on. 1 of 2 servers serve. The front still asks server-1, and waits for its answer.',
    ],
  ])('is about writers and readers (%#)', (engines, words) => {
    expect(sumInWords(cluster([server('alive'), server('frozen')], engines))).toBe(words)
  })
})

describe('the figures of a server', () => {
  it('are its place in the log and how far it is behind, or how many are left while it is leaving', () => {
    expect(placeInWords(12_345, 0)).toMatch(/^entry 12.345$/)
    expect(placeInWords(7, 3)).toBe('entry 7, 3 behind')
    expect(placeInWords(null, null)).toBe('does not say how far it is')
    expect(serverInWords(server('leaving', { readers: 1 }))).toBe('1 reader left')
    expect(serverInWords(server('alive', { readers: 1 }))).toBe('entry 7')
    expect(serverInWords(server('frozen'))).toBe('')
    expect(nodeInWords(node('alive', true))).toBe('entry 7')
    expect(nodeInWords(node('down', false))).toBe('')
  })
})

describe('the buttons', () => {
  it.each([
    ['alive', ['kill', 'freeze', 'drain']],
    ['behind', ['kill', 'freeze', 'drain']],
    ['frozen', ['kill', 'go on']],
    ['leaving', ['kill', 'freeze', 'start']],
    ['starting', ['kill']],
    ['down', ['start']],
  ] as const)('of a server that is %s are those that make sense', (status, actions) => {
    const all = ['kill', 'freeze', 'go on', 'start', 'drain'] as const
    expect(all.filter((action) => mayBe(action, server(status)))).toEqual(actions)
  })
})
