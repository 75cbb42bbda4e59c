import { expect, test } from 'vitest'
import { FAULTS } from '../../../lab/wires/faults/catalogue.ts'
import {
  type FaultInAddress,
  faultFromAddress,
  faultsThatAreOn,
  faultToAddress,
  whyNotHere,
  withoutTwins,
} from './fault-in-address.ts'
import { NO_WIRES, type WiresInfo } from './wires-info.ts'

const LANES = ['a', 'b'].map((name) => ({ name, origin: `http://${name}` }))
const INFO: WiresInfo = {
  ...{ ...NO_WIRES, single: false, lanes: LANES },
  faults: [
    ...FAULTS.map(({ about }) => ({ ...about, off: null })),
    { ...FAULTS[0]!.about, name: 'server-restart', scope: 'server', off: null },
  ],
}
const fault = (change: Partial<FaultInAddress> = {}): FaultInAddress => ({
  ...{ fault: 'latency', lanes: null, settings: {}, seconds: 10 },
  ...change,
})

test('a fault in an address has a name alone, or lanes, settings and an end too', () => {
  expect(faultFromAddress('cut')).toEqual(fault({ fault: 'cut' }))
  expect(faultFromAddress('latency@a,b,a;ms:300;jitterMs:0.5;for:healed')).toEqual(
    fault({ lanes: ['a', 'b'], settings: { ms: 300, jitterMs: 0.5 }, seconds: null }),
  )
  expect(faultToAddress(fault({ lanes: ['b'], settings: { ms: 1 } }))).toBe('latency@b;ms:1;for:10')
})

test.each([
  '',
  'Cut',
  'cut@',
  'cut@a,',
  'cut;',
  'cut;ms',
  'cut;ms:-1',
  'cut;ms:1e9',
  'cut;ms:healed',
  'cut;for:0',
  'cut;for:3601',
  'cut whose=all',
  `cut@${'a,'.repeat(300)}a`,
])('what is no fault is not read as one: %j', (text) => {
  expect(faultFromAddress(text)).toBeNull()
})

test('every fault of the catalogue can stand in an address, with all of its settings', () => {
  for (const { about } of FAULTS) {
    const settings = Object.fromEntries(about.settings.map(({ name, usual }) => [name, usual]))
    const order = fault({ fault: about.name, settings })
    expect(faultFromAddress(faultToAddress(order)), about.name).toEqual(order)
    expect(whyNotHere(order, INFO), about.name).toBeNull()
  }
})

test.each([
  [fault({ fault: 'gremlins' }), 'This lab knows no fault “gremlins”.'],
  [fault({ fault: 'server-restart' }), 'All visitors would feel it, so no address sets it.'],
  [fault({ lanes: ['a', 'telegraph'] }), 'This lab has no lane “telegraph”.'],
  [fault({ settings: { speed: 1 } }), 'Latency has no setting “speed” here.'],
  [fault({ settings: { ms: 99_999 } }), /must be from 0 to 30000 ms, and is 99999\.$/],
])('a fault that this lab cannot make says why: %j', (order, words) => {
  expect(whyNotHere(order, INFO)).toMatch(words)
})

test('of the faults that are on, an address has the reader’s own, with their time, and none that touches all', () => {
  const on = { id: '1', lanes: ['a'], settings: { ms: 5 }, since: 1_000, until: 6_000, mine: true }
  const active = [
    { ...on, fault: 'latency' },
    { ...on, fault: 'slicing', lanes: ['a', 'b'], until: 3_601_000 },
    { ...on, fault: 'silence', mine: false },
    { ...on, fault: 'server-restart' },
  ]
  expect(faultsThatAreOn({ ...INFO, active })).toEqual([
    fault({ lanes: ['a'], settings: { ms: 5 }, seconds: 5 }),
    fault({ fault: 'slicing', settings: { ms: 5 }, seconds: null }),
  ])
})

test('of two for the same fault and lanes the first stands', () => {
  const [one, other] = [fault({ lanes: ['a', 'b'], seconds: 1 }), fault({ lanes: ['b', 'a'], seconds: 2 })]
  expect(withoutTwins([one, fault(), other])).toEqual([one, fault()])
})
