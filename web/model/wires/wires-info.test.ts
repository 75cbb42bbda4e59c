import { describe, expect, it } from 'vitest'
import { NO_WIRES, wiresInfoOf } from './wires-info.ts'

const SILENCE = {
  ...{
    name: 'silence',
    title: 'Silence',
    models: 'A router forgets the connection.',
    report: 'websockets/ws#686',
  },
  ...{ settings: [], scope: 'wire', isOnce: false, off: null },
}

describe('what the server says of its wires', () => {
  it('is taken as it is said', () => {
    const said = {
      ...{ single: false, mayAll: true, now: 1_000 },
      lanes: [{ name: 'sse', port: 3003, origin: 'http://localhost:3003' }],
      faults: [SILENCE],
      pitfalls: [{ pitfall: 'no-cursor', lane: 'sse', path: '/here', since: 1, until: 2 }],
      presets: [
        {
          name: 'tunnel',
          title: 'Tunnel',
          models: 'No signal.',
          faults: [{ fault: 'silence', settings: { ms: 5 } }],
        },
      ],
      active: [
        { id: 7, fault: 'silence', lanes: ['sse'], settings: {}, since: 900, until: 2_000, mine: true },
      ],
    }
    expect(wiresInfoOf(said)).toEqual({
      ...said,
      lanes: [{ name: 'sse', origin: 'http://localhost:3003' }],
      active: [{ ...said.active[0], id: '7' }],
    })
  })

  it('is read from an older server too: what is not there is empty, and lanes without ports are one port', () => {
    expect(wiresInfoOf({})).toEqual(NO_WIRES)
    expect(wiresInfoOf({ single: false, lanes: [] }).single).toBe(true)
  })

  it.each([
    ['a lane without an address', { lanes: [{ name: 'sse' }] }],
    ['a lane with an address that is none', { lanes: [{ name: 'sse', origin: 'nowhere' }] }],
    ['a fault without a name', { faults: [{ title: 'Silence' }] }],
    ['a preset without faults', { presets: [{ name: 'tunnel', faults: [] }] }],
    ['an active fault that cannot be named', { active: [{ fault: 'silence', lanes: ['sse'] }] }],
    ['a pitfall that is in no lane', { pitfalls: [{ pitfall: 'no-cursor', since: 1 }] }],
    ['what is no list', { lanes: 'sse', faults: 1, presets: null, active: {}, pitfalls: 'no' }],
    ['what is no object in a list', { lanes: [null], faults: [1], presets: ['x'], active: [undefined] }],
  ])('leaves out %s', (_what, said) => {
    expect(wiresInfoOf(said)).toEqual(NO_WIRES)
  })

  it('has a reason for each fault that this viewer may not make', () => {
    const restart = { ...SILENCE, name: 'server-restart', scope: 'server' }
    const offOf = (mayAll: boolean) =>
      wiresInfoOf({ mayAll, faults: [restart, SILENCE] }).faults.map(({ off }) => off)
    expect(offOf(false)).toEqual([expect.stringContaining('teacher’s token'), null])
    expect(offOf(true)).toEqual([null, null])
  })

  it('tells a fault of one’s own from one that another has set for all', () => {
    const fault = { id: 1, fault: 'cut', lanes: ['sse'], settings: {}, since: 1, until: 2 }
    const mine = (more: object) => wiresInfoOf({ active: [{ ...fault, ...more }] }).active[0]?.mine
    expect([mine({ whose: 'mine' }), mine({ whose: 'all' }), mine({ whose: 'all', mine: true })]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('leaves out a setting whose range is none, and keeps its fault', () => {
    const bad = { name: 'ms', label: 'Delay', unit: 'ms', min: 5, max: 1, usual: 3 }
    const [fault] = wiresInfoOf({ faults: [{ ...SILENCE, settings: [bad, { ...bad, max: 9 }] }] }).faults
    expect(fault?.settings.map(({ max }) => max)).toEqual([9])
  })

  it.each([null, 'wires', 3])('is refused when it is %j', (said) => {
    expect(() => wiresInfoOf(said)).toThrow(TypeError)
  })
})
