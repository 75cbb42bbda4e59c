import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LANES, SETTINGS } from '../../../transports/descriptors.ts'
import { PANELS } from '../panel-heads.ts'
import { RATE, SILENCE, SIZE } from '../slider-settings.ts'
import { KNOWN, readSettings, writeSettings } from './read-write.ts'
import { TIMELINE_EXTRAS, USUAL, ZOOMS } from './settings.ts'

test('an empty address is the usual settings, and the usual settings are an empty address', () => {
  expect(readSettings('')).toEqual({ settings: USUAL, complaints: [] })
  expect(writeSettings(USUAL)).toBe('')
})

test('durations are in seconds in the address, and in milliseconds inside', () => {
  const { settings } = readSettings('?interval=0.5&hold=10')
  expect(settings.transports).toMatchObject({ intervalMs: 500, holdMs: 10_000 })
  expect(writeSettings(settings)).toBe('?interval=0.5&hold=10')
})

test('whatever can be set is read back from its link as it was', () => {
  const settings = fc.record({
    room: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/),
    name: fc.option(fc.stringMatching(/^[\p{L}&=+#%? ]{0,30}\p{L}$/u)),
    rate: fc.integer({ min: RATE.min * 100, max: RATE.max * 100 }).map((value) => value / 100),
    size: fc.integer({ min: SIZE.min, max: SIZE.max }),
    silence: fc.integer({ min: SILENCE.min, max: SILENCE.max }),
    transports: fc.record(
      Object.fromEntries([...SETTINGS].map(([name, { min, max }]) => [name, fc.integer({ min, max })])),
    ),
    running: fc.boolean(),
    onePort: fc.boolean(),
    lanes: fc.option(fc.subarray([...LANES], { minLength: 1, maxLength: LANES.length - 1 })),
    open: fc.option(fc.subarray([...PANELS])),
    words: fc.boolean(),
    present: fc.boolean(),
    class: fc.boolean(),
    zoom: fc.constantFrom(...ZOOMS).map((seconds) => seconds * 1_000),
    timeline: fc.subarray([...TIMELINE_EXTRAS]),
    scenario: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/)),
    pitfall: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/)),
    faults: fc.array(
      fc.record({
        fault: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
        lanes: fc.option(fc.subarray([...LANES], { minLength: 1 })),
        settings: fc.dictionary(
          fc.stringMatching(/^[a-z][A-Za-z]{3,10}$/),
          fc.integer({ min: 0, max: 1e6 }),
          {
            maxKeys: 4,
          },
        ),
        seconds: fc.option(fc.integer({ min: 1, max: 36_000 }).map((tenths) => tenths / 10)),
      }),
      { maxLength: 3 },
    ),
    unknown: fc.constant([]),
  })
  fc.assert(
    fc.property(settings, (wanted) => {
      const read = readSettings(writeSettings(wanted))
      expect(read.complaints).toEqual([])
      expect({ ...read.settings, transports: {} }).toEqual({ ...wanted, transports: {} })
      for (const [name, value] of Object.entries(wanted.transports))
        expect(read.settings.transports[name]).toBeCloseTo(value, 6)
    }),
  )
})

test('the reference names every part of the address', () => {
  const page = readFileSync(new URL('../../../docs/reference/address.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) => row.split('|')[1]!.match(/[a-z]+/g) ?? [])
  expect(named.sort()).toEqual([...KNOWN].sort())
  const panels = rows.find((row) => row.startsWith('| `open`'))!
  for (const panel of PANELS) expect(panels).toContain(`\`${panel}\``)
})

test('a link is written so that people can read it', () => {
  const settings = {
    ...USUAL,
    lanes: LANES.slice(0, 2),
    zoom: 2_000,
    faults: [{ fault: 'latency', lanes: LANES.slice(0, 2), settings: { ms: 300 }, seconds: 10 }],
  }
  const [one, two] = LANES
  expect(writeSettings(settings)).toBe(
    `?lanes=${one},${two}&zoom=2&fault=latency@${one},${two};ms:300;for:10`,
  )
})

test('no panel is open where the address says so, and those that are usual where it says nothing', () => {
  expect(readSettings('?open=').settings.open).toEqual([])
  expect(writeSettings({ ...USUAL, open: [] })).toBe('?open=')
  expect(readSettings('').settings.open).toBeNull()
})

test('lanes, panels and faults of another version are named and kept, and those that are known are used', () => {
  const query = `?lanes=telegraph,${LANES[1]}&open=ledger,weather&timeline=table,sound&fault=%3F&scenario=No+such`
  const { settings, complaints } = readSettings(query)
  expect(settings).toMatchObject({ lanes: [LANES[1]], open: ['ledger'], timeline: ['table'], faults: [] })
  expect(complaints).toEqual([
    'lanes=telegraph, open=weather, timeline=sound, scenario=No such, fault=?: not known to this version of the lab; left as it is, and all else is used.',
  ])
  const kept = new URLSearchParams(writeSettings(settings))
  expect(kept.getAll('lanes')).toEqual([LANES[1], 'telegraph'])
  expect(kept.getAll('open')).toEqual(['ledger', 'weather'])
  expect(kept.getAll('timeline')).toEqual(['table', 'sound'])
  expect([kept.get('scenario'), kept.get('fault')]).toEqual(['No such', '?'])
  const again = readSettings(writeSettings(settings))
  expect(again.settings).toEqual(settings)
  expect(readSettings('?lanes=telegraph').settings.lanes, 'without a lane there is no page').toBeNull()
})

test('of more faults than a reader would look through, the first are read, and the page says so', () => {
  const query = `?${Array.from({ length: 20 }, (_, n) => `fault=f${n}`).join('&')}`
  const { settings, complaints } = readSettings(query)
  expect(settings.faults).toHaveLength(16)
  expect(complaints).toEqual(['at most 16 faults are read from one address.'])
})

test.each([
  ['rate=fast', 'rate=fast is not a number from 0.2 to 50; using 2.'],
  ['rate=', 'rate= is not a number from 0.2 to 50; using 2.'],
  ['rate=51', 'rate=51 is not a number from 0.2 to 50; using 2.'],
  ['rate=-1', 'rate=-1 is not a number from 0.2 to 50; using 2.'],
  ['rate=Infinity', 'rate=Infinity is not a number from 0.2 to 50; using 2.'],
  ['silence=1', 'silence=1 is not a number from 2 to 60; using 30.'],
  ['size=64.5', 'size=64.5 is not a whole number from 16 to 16384; using 64.'],
  ['interval=0', 'interval=0 is not a number from 0.1 to 10; using 1.'],
  ['hold=56', 'hold=56 is not a number from 0.5 to 55; using 25.'],
  ['running=yes', 'running=yes is neither 0 nor 1; using 0.'],
  ['words=yes', 'words=yes is neither 0 nor 1; using 0.'],
  ['zoom=7', 'zoom=7 is none of 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300 (seconds); using 10.'],
  ['zoom=', 'zoom= is none of 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300 (seconds); using 10.'],
  ['ports=7', 'ports=7 is not “one”; each lane has its own.'],
])('%s is not used, and the page says so', (query, complaint) => {
  expect(readSettings(`?${query}`)).toEqual({ settings: USUAL, complaints: [complaint] })
})

test('a bad room and a bad name are refused in the words of the server', () => {
  const { settings, complaints } = readSettings('?room=My+Room&name=%20')
  expect(settings).toEqual(USUAL)
  expect(complaints).toHaveLength(2)
  expect(complaints[0]).toMatch(/^room=My Room cannot be used: a room name is .*; using lobby\.$/)
  expect(complaints[1]).toMatch(/^name= {2}cannot be used: a name must be .*; using a guest’s name\.$/)
})

test('a bad value is quoted as the address has it where it hides something, and not at any length', () => {
  const { complaints } = readSettings(`?name=%E2%80%AEadA&room=${'x'.repeat(500)}&rate=%00`)
  expect(complaints[2]).toMatch(/^name=%E2%80%AEadA cannot be used/)
  expect(complaints[1]).toMatch(/^room=x{59}… cannot be used/)
  expect(complaints[0]).toMatch(/^rate=%00 is not/)
})

test('what a link of another version says is named in one line, kept in the address, and spoils nothing', () => {
  const query = '?rate=5&sound=30&smell=sse&sound=60'
  const { settings, complaints } = readSettings(query)
  expect(settings.rate).toBe(5)
  expect(complaints).toEqual([
    'sound, smell: not known to this version of the lab; left as it is, and all else is used.',
  ])
  expect(writeSettings({ ...settings, rate: 6 })).toBe('?rate=6&sound=30&smell=sse&sound=60')
  const many = readSettings(`?${Array.from({ length: 300 }, (_, n) => `x${n}=${'y'.repeat(100)}`).join('&')}`)
  expect(many.complaints).toEqual([expect.stringMatching(/^x0, x1, x2, x3, x4, …: not known/)])
})

test('one bad value does not spoil the others', () => {
  const { settings, complaints } = readSettings('?rate=x&size=128&running=1')
  expect(settings).toEqual({ ...USUAL, size: 128, running: true })
  expect(complaints).toHaveLength(1)
})
